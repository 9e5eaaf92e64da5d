package memstore

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// sessions is the ports.SessionRepository.
type sessions struct{ calls calls }

func (s sessions) SignIn(ctx context.Context, in domain.SignIn) (out domain.SignedIn, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		if err := in.Check(); err != nil {
			return err
		}
		owner, created, err := v.accountFor(in)
		if err != nil {
			return err
		}
		if err := owner.user.MayUse(); err != nil {
			return err
		}
		if err := v.signIn(owner, in); err != nil {
			return err
		}
		out = domain.SignedIn{User: owner.user, Created: created}
		return nil
	})
	return out, err
}

func (s sessions) ByAccessToken(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.read(ctx, func(v *view) error {
		_, bearer, err = v.bearer(access)
		return err
	})
	return bearer, err
}

func (s sessions) Delete(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		var owner account
		if owner, bearer, err = v.bearer(access); err != nil {
			return err
		}
		i, _ := owner.find(bearer.Device)
		v.accounts.set(bearer.User.ID, owner.without(i))
		v.tokens.remove(access)
		return nil
	})
	return bearer, err
}

func (s sessions) DeleteAll(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		var owner account
		if owner, bearer, err = v.bearer(access); err != nil {
			return err
		}
		for _, device := range owner.devices {
			v.tokens.remove(device.access)
		}
		owner.devices = nil
		v.accounts.set(bearer.User.ID, owner)
		return nil
	})
	return bearer, err
}

// accountFor finds the account that the sign-in means, or makes it up.
func (v *view) accountFor(in domain.SignIn) (owner account, created bool, err error) {
	for _, id := range in.Users {
		if owner, ok := v.accounts.get(id); ok {
			return owner, false, nil
		}
	}
	if !in.Create {
		return account{}, false, domain.ErrNotFound
	}
	id := in.Users[len(in.Users)-1]
	return account{user: domain.User{
		ID: id, DisplayName: in.DisplayName, CreatedAt: milliseconds(in.At),
	}}, true, nil
}

// signIn makes the token the device's only one, and the device the account's.
func (v *view) signIn(owner account, in domain.SignIn) error {
	key := deviceKey{user: owner.user.ID, id: in.Device}
	if other, ok := v.tokens.get(in.Access); ok && other != key {
		return errors.New("the token is that of another device")
	}
	if i, ok := owner.find(in.Device); ok {
		v.tokens.remove(owner.devices[i].access)
		owner.devices = slices.Clone(owner.devices)
		owner.devices[i].access = in.Access
	} else {
		owner = owner.with(i, device{access: in.Access, Device: domain.Device{
			UserID: key.user, ID: key.id, DisplayName: in.DeviceName, CreatedAt: milliseconds(in.At),
		}})
	}
	v.tokens.set(in.Access, key)
	v.accounts.set(key.user, owner)
	if _, known := v.links.get(in.Link.Key()); !known && in.Link != (domain.Link{}) {
		v.links.set(in.Link.Key(), link{Link: in.Link, user: key.user})
	}
	return nil
}

// bearer returns whose token it is, or domain.ErrNotFound.
func (v *view) bearer(access domain.TokenHash) (account, domain.Bearer, error) {
	key, ok := v.tokens.get(access)
	if !ok {
		return account{}, domain.Bearer{}, domain.ErrNotFound
	}
	owner, _ := v.accounts.get(key.user)
	return owner, domain.Bearer{User: owner.user, Device: key.id}, nil
}
