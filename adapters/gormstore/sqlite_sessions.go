package gormstore

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// sqliteSessions is the ports.SessionRepository on SQLite, where whoever writes
// is alone.
type sqliteSessions struct{ tokens }

func (s sqliteSessions) SignIn(ctx context.Context, in domain.SignIn) (out domain.SignedIn, err error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		out, err = signInWithin(db, in)
		return err
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// signInWithin signs in as part of a transaction. If it fails, it leaves nothing
// there, unless all of the transaction has to be given up.
func signInWithin(db *gorm.DB, in domain.SignIn) (domain.SignedIn, error) {
	owner, err := ownerFor(db, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	if err := owner.MayUse(); err != nil {
		return domain.SignedIn{}, err
	}
	if owner.isKnown && !owner.isNew {
		err = putDevice(db, string(owner.ID), in) // one statement leaves nothing by itself
	} else {
		err = allOrNothing(db, func() error {
			if err := owner.put(db, in); err != nil {
				return err
			}
			return putDevice(db, string(owner.ID), in)
		})
	}
	if err != nil {
		return domain.SignedIn{}, err
	}
	return domain.SignedIn{User: owner.User, Created: owner.isNew, NewDevice: !owner.hasDevice}, nil
}

// allOrNothing makes one of several statements within a transaction.
func allOrNothing(db *gorm.DB, do func() error) error {
	if err := db.Exec("SAVEPOINT part").Error; err != nil {
		return err
	}
	err := do()
	if err != nil {
		if undone := db.Exec("ROLLBACK TO part").Error; undone != nil {
			return errors.Join(err, undone) // it gave up all of the transaction
		}
	}
	return errors.Join(err, db.Exec("RELEASE part").Error)
}

const putDeviceRow = `
INSERT INTO devices (user_id, device_id, display_name, created_at,
	session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at,
	provider_session)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (user_id, device_id) DO UPDATE SET
	session_hash = excluded.session_hash, session_ends_at = excluded.session_ends_at,
	access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
	refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
	confirmed = true, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL,
	provider_session = excluded.provider_session`

// putDevice makes the session the only one of its device.
func putDevice(db *gorm.DB, user string, in domain.SignIn) error {
	opened := in.Session()
	ctx := db.Statement.Context
	_, err := db.Statement.ConnPool.ExecContext(ctx, putDeviceRow,
		user, string(in.Device), in.DeviceName, in.At.UnixMilli(), hash(opened.ID), millis(opened.Ends),
		hash(opened.Access), millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires),
		hash(opened.ProviderSession))
	return err
}

func (s sqliteSessions) Delete(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		if bearer, _, err = sessionOf(db, session); err != nil {
			return err
		}
		return db.Exec("DELETE FROM devices WHERE session_hash = ?", session[:]).Error
	})
	return bearer, err
}

func (s sqliteSessions) DeleteAll(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		if bearer, _, err = sessionOf(db, session); err != nil {
			return err
		}
		return db.Exec("DELETE FROM devices WHERE user_id = ?", string(bearer.User.ID)).Error
	})
	return bearer, err
}
