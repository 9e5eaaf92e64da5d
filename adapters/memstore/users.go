package memstore

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// users is the ports.UserRepository.
type users struct{ calls calls }

func (u users) ByID(ctx context.Context, id domain.UserID) (user domain.User, err error) {
	err = u.calls.read(ctx, func(v *view) error {
		if err := domain.CheckText(string(id)); err != nil {
			return err
		}
		found, ok := v.accounts.get(id)
		if !ok {
			return domain.ErrNotFound
		}
		user = found.user
		return nil
	})
	return user, err
}

func (u users) Create(ctx context.Context, user domain.User) error {
	return u.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user.ID), user.DisplayName); err != nil {
			return err
		}
		if _, ok := v.accounts.get(user.ID); ok {
			return domain.ErrExists
		}
		user.CreatedAt = milliseconds(user.CreatedAt)
		v.accounts.set(user.ID, account{user: user})
		return nil
	})
}

func (u users) Update(ctx context.Context, user domain.User) error {
	return u.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user.ID), user.DisplayName); err != nil {
			return err
		}
		found, ok := v.accounts.get(user.ID)
		if !ok {
			return domain.ErrNotFound
		}
		user.CreatedAt = found.user.CreatedAt
		found.user = user
		v.accounts.set(user.ID, found)
		return nil
	})
}

// milliseconds is t as it would come back from a database.
func milliseconds(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }
