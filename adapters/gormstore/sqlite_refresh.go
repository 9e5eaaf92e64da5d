package gormstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

func (s sqliteSessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = transactOnSQLite(ctx, s.calls, func(on statements) error {
		bearer, session, err := sessionOf(on, r.Token.Session)
		if err != nil {
			return err
		}
		renewed, err := session.Renew(bearer.User, r)
		if err != nil {
			return err
		}
		out = domain.Renewed{Bearer: bearer, AccessExpires: timeOf(millis(renewed.AccessExpires))}
		return putTokens(on, renewed)
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
func sessionOf(on statements, id domain.TokenHash) (domain.Bearer, domain.Session, error) {
	var user userRow
	var device string
	var row sessionRow
	err := queryRow(on, sessionByHash, []any{id[:]}, append(append(user.columns(), &device), row.columns()...))
	if err != nil {
		return domain.Bearer{}, domain.Session{}, err
	}
	return domain.Bearer{User: user.user(), Device: domain.DeviceID(device)}, row.session(), nil
}

func putTokens(on statements, s domain.Session) error {
	return execute(on, `
		UPDATE devices SET
			access_hash = ?, access_expires_at = ?, refresh_hash = ?, refresh_expires_at = ?, confirmed = ?,
			previous_refresh_hash = ?, previous_refresh_expires_at = ?
		WHERE session_hash = CAST(? AS BLOB)`,
		hash(s.Access), millis(s.AccessExpires), hash(s.Refresh), millis(s.RefreshExpires), s.Confirmed,
		hash(s.PreviousRefresh), millis(s.PreviousRefreshExpires), s.ID[:])
}
