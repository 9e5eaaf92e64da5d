package gormstore

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// sqliteSessions is the ports.SessionRepository on SQLite, where whoever writes
// is alone.
type sqliteSessions struct{ tokens }

func (s sqliteSessions) SignIn(ctx context.Context, in domain.SignIn) (out domain.SignedIn, err error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	err = transactOnSQLite(ctx, s.calls, func(on statements) error {
		out, err = signInWithin(on, in)
		return err
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// signInWithin signs in as part of a transaction. If it fails, it leaves nothing
// there, unless all of the transaction has to be given up.
func signInWithin(on statements, in domain.SignIn) (domain.SignedIn, error) {
	owner, err := ownerFor(on, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	if err := owner.MayUse(); err != nil {
		return domain.SignedIn{}, err
	}
	if owner.isKnown && !owner.isNew {
		err = putDevice(on, string(owner.ID), in) // one statement leaves nothing by itself
	} else {
		err = allOrNothing(on, func() error {
			if err := owner.put(on, in); err != nil {
				return err
			}
			return putDevice(on, string(owner.ID), in)
		})
	}
	if err != nil {
		return domain.SignedIn{}, err
	}
	return domain.SignedIn{User: owner.User, Created: owner.isNew, NewDevice: !owner.hasDevice}, nil
}

// allOrNothing makes one of several statements within a transaction.
func allOrNothing(on statements, do func() error) error {
	if err := execute(on, "SAVEPOINT part"); err != nil {
		return err
	}
	err := do()
	if err != nil {
		if undone := execute(on, "ROLLBACK TO part"); undone != nil {
			return errors.Join(err, undone) // it gave up all of the transaction
		}
	}
	return errors.Join(err, execute(on, "RELEASE part"))
}

const putDeviceRow = `
INSERT INTO devices (user_id, device_id, display_name, created_at,
	session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at,
	provider_session, last_seen_at, last_seen_address, last_seen_agent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (user_id, device_id) DO UPDATE SET
	session_hash = excluded.session_hash, session_ends_at = excluded.session_ends_at,
	access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
	refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
	confirmed = true, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL,
	provider_session = excluded.provider_session,
` + keepLastSeen

// putDevice makes the session the only one of its device.
func putDevice(on statements, user string, in domain.SignIn) error {
	opened := in.Session()
	return execute(on, putDeviceRow,
		user, string(in.Device), in.DeviceName, in.At.UnixMilli(), hash(opened.ID), millis(opened.Ends),
		hash(opened.Access), millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires),
		hash(opened.ProviderSession), millis(in.Seen.At), in.Seen.Address, in.Seen.UserAgent)
}

func (s sqliteSessions) Delete(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = transactOnSQLite(ctx, s.calls, func(on statements) error {
		if bearer, _, err = sessionOf(on, session); err != nil {
			return err
		}
		return execute(on, "DELETE FROM devices WHERE session_hash = CAST(? AS BLOB)", session[:])
	})
	return bearer, err
}

func (s sqliteSessions) DeleteAll(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = transactOnSQLite(ctx, s.calls, func(on statements) error {
		if bearer, _, err = sessionOf(on, session); err != nil {
			return err
		}
		return execute(on, "DELETE FROM devices WHERE user_id = CAST(? AS TEXT)", string(bearer.User.ID))
	})
	return bearer, err
}
