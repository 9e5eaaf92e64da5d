package gormstore

import (
	"context"

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
		owner, err := ownerFor(db, in)
		if err != nil {
			return err
		}
		if err := owner.MayUse(); err != nil {
			return err
		}
		if err := owner.put(db, in); err != nil {
			return err
		}
		out = domain.SignedIn{User: owner.User, Created: owner.isNew}
		out.NewDevice, err = putDevice(db, string(owner.ID), in)
		return err
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// putDevice makes the session the only one of its device, and says whether that
// is new.
func putDevice(db *gorm.DB, user string, in domain.SignIn) (isNew bool, err error) {
	err = scanOne(db.Raw("SELECT NOT EXISTS (SELECT 1 FROM devices WHERE user_id = ? AND device_id = ?)", user, string(in.Device)), &isNew)
	if err != nil {
		return false, err
	}
	opened := in.Session()
	return isNew, db.Exec(`
		INSERT INTO devices (user_id, device_id, display_name, created_at,
			session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at,
			provider_session)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, device_id) DO UPDATE SET
			session_hash = excluded.session_hash, session_ends_at = excluded.session_ends_at,
			access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
			refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
			confirmed = true, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL,
			provider_session = excluded.provider_session`,
		user, string(in.Device), in.DeviceName, in.At.UnixMilli(), hash(opened.ID), millis(opened.Ends),
		hash(opened.Access), millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires),
		hash(opened.ProviderSession)).Error
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
