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

const lockUserOfSession = `
SELECT ` + userColumns + ` FROM users
WHERE id = (SELECT user_id FROM devices WHERE session_hash = $1)
FOR NO KEY UPDATE`

// deleteSession locks the user before it comes to the device. If somebody signed
// in on the device while the statement waited, PostgreSQL looks again, at the
// newest version of its row, and finds that it has the session no more.
const deleteSession = `
WITH who AS MATERIALIZED (` + lockUserOfSession + `
), gone AS (
	DELETE FROM devices d USING who WHERE d.session_hash = $1 AND d.user_id = who.id
	RETURNING d.device_id
)
SELECT ` + columnsOfU + `, gone.device_id FROM who u, gone`

// Delete is one statement. It waits for a sign-in of the user that is under way.
func (s postgresSessions) Delete(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		ctx, conn := db.Statement.Context, db.Statement.ConnPool // past GORM, as in signInDecided
		bearer, err = scanBearer(conn.QueryRowContext(ctx, deleteSession, session[:]))
		return err
	})
	return bearer, err
}

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
		bearer, err = scanBearer(db.Raw(deleteAllOfSession, session[:], user.ID).Row())
		return err
	})
	return bearer, err
}
