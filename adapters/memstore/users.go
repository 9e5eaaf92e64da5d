package memstore

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// users is the ports.UserRepository.
type users struct{ calls calls }

func (u users) ByID(ctx context.Context, id domain.UserID) (domain.User, error) {
	return ask(ctx, u.calls.read, func(v *view) (domain.User, error) {
		if err := domain.CheckText(string(id)); err != nil {
			return domain.User{}, err
		}
		found, err := v.account(id)
		return found.user, err
	})
}

func (u users) Create(ctx context.Context, user domain.User) error {
	return u.calls.write(ctx, func(v *view) error {
		if err := checkUser(user); err != nil {
			return err
		}
		if _, ok := v.accounts.get(user.ID); ok {
			return domain.ErrExists
		}
		user.CreatedAt = milliseconds(user.CreatedAt)
		v.store(account{user: user})
		return nil
	})
}

func (u users) Update(ctx context.Context, id domain.UserID, change func(*domain.User) error) (domain.User, error) {
	return ask(ctx, u.calls.write, func(v *view) (domain.User, error) {
		if err := domain.CheckText(string(id)); err != nil {
			return domain.User{}, err
		}
		found, err := v.account(id)
		if err != nil {
			return domain.User{}, err
		}
		user := found.user
		if err := change(&user); err != nil {
			return domain.User{}, err
		}
		user.ID, user.CreatedAt = found.user.ID, found.user.CreatedAt
		if err := checkUser(user); err != nil {
			return domain.User{}, err
		}
		found.user = user
		v.store(found)
		return user, nil
	})
}

func (u users) List(ctx context.Context, query domain.UserQuery) (page []domain.User, total int, err error) {
	page, err = ask(ctx, u.calls.read, func(v *view) ([]domain.User, error) {
		if err := domain.CheckText(query.Text); err != nil {
			return nil, err
		}
		var all []domain.User
		for _, a := range v.accounts.all() {
			if asksFor(query, a.user) {
				all = append(all, a.user)
			}
		}
		slices.SortFunc(all, func(a, b domain.User) int { return strings.Compare(string(a.ID), string(b.ID)) })
		total = len(all)
		all = all[min(query.Offset, total):]
		return slices.Clip(all[:min(query.Limit, len(all))]), nil
	})
	if err != nil {
		return nil, 0, err
	}
	return page, total, nil
}

func asksFor(q domain.UserQuery, u domain.User) bool {
	is := func(want *bool, is bool) bool { return want == nil || *want == is }
	holds := func(text string) bool {
		return strings.Contains(domain.FoldLocalpart(text), domain.FoldLocalpart(q.Text))
	}
	return is(q.Admin, u.Admin) && is(q.Guest, u.Guest) && is(q.Locked, u.Locked) && is(q.Deactivated, u.Deactivated) &&
		(holds(string(u.ID)) || holds(u.DisplayName))
}

func checkUser(u domain.User) error {
	return domain.CheckText(string(u.ID), u.DisplayName, u.AvatarURL)
}
