package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// renew makes of a user who exists, and is locked by now, what the sign-in says
// each time, if that is another than before.
func (o opening) renew(ctx context.Context, r ports.Repositories, user domain.User) (domain.User, error) {
	if o.Renew(user, o.always) != user {
		renewed, err := r.Users.Update(ctx, user.ID, func(u *domain.User) error {
			*u = o.Renew(*u, o.always)
			return nil
		})
		if err != nil {
			return domain.User{}, err
		}
		user = renewed
	}
	if !o.always.Email || o.Email == "" {
		return user, nil
	}
	return user, o.renewEmail(ctx, r.ThirdPartyIDs, user.ID)
}

// renewEmail makes the sign-in's e-mail address the only one that the user has.
// One that is somebody else's stays so, and the user keeps what it has.
func (o opening) renewEmail(ctx context.Context, r ports.ThirdPartyIDRepository, user domain.UserID) error {
	has, err := r.List(ctx, user)
	if err != nil {
		return err
	}
	var others []string
	isKnown := false
	for _, id := range has {
		switch {
		case id.Medium != domain.Email:
		case id.Address == o.Email:
			isKnown = true
		default:
			others = append(others, id.Address)
		}
	}
	if !isKnown {
		address := o.NewAddress()
		address.User = user
		if err := r.Create(ctx, address); errors.Is(err, domain.ErrExists) {
			return nil
		} else if err != nil {
			return err
		}
	}
	for _, old := range others {
		if err := r.Delete(ctx, user, domain.Email, old); err != nil {
			return err
		}
	}
	return nil
}
