package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// sessions is the ports.SessionRepository.
type sessions struct{ calls calls }

func (s sessions) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	return ask(ctx, s.calls.write, func(v *view) (domain.SignedIn, error) {
		if err := in.Check(); err != nil {
			return domain.SignedIn{}, err
		}
		owner, created, err := v.accountFor(in)
		if err != nil {
			return domain.SignedIn{}, err
		}
		if err := owner.user.MayUse(); err != nil {
			return domain.SignedIn{}, err
		}
		newDevice, err := v.signIn(owner, in)
		if err != nil {
			return domain.SignedIn{}, err
		}
		if created {
			v.addEmail(in)
		}
		return domain.SignedIn{User: owner.user, Created: created, NewDevice: newDevice}, nil
	})
}

func (s sessions) ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (domain.Bearer, error) {
	var isFirst bool
	bearer, err := ask(ctx, s.calls.read, func(v *view) (bearer domain.Bearer, err error) {
		bearer, isFirst, err = v.bearerAt(access, now)
		return bearer, err
	})
	if err != nil || !isFirst {
		return bearer, err
	}
	return ask(ctx, s.calls.write, func(v *view) (bearer domain.Bearer, err error) {
		if bearer, isFirst, err = v.bearerAt(access, now); isFirst {
			v.confirm(access.Session)
		}
		return bearer, err
	})
}

func (s sessions) Delete(ctx context.Context, session domain.TokenHash) (domain.Bearer, error) {
	return s.delete(ctx, session, func(of, id domain.DeviceID) bool { return of == id })
}

func (s sessions) DeleteAll(ctx context.Context, session domain.TokenHash) (domain.Bearer, error) {
	return s.delete(ctx, session, func(domain.DeviceID, domain.DeviceID) bool { return true })
}

// DeleteOfProvider looks at every account: there are few in memory.
func (s sessions) DeleteOfProvider(ctx context.Context, session domain.TokenHash, user domain.UserID) ([]domain.EndedSession, error) {
	return ask(ctx, s.calls.write, func(v *view) (ended []domain.EndedSession, err error) {
		if err := domain.CheckText(string(user)); err != nil {
			return nil, err
		}
		if session == (domain.TokenHash{}) {
			return nil, nil
		}
		for id, owner := range v.accounts.all() {
			if user != "" && id != user {
				continue
			}
			for _, d := range owner.devices {
				if d.session.ProviderSession == session {
					ended = append(ended, domain.EndedSession{User: id, Device: d.ID})
				}
			}
		}
		slices.SortFunc(ended, func(a, b domain.EndedSession) int {
			return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Device, b.Device))
		})
		for _, e := range ended {
			owner, _ := v.accounts.get(e.User)
			v.deleteDevices(owner, func(id domain.DeviceID) bool { return id == e.Device })
		}
		return ended, nil
	})
}

// delete deletes those devices of the session's user that are meant, given the
// session's own.
func (s sessions) delete(ctx context.Context, session domain.TokenHash, meant func(of, id domain.DeviceID) bool) (domain.Bearer, error) {
	return ask(ctx, s.calls.write, func(v *view) (domain.Bearer, error) {
		owner, i, err := v.holder(session)
		if err != nil {
			return domain.Bearer{}, err
		}
		bearer := owner.bearer(i)
		v.deleteDevices(owner, func(id domain.DeviceID) bool { return meant(bearer.Device, id) })
		return bearer, nil
	})
}

// signIn makes the session the device's only one, and the device the account's.
func (v *view) signIn(owner account, in domain.SignIn) (newDevice bool, err error) {
	key := deviceKey{user: owner.user.ID, id: in.Device}
	if err := v.checkFree(in.SessionID, key); err != nil {
		return false, err
	}
	i, ok := owner.find(in.Device)
	if !ok {
		owner = owner.with(i, domain.Device{
			UserID: key.user, ID: key.id, DisplayName: in.DeviceName, CreatedAt: milliseconds(in.At),
		})
	}
	v.put(v.link(owner, in), i, in.Session())
	v.record(domain.Sighting{User: key.user, Device: key.id, Seen: in.Seen})
	return !ok, nil
}
