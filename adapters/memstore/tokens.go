package memstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func (s sessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = s.calls.write(ctx, func(v *view) error {
		owner, i, ok := v.find(r.Token)
		if !ok {
			return domain.ErrNotFound
		}
		renewed, err := owner.devices[i].session.Renew(owner.user, r)
		if err != nil {
			return err
		}
		if err := v.checkFree(r.Pair, owner.key(i)); err != nil {
			return err
		}
		v.put(owner, i, renewed)
		out = domain.Renewed{Bearer: owner.bearer(i), AccessExpires: renewed.AccessExpires}
		if !out.AccessExpires.IsZero() {
			out.AccessExpires = milliseconds(out.AccessExpires)
		}
		return nil
	})
	return out, err
}

// find returns the account with a token of any kind, and the place of the
// token's device in it.
func (v *view) find(token domain.TokenHash) (owner account, device int, ok bool) {
	key, ok := v.tokens.get(token)
	if !ok {
		return account{}, 0, false
	}
	owner, _ = v.accounts.get(key.user)
	device, ok = owner.find(key.id)
	return owner, device, ok
}

// holder is find for an access token, stale or not, or domain.ErrNotFound.
func (v *view) holder(access domain.TokenHash) (owner account, device int, err error) {
	owner, device, ok := v.find(access)
	if !ok || access != owner.devices[device].session.Access && access != owner.devices[device].session.PreviousAccess {
		return account{}, 0, domain.ErrNotFound
	}
	return owner, device, nil
}

// bearerAt returns whose access token it is at the time, and whether this is the
// first use of its pair.
func (v *view) bearerAt(access domain.TokenHash, now time.Time) (bearer domain.Bearer, isFirst bool, err error) {
	owner, i, err := v.holder(access)
	if err != nil {
		return domain.Bearer{}, false, err
	}
	session := owner.devices[i].session
	bearer = owner.bearer(i)
	bearer.Stale = access != session.Access || domain.Expired(session.AccessExpires, now)
	return bearer, !bearer.Stale && !session.Confirmed, nil
}

// confirm notes that the pair of the access token was used.
func (v *view) confirm(access domain.TokenHash) {
	owner, i, _ := v.find(access)
	session := owner.devices[i].session
	session.Confirmed = true
	v.put(owner, i, session)
}

// put gives the account's device at i another session.
func (v *view) put(owner account, i int, session domain.Session) {
	v.forget(owner.devices[i].session)
	for _, token := range tokensOf(session) {
		v.tokens.set(token, owner.key(i))
	}
	owner.devices = slices.Clone(owner.devices)
	owner.devices[i].session = session
	v.accounts.set(owner.user.ID, owner)
}

// forget makes nobody's what tokens a session has.
func (v *view) forget(session domain.Session) {
	for _, token := range tokensOf(session) {
		v.tokens.remove(token)
	}
}

// tokensOf returns all tokens that are to be recognised.
func tokensOf(s domain.Session) []domain.TokenHash {
	all := []domain.TokenHash{s.Access, s.Refresh, s.PreviousAccess, s.PreviousRefresh}
	return slices.DeleteFunc(all, func(t domain.TokenHash) bool { return t == domain.TokenHash{} })
}

// checkFree refuses tokens that another device has.
func (v *view) checkFree(pair domain.Pair, key deviceKey) error {
	for _, token := range tokensOf(domain.Session{Pair: pair}) {
		if other, ok := v.tokens.get(token); ok && other != key {
			return errors.New("the token is that of another device")
		}
	}
	return nil
}

func (a account) key(i int) deviceKey { return deviceKey{user: a.user.ID, id: a.devices[i].ID} }

func (a account) bearer(i int) domain.Bearer {
	return domain.Bearer{User: a.user, Device: a.devices[i].ID}
}
