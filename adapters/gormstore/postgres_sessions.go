package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// postgresSessions is the ports.SessionRepository on PostgreSQL.
//
// All of it is right under READ COMMITTED, where a statement sees what was
// committed when it began, and the newest version of the rows that it locks.
// Whoever locks several rows locks the user's first, so nobody waits in a
// circle.
type postgresSessions struct{ tokens }

// signIn is one statement. A user who is there is locked, which also fetches
// the newest version of the row. A user who came while the statement waited is
// invisible to its snapshot: the insert meets the row, and the assignment that
// changes nothing locks and returns it (DO NOTHING would return no row). The
// device's session is replaced in place, so that a device cannot have two. A row
// that was there has been locked by its insert, and tells that by its xmax.
//
// Tokens that were issued later than $19 are not replaced; the last column then
// says when. See [inOrder].
const signIn = `
WITH found AS MATERIALIZED (
	SELECT ` + userColumns + `, false AS created
	FROM users WHERE id IN ($1, $2)
	ORDER BY id = $1 DESC LIMIT 1
	FOR NO KEY UPDATE
), made AS (
	INSERT INTO users (id, display_name, created_at)
	SELECT $2, $4, $5 WHERE $3 AND NOT EXISTS (SELECT FROM found)
	ON CONFLICT (id) DO UPDATE SET id = excluded.id
	RETURNING ` + userColumns + `, xmax = 0 AS created
), who AS (
	SELECT * FROM found UNION ALL SELECT * FROM made
), usable AS (
	SELECT id FROM who WHERE NOT locked AND NOT deactivated
), link AS (
	INSERT INTO links (key, provider, issuer, subject, user_id, created_at)
	SELECT $7, $8, $9, $10, id, $5 FROM usable WHERE $6
	ON CONFLICT (key) DO NOTHING
), device AS (
	INSERT INTO devices (user_id, device_id, display_name, created_at,
		session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at, issued_at)
	SELECT id, $11, $12, $5, $13, $14, $15, $16, $17, $18, $19 FROM usable
	ON CONFLICT (user_id, device_id) DO UPDATE SET
		session_hash = excluded.session_hash, session_ends_at = excluded.session_ends_at,
		access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
		refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
		confirmed = true, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL,
		issued_at = excluded.issued_at
	WHERE devices.issued_at <= excluded.issued_at
	RETURNING xmax = 0 AS created
)
SELECT ` + userColumns + `, created, coalesce((SELECT created FROM device), false),
	CASE WHEN EXISTS (SELECT FROM usable) AND NOT EXISTS (SELECT FROM device) THEN
		coalesce((SELECT d.issued_at FROM devices d WHERE d.user_id = who.id AND d.device_id = $11), $19)
	END
FROM who`

func (s postgresSessions) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	var row userRow
	var created, newDevice bool
	key := in.Link.Key()
	opened := in.Session()
	err := s.calls.write(ctx, func(db *gorm.DB) error {
		err := inOrder(in.At, func(issuedAt int64) (overtakenAt sql.NullInt64, err error) {
			err = scanUser(db.Raw(signIn,
				string(in.Users[0]), string(in.Users[len(in.Users)-1]), in.Create, in.DisplayName, in.At.UnixMilli(),
				in.Link != domain.Link{}, key[:], in.Link.Provider, in.Link.Issuer, in.Link.Subject,
				string(in.Device), in.DeviceName,
				hash(opened.ID), millis(opened.Ends),
				hash(opened.Access), millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires),
				issuedAt,
			), &row, &created, &newDevice, &overtakenAt)
			return overtakenAt, err
		})
		if err != nil {
			return err
		}
		return row.user().MayUse()
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return domain.SignedIn{User: row.user(), Created: created, NewDevice: newDevice}, nil
}

const deleteSession = `
WITH gone AS (
	DELETE FROM devices WHERE session_hash = $1 RETURNING user_id, device_id
)
SELECT ` + columnsOfU + `, gone.device_id
FROM gone JOIN users u ON u.id = gone.user_id`

// Delete waits for a sign-in on the device that is under way; then it looks
// again whether the device still has the session.
func (s postgresSessions) Delete(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		bearer, err = scanBearer(db.Raw(deleteSession, session[:]))
		return err
	})
	return bearer, err
}

const lockUserOfSession = `
SELECT ` + userColumns + ` FROM users
WHERE id = (SELECT user_id FROM devices WHERE session_hash = $1)
FOR NO KEY UPDATE`

const deleteAllOfSession = `
WITH own AS MATERIALIZED (
	SELECT device_id FROM devices WHERE session_hash = $1 FOR UPDATE
), gone AS (
	DELETE FROM devices WHERE user_id = $2 AND EXISTS (SELECT FROM own)
)
SELECT ` + columnsOfU + `, own.device_id
FROM own JOIN users u ON u.id = $2`

// DeleteAll locks the user first: sign-ins that have not got that far wait until
// it is over, and those that are over are seen by the second statement. That
// locks the session's device before all others, to be sure that it still has the
// session.
func (s postgresSessions) DeleteAll(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		var user userRow
		if err := scanUser(db.Raw(lockUserOfSession, session[:]), &user); err != nil {
			return err
		}
		bearer, err = scanBearer(db.Raw(deleteAllOfSession, session[:], user.ID))
		return err
	})
	return bearer, err
}
