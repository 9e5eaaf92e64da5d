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
type tokens struct{ calls calls }

const byAccessToken = `
SELECT ` + columnsOfU + `, d.device_id, d.access_hash = ?, d.confirmed, d.access_expires_at
FROM devices d JOIN users u ON u.id = d.user_id
WHERE d.session_hash = ?`

const confirm = `
UPDATE devices SET confirmed = true WHERE session_hash = ? AND access_hash = ? AND NOT confirmed`

// ByAccessToken is one query for a token that is in use. The first use of one
// costs a statement more; if that meets no row, the session's tokens changed
// since the query, and one of the next round says how.
func (t tokens) ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (bearer domain.Bearer, err error) {
	err = t.calls.readAndWrite(ctx, func(reader, writer *gorm.DB) error {
		for {
			var isFirst bool
			bearer, isFirst, err = bearerAt(reader, access, now)
			if err != nil || !isFirst {
				return err
			}
			result := writer.Exec(confirm, access.Session[:], access.Token[:])
			if result.Error != nil || result.RowsAffected > 0 {
				return result.Error
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
func bearerAt(db *gorm.DB, access domain.TokenKey, now time.Time) (bearer domain.Bearer, isFirst bool, err error) {
	var current, confirmed bool
	var expires sql.NullInt64
	bearer, err = scanBearer(db.Raw(byAccessToken, access.Token[:], access.Session[:]), &current, &confirmed, &expires)
	if err != nil {
		return domain.Bearer{}, false, err
	}
	bearer.Stale = !current || domain.Expired(timeOf(expires), now)
	if current {
		bearer.Expires = timeOf(expires)
	}
	return bearer, !bearer.Stale && !confirmed, nil
}

// scanBearer reads the one row of a query for a user's columns, a device's id,
// and more. It returns domain.ErrNotFound if there is none.
func scanBearer(query *gorm.DB, more ...any) (domain.Bearer, error) {
	var user userRow
	var device string
	if err := scanUser(query, &user, append([]any{&device}, more...)...); err != nil {
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
func scanRow(row *sql.Row, columns ...any) error {
	err := row.Scan(columns...)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ErrNotFound
	}
	return err
}
