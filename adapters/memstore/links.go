package memstore

import (
	"context"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// links is the ports.LinkRepository.
type links struct{ calls calls }

func (l links) Owner(ctx context.Context, link domain.Link) (domain.UserID, error) {
	return ask(ctx, l.calls.read, func(v *view) (domain.UserID, error) {
		if err := domain.CheckText(link.Provider, link.Issuer, link.Subject); err != nil {
			return "", err
		}
		user, ok := v.links.get(link.Key())
		if !ok {
			return "", domain.ErrNotFound
		}
		return user, nil
	})
}

func (l links) List(ctx context.Context, user domain.UserID) ([]domain.Link, error) {
	return ask(ctx, l.calls.read, func(v *view) ([]domain.Link, error) {
		if err := domain.CheckText(string(user)); err != nil {
			return nil, err
		}
		owner, _ := v.accounts.get(user)
		return slices.Clone(owner.links), nil
	})
}

// accountFor finds the account that the sign-in means, or makes it up.
func (v *view) accountFor(in domain.SignIn) (owner account, created bool, err error) {
	if user, known := v.links.get(in.Link.Key()); known {
		owner, err = v.account(user)
		return owner, false, err
	}
	for _, id := range in.Users {
		if owner, ok := v.accounts.get(id); ok {
			return owner, false, in.Link.MayTake(owner.links, in.LinkExisting)
		}
	}
	if !in.Create {
		return account{}, false, domain.ErrNotFound
	}
	return account{user: in.NewUser()}, true, nil
}

// link remembers the sign-in's identity with the account, unless it is known.
func (v *view) link(owner account, in domain.SignIn) account {
	if _, known := v.links.get(in.Link.Key()); known || in.Link == (domain.Link{}) {
		return owner
	}
	v.links.set(in.Link.Key(), owner.user.ID)
	owner.links = append(slices.Clip(owner.links), in.Link)
	return owner
}

// addEmail gives a user who is created the sign-in's address, unless it is
// somebody's.
func (v *view) addEmail(in domain.SignIn) {
	id := in.NewAddress()
	key := addressKey{id.Medium, id.Address}
	if _, taken := v.addresses.get(key); !taken && id.Address != "" {
		v.addresses.set(key, id)
	}
}
