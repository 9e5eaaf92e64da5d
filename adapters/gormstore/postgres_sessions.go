package gormstore

import (
	"context"

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
// device's tokens are replaced in place, so that a device cannot have two pairs.
const signIn = `
WITH found AS MATERIALIZED (
	SELECT id, display_name, created_at, locked, deactivated, false AS created
	FROM users WHERE id IN ($1, $2)
	ORDER BY id = $1 DESC LIMIT 1
	FOR NO KEY UPDATE
), made AS (
	INSERT INTO users (id, display_name, created_at)
	SELECT $2, $4, $5 WHERE $3 AND NOT EXISTS (SELECT FROM found)
	ON CONFLICT (id) DO UPDATE SET id = excluded.id
	RETURNING id, display_name, created_at, locked, deactivated, xmax = 0 AS created
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
		access_hash, access_expires_at, refresh_hash, refresh_expires_at, session_ends_at)
	SELECT id, $11, $12, $5, $13, $14, $15, $16, $17 FROM usable
	ON CONFLICT (user_id, device_id) DO UPDATE SET
		access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
		refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
		session_ends_at = excluded.session_ends_at, confirmed = true,
		previous_access_hash = NULL, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL
)
SELECT id, display_name, created_at, locked, deactivated, created FROM who`

func (s postgresSessions) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	var row userRow
	var created bool
	key := in.Link.Key()
	opened := in.Session()
	err := s.calls.write(ctx, func(db *gorm.DB) error {
		err := scanUser(db.Raw(signIn,
			string(in.Users[0]), string(in.Users[len(in.Users)-1]), in.Create, in.DisplayName, in.At.UnixMilli(),
			in.Link != domain.Link{}, key[:], in.Link.Provider, in.Link.Issuer, in.Link.Subject,
			string(in.Device), in.DeviceName,
			opened.Access[:], millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires), millis(opened.Ends),
		), &row, &created)
		if err != nil {
			return err
		}
		return row.user().MayUse()
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return domain.SignedIn{User: row.user(), Created: created}, nil
}

// Delete waits for a sign-in on the device that is under way; then it looks
// again whether the device still has the token.
func (s postgresSessions) Delete(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		bearer, err = scanBearer(db.Raw(`
			WITH gone AS (
				DELETE FROM devices WHERE access_hash = $1 OR previous_access_hash = $1 RETURNING user_id, device_id
			)
			SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, gone.device_id
			FROM gone JOIN users u ON u.id = gone.user_id`, access[:]))
		return err
	})
	return bearer, err
}

// DeleteAll locks the user first: sign-ins that have not got that far wait until
// it is over, and those that are over are seen by the second statement. That
// locks the token's device before all others, to be sure that it still has the
// token.
func (s postgresSessions) DeleteAll(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.transact(ctx, func(db *gorm.DB) error {
		var user userRow
		if err := scanUser(db.Raw(`
			SELECT id, display_name, created_at, locked, deactivated FROM users
			WHERE id = (SELECT user_id FROM devices WHERE access_hash = $1 OR previous_access_hash = $1)
			FOR NO KEY UPDATE`, access[:]), &user); err != nil {
			return err
		}
		bearer, err = scanBearer(db.Raw(`
			WITH own AS MATERIALIZED (
				SELECT device_id FROM devices WHERE access_hash = $1 OR previous_access_hash = $1 FOR UPDATE
			), gone AS (
				DELETE FROM devices WHERE user_id = $2 AND EXISTS (SELECT FROM own)
			)
			SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, own.device_id
			FROM own JOIN users u ON u.id = $2`, access[:], user.ID))
		return err
	})
	return bearer, err
}
