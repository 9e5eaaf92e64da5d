package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

func (s sqliteSessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		bearer, session, err := sessionOf(db, r.Token.Session)
		if err != nil {
			return err
		}
		renewed, err := session.Renew(bearer.User, r)
		if err != nil {
			return err
		}
		out = domain.Renewed{Bearer: bearer, AccessExpires: timeOf(millis(renewed.AccessExpires))}
		return putTokens(db, renewed)
	})
	if err != nil {
		return domain.Renewed{}, err
	}
	return out, nil
}

const sessionByHash = `
SELECT ` + columnsOfU + `, d.device_id, ` + sessionColumns + `
FROM devices d JOIN users u ON u.id = d.user_id
WHERE d.session_hash = CAST(? AS BLOB)`

// sessionOf returns the session, and who is signed in with it.
func sessionOf(db *gorm.DB, id domain.TokenHash) (domain.Bearer, domain.Session, error) {
	var row sessionRow
	ctx, conn := db.Statement.Context, db.Statement.ConnPool // past GORM, as in signInDecided
	bearer, err := scanBearer(conn.QueryRowContext(ctx, sessionByHash, id[:]), row.columns()...)
	return bearer, row.session(), err
}

func putTokens(db *gorm.DB, s domain.Session) error {
	return db.Exec(`
		UPDATE devices SET
			access_hash = ?, access_expires_at = ?, refresh_hash = ?, refresh_expires_at = ?, confirmed = ?,
			previous_refresh_hash = ?, previous_refresh_expires_at = ?
		WHERE session_hash = ?`,
		hash(s.Access), millis(s.AccessExpires), hash(s.Refresh), millis(s.RefreshExpires), s.Confirmed,
		hash(s.PreviousRefresh), millis(s.PreviousRefreshExpires), s.ID[:]).Error
}
