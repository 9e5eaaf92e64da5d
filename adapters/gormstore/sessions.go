package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// tokens is what the ports.SessionRepository of both dialects has in common.
type tokens struct {
	calls calls
	find  func(context.Context, gorm.ConnPool, domain.TokenKey) *sql.Row // selectBearer of the dialect
}

const selectBearer = `
SELECT ` + columnsOfU + `, d.device_id, d.access_hash = $1, d.confirmed, d.access_expires_at
FROM devices d JOIN users u ON u.id = d.user_id
WHERE d.session_hash = `

func findOnPostgres(ctx context.Context, conn gorm.ConnPool, access domain.TokenKey) *sql.Row {
	return conn.QueryRowContext(ctx, selectBearer+"$2", access.Token[:], access.Session[:])
}

// findOnSQLite compares the column with more than a parameter, as SQLite would
// otherwise plan the query again each time.
func findOnSQLite(ctx context.Context, conn gorm.ConnPool, access domain.TokenKey) *sql.Row {
	return conn.QueryRowContext(ctx, selectBearer+"CAST($2 AS BLOB)", access.Token[:], access.Session[:])
}

const confirm = `
UPDATE devices SET confirmed = true WHERE session_hash = $1 AND access_hash = $2 AND NOT confirmed`

// ByAccessToken is one query for a token that is in use. The first use of one
// costs a statement more; if that meets no row, the session's tokens changed
// since the query, and one of the next round says how.
func (t tokens) ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (bearer domain.Bearer, err error) {
	find := func(ctx context.Context, conn gorm.ConnPool) *sql.Row { return t.find(ctx, conn, access) }
	err = t.calls.directly(ctx, func(ctx context.Context, db direct) error {
		for {
			var isFirst bool
			bearer, isFirst, err = bearerAt(db.row(ctx, find), now)
			if err != nil || !isFirst {
				return err
			}
			result, err := db.writer.ExecContext(ctx, confirm, access.Session[:], access.Token[:])
			if err != nil {
				return err
			}
			if confirmed, err := result.RowsAffected(); err != nil || confirmed > 0 {
				return err
			}
		}
	})
	if err != nil {
		return domain.Bearer{}, err
	}
	return bearer, nil
}

// bearerAt returns whose access token it is at the time, and whether this is the
// first use of its pair.
func bearerAt(row scanner, now time.Time) (bearer domain.Bearer, isFirst bool, err error) {
	var current, confirmed bool
	var expires sql.NullInt64
	bearer, err = scanBearer(row, &current, &confirmed, &expires)
	if err != nil {
		return domain.Bearer{}, false, err
	}
	bearer.Stale = !current || domain.Expired(timeOf(expires), now)
	if current {
		bearer.Expires = timeOf(expires)
	}
	return bearer, !bearer.Stale && !confirmed, nil
}

// scanBearer reads a row of a user's columns, a device's id, and more. It returns
// domain.ErrNotFound if there is none.
func scanBearer(row scanner, more ...any) (domain.Bearer, error) {
	var user userRow
	var device string
	if err := scanRow(row, append(append(user.columns(), &device), more...)...); err != nil {
		return domain.Bearer{}, err
	}
	return domain.Bearer{User: user.user(), Device: domain.DeviceID(device)}, nil
}

// scanUser reads the one row of a query for a user's columns, and more. It
// returns domain.ErrNotFound if there is none.
func scanUser(query *gorm.DB, user *userRow, more ...any) error {
	return scanOne(query, append(user.columns(), more...)...)
}

// scanOne reads the one row of a query, or returns domain.ErrNotFound if there
// is none.
func scanOne(query *gorm.DB, columns ...any) error {
	return scanRow(query.Row(), columns...)
}

// scanRow is scanOne for a row.
func scanRow(row scanner, columns ...any) error {
	err := row.Scan(columns...)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ErrNotFound
	}
	return err
}
