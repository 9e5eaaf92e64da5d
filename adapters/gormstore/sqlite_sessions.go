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

const selectUser = "SELECT id, display_name, created_at, locked, deactivated FROM users WHERE id = ?"

func (s sqliteSessions) SignIn(ctx context.Context, in domain.SignIn) (out domain.SignedIn, err error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		user, created, err := findOrCreate(db, in)
		if err != nil {
			return err
		}
		if err := user.user().MayUse(); err != nil {
			return err
		}
		out = domain.SignedIn{User: user.user(), Created: created}
		return putDevice(db, user.ID, in)
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

func findOrCreate(db *gorm.DB, in domain.SignIn) (user userRow, created bool, err error) {
	for _, id := range in.Users {
		err := scanUser(db.Raw(selectUser, string(id)), &user)
		if !errors.Is(err, domain.ErrNotFound) {
			return user, false, err
		}
	}
	if !in.Create {
		return userRow{}, false, domain.ErrNotFound
	}
	user = userRow{
		ID:          string(in.Users[len(in.Users)-1]),
		DisplayName: in.DisplayName,
		CreatedAt:   in.At.UnixMilli(),
	}
	return user, true, db.Create(&user).Error
}

// putDevice remembers link and device, and makes the tokens the device's only
// ones.
func putDevice(db *gorm.DB, user string, in domain.SignIn) error {
	if (in.Link != domain.Link{}) {
		key := in.Link.Key()
		err := db.Exec(`
			INSERT INTO links (provider, issuer, subject, user_id, created_at, key) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (key) DO NOTHING`,
			in.Link.Provider, in.Link.Issuer, in.Link.Subject, user, in.At.UnixMilli(), key[:]).Error
		if err != nil {
			return err
		}
	}
	opened := in.Session()
	return db.Exec(`
		INSERT INTO devices (user_id, device_id, display_name, created_at,
			access_hash, access_expires_at, refresh_hash, refresh_expires_at, session_ends_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, device_id) DO UPDATE SET
			access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
			refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
			session_ends_at = excluded.session_ends_at, confirmed = true,
			previous_access_hash = NULL, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL`,
		user, string(in.Device), in.DeviceName, in.At.UnixMilli(),
		opened.Access[:], millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires), millis(opened.Ends)).Error
}

func (s sqliteSessions) Delete(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		if bearer, err = holderOf(db, access); err != nil {
			return err
		}
		return db.Exec("DELETE FROM devices WHERE user_id = ? AND device_id = ?",
			string(bearer.User.ID), string(bearer.Device)).Error
	})
	return bearer, err
}

func (s sqliteSessions) DeleteAll(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		if bearer, err = holderOf(db, access); err != nil {
			return err
		}
		return db.Exec("DELETE FROM devices WHERE user_id = ?", string(bearer.User.ID)).Error
	})
	return bearer, err
}
