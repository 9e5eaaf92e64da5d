package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

func (s sqliteSessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		bearer, session, err := sessionOf(db, r.Token)
		if err != nil {
			return err
		}
		renewed, err := session.Renew(bearer.User, r)
		if err != nil {
			return err
		}
		out = domain.Renewed{Bearer: bearer, AccessExpires: timeOf(millis(renewed.AccessExpires))}
		return putTokens(db, bearer, renewed)
	})
	if err != nil {
		return domain.Renewed{}, err
	}
	return out, nil
}

// sessionOf returns whose refresh token it is, or was, and the session.
func sessionOf(db *gorm.DB, token domain.TokenHash) (domain.Bearer, domain.Session, error) {
	var access, refresh, previousAccess, previousRefresh []byte
	var accessExpires, refreshExpires, previousExpires, ends sql.NullInt64
	var confirmed bool
	bearer, err := scanBearer(db.Raw(`
		SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, d.device_id,
			d.access_hash, d.access_expires_at, d.refresh_hash, d.refresh_expires_at, d.confirmed, d.session_ends_at,
			d.previous_access_hash, d.previous_refresh_hash, d.previous_refresh_expires_at
		FROM devices d JOIN users u ON u.id = d.user_id
		WHERE d.refresh_hash = ? OR d.previous_refresh_hash = ?`, token[:], token[:]),
		&access, &accessExpires, &refresh, &refreshExpires, &confirmed, &ends,
		&previousAccess, &previousRefresh, &previousExpires)
	return bearer, domain.Session{
		Pair: domain.Pair{
			Access: hashOf(access), AccessExpires: timeOf(accessExpires),
			Refresh: hashOf(refresh), RefreshExpires: timeOf(refreshExpires),
		},
		Confirmed:              confirmed,
		Ends:                   timeOf(ends),
		PreviousAccess:         hashOf(previousAccess),
		PreviousRefresh:        hashOf(previousRefresh),
		PreviousRefreshExpires: timeOf(previousExpires),
	}, err
}

func putTokens(db *gorm.DB, of domain.Bearer, s domain.Session) error {
	return db.Exec(`
		UPDATE devices SET
			access_hash = ?, access_expires_at = ?, refresh_hash = ?, refresh_expires_at = ?, confirmed = ?,
			previous_access_hash = ?, previous_refresh_hash = ?, previous_refresh_expires_at = ?
		WHERE user_id = ? AND device_id = ?`,
		s.Access[:], millis(s.AccessExpires), hash(s.Refresh), millis(s.RefreshExpires), s.Confirmed,
		hash(s.PreviousAccess), hash(s.PreviousRefresh), millis(s.PreviousRefreshExpires),
		string(of.User.ID), string(of.Device)).Error
}

// holderOf returns whose access token it is, stale or not.
func holderOf(db *gorm.DB, access domain.TokenHash) (domain.Bearer, error) {
	return scanBearer(db.Raw(`
		SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, d.device_id
		FROM devices d JOIN users u ON u.id = d.user_id
		WHERE d.access_hash = ? OR d.previous_access_hash = ?`, access[:], access[:]))
}
