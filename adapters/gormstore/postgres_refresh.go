package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// refresh is one statement. The user of the session is locked, and with the lock
// comes the newest version of the row; then the device. If the statement waited
// for another refresh, PostgreSQL looks again, at the newest version of the
// device, whether the token still is one of its. So every expression here speaks
// of that version, and nothing that was committed is overwritten unseen. A device
// that was deleted meanwhile, or signed in on, has the session no more. The rules
// are those of domain.Session.Renew.
//
// Tokens that were issued later than $8 are not replaced; the last column then
// says when. See [inOrder].
const refresh = `
WITH who AS MATERIALIZED (
	SELECT ` + userColumns + ` FROM users
	WHERE id = (SELECT user_id FROM devices WHERE session_hash = $1)
	FOR NO KEY UPDATE
), held AS MATERIALIZED (
	SELECT user_id, device_id, issued_at,
		CASE WHEN refresh_hash = $2 THEN refresh_expires_at ELSE previous_refresh_expires_at END AS expires_at
	FROM devices
	WHERE session_hash = $1 AND (refresh_hash = $2 OR previous_refresh_hash = $2 AND NOT confirmed)
		AND EXISTS (SELECT FROM who)
	FOR UPDATE
), renewed AS (
	UPDATE devices d SET
		access_hash = $4, access_expires_at = least($5, d.session_ends_at),
		refresh_hash = $6, refresh_expires_at = least($7, d.session_ends_at),
		confirmed = false, previous_refresh_hash = $2, previous_refresh_expires_at = held.expires_at,
		issued_at = $8
	FROM held, who
	WHERE d.user_id = held.user_id AND d.device_id = held.device_id
		AND NOT who.locked AND NOT who.deactivated AND coalesce(held.expires_at > $3, true)
		AND held.issued_at <= $8
	RETURNING d.access_expires_at
)
SELECT ` + userColumns + `, held.device_id,
	EXISTS (SELECT FROM renewed), (SELECT access_expires_at FROM renewed),
	CASE WHEN held.issued_at > $8 THEN held.issued_at END
FROM who, held`

func (s postgresSessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		ctx, conn := db.Statement.Context, db.Statement.ConnPool // past GORM, as in signInDecided
		var bearer domain.Bearer
		var renewed bool
		var expires sql.NullInt64
		err := inOrder(r.At, func(issuedAt int64) (overtakenAt sql.NullInt64, err error) {
			bearer, err = scanBearer(conn.QueryRowContext(ctx, refresh, r.Token.Session[:], r.Token.Token[:], r.At.UnixMilli(),
				hash(r.Pair.Access), millis(r.Pair.AccessExpires), hash(r.Pair.Refresh), millis(r.Pair.RefreshExpires),
				issuedAt,
			), &renewed, &expires, &overtakenAt)
			return overtakenAt, err
		})
		if err != nil {
			return err
		}
		if err := bearer.User.MayUse(); err != nil {
			return err
		}
		if !renewed {
			return domain.ErrExpiredToken
		}
		out = domain.Renewed{Bearer: bearer, AccessExpires: timeOf(expires)}
		return nil
	})
	return out, err
}
