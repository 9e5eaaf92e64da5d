package memstore

import (
	"context"
	"time"

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

func (s sessions) ByAccessToken(ctx context.Context, access domain.TokenHash, now time.Time) (bearer domain.Bearer, err error) {
	var isFirst bool
	err = s.calls.read(ctx, func(v *view) error {
		bearer, isFirst, err = v.bearerAt(access, now)
		return err
	})
	if err != nil || !isFirst {
		return bearer, err
	}
	err = s.calls.write(ctx, func(v *view) error {
		if bearer, isFirst, err = v.bearerAt(access, now); isFirst {
			v.confirm(access)
		}
		return err
	})
	if err != nil {
		return domain.Bearer{}, err
	}
	return bearer, nil
}

func (s sessions) Delete(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		owner, i, err := v.holder(access)
		if err != nil {
			return err
		}
		bearer = owner.bearer(i)
		v.forget(owner.devices[i].session)
		v.accounts.set(owner.user.ID, owner.without(i))
		return nil
	})
	return bearer, err
}

func (s sessions) DeleteAll(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		owner, i, err := v.holder(access)
		if err != nil {
			return err
		}
		bearer = owner.bearer(i)
		for _, device := range owner.devices {
			v.forget(device.session)
		}
		owner.devices = nil
		v.accounts.set(owner.user.ID, owner)
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

// signIn makes the tokens the device's only ones, and the device the account's.
func (v *view) signIn(owner account, in domain.SignIn) error {
	key := deviceKey{user: owner.user.ID, id: in.Device}
	if err := v.checkFree(in.Pair, key); err != nil {
		return err
	}
	i, ok := owner.find(in.Device)
	if !ok {
		owner = owner.with(i, device{Device: domain.Device{
			UserID: key.user, ID: key.id, DisplayName: in.DeviceName, CreatedAt: milliseconds(in.At),
		}})
	}
	v.put(owner, i, in.Session())
	if _, known := v.links.get(in.Link.Key()); !known && in.Link != (domain.Link{}) {
		v.links.set(in.Link.Key(), link{Link: in.Link, user: key.user})
	}
	return nil
}
