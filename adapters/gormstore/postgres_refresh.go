package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// refresh is one statement. The user of the token is locked, and with the lock
// comes the newest version of the row; then the device. If the statement waited
// for another refresh, PostgreSQL looks again, at the newest version of the
// device, whether the token still is one of its: current says which. So every
// expression here speaks of that version, and nothing that was committed is
// overwritten unseen. A device that was deleted meanwhile, or signed in on, has
// the token no more. The rules are those of domain.Session.Renew.
const refresh = `
WITH who AS MATERIALIZED (
	SELECT id, display_name, created_at, locked, deactivated FROM users
	WHERE id = (SELECT user_id FROM devices WHERE refresh_hash = $1 OR previous_refresh_hash = $1)
	FOR NO KEY UPDATE
), held AS MATERIALIZED (
	SELECT user_id, device_id, refresh_hash = $1 AS current,
		CASE WHEN refresh_hash = $1 THEN refresh_expires_at ELSE previous_refresh_expires_at END AS expires_at
	FROM devices
	WHERE (refresh_hash = $1 OR previous_refresh_hash = $1 AND NOT confirmed) AND EXISTS (SELECT FROM who)
	FOR UPDATE
), renewed AS (
	UPDATE devices d SET
		access_hash = $3, access_expires_at = least($4, d.session_ends_at),
		refresh_hash = $5, refresh_expires_at = least($6, d.session_ends_at),
		confirmed = false,
		previous_access_hash = CASE WHEN held.current THEN d.access_hash ELSE d.previous_access_hash END,
		previous_refresh_hash = $1, previous_refresh_expires_at = held.expires_at
	FROM held, who
	WHERE d.user_id = held.user_id AND d.device_id = held.device_id
		AND NOT who.locked AND NOT who.deactivated AND coalesce(held.expires_at > $2, true)
	RETURNING d.access_expires_at
)
SELECT who.id, who.display_name, who.created_at, who.locked, who.deactivated, held.device_id,
	EXISTS (SELECT FROM renewed), (SELECT access_expires_at FROM renewed)
FROM who, held`

func (s postgresSessions) Refresh(ctx context.Context, r domain.Renewal) (out domain.Renewed, err error) {
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		var renewed bool
		var expires sql.NullInt64
		bearer, err := scanBearer(db.Raw(refresh, r.Token[:], r.At.UnixMilli(),
			r.Pair.Access[:], millis(r.Pair.AccessExpires), hash(r.Pair.Refresh), millis(r.Pair.RefreshExpires),
		), &renewed, &expires)
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
