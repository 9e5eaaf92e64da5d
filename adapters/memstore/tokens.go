package memstore

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func (s sessions) Refresh(ctx context.Context, r domain.Renewal) (domain.Renewed, error) {
	return ask(ctx, s.calls.write, func(v *view) (domain.Renewed, error) {
		owner, i, err := v.holder(r.Token.Session)
		if err != nil {
			return domain.Renewed{}, err
		}
		renewed, err := owner.devices[i].session.Renew(owner.user, r)
		if err != nil {
			return domain.Renewed{}, err
		}
		v.put(owner, i, renewed)
		return domain.Renewed{Bearer: owner.bearer(i), AccessExpires: milliseconds(renewed.AccessExpires)}, nil
	})
}

// holder returns the account with the session, and the place of the session's
// device in it, or domain.ErrNotFound.
func (v *view) holder(session domain.TokenHash) (owner account, i int, err error) {
	key, ok := v.sessions.get(session)
	if !ok {
		return account{}, 0, domain.ErrNotFound
	}
	return v.device(key.user, key.id)
}

// bearerAt returns whose access token it is at the time, and whether this is the
// first use of its pair.
func (v *view) bearerAt(access domain.TokenKey, now time.Time) (bearer domain.Bearer, isFirst bool, err error) {
	owner, i, err := v.holder(access.Session)
	if err != nil {
		return domain.Bearer{}, false, err
	}
	session := owner.devices[i].session
	bearer = owner.bearer(i)
	bearer.Stale = access.Token != session.Access || domain.Expired(session.AccessExpires, now)
	if access.Token == session.Access {
		bearer.Expires = milliseconds(session.AccessExpires)
	}
	return bearer, !bearer.Stale && !session.Confirmed, nil
}

// confirm notes that the pair of the session was used.
func (v *view) confirm(session domain.TokenHash) {
	if owner, i, err := v.holder(session); err == nil {
		confirmed := owner.devices[i].session
		confirmed.Confirmed = true
		v.put(owner, i, confirmed)
	}
}

// put gives the account's device at i another session, or another state of its
// own.
func (v *view) put(owner account, i int, session domain.Session) {
	d := owner.devices[i]
	v.sessions.remove(d.session.ID)
	v.sessions.set(session.ID, deviceKey{user: owner.user.ID, id: d.ID})
	d.session = session
	v.store(owner.changed(i, d))
}

// checkFree refuses an id that is none, or that of another device's session.
func (v *view) checkFree(session domain.TokenHash, key deviceKey) error {
	if session == (domain.TokenHash{}) {
		return errors.New("the session has no id")
	}
	if other, ok := v.sessions.get(session); ok && other != key {
		return errors.New("the session is that of another device")
	}
	return nil
}
