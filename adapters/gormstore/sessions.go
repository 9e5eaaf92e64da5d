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

// ByAccessToken is one query for a token that is in use. The first use of one
// costs a statement more; if that meets no row, the device's tokens changed
// since the query, and one of the next round says how.
func (t tokens) ByAccessToken(ctx context.Context, access domain.TokenHash, now time.Time) (bearer domain.Bearer, err error) {
	err = t.calls.readAndWrite(ctx, func(reader, writer *gorm.DB) error {
		for {
			var isFirst bool
			bearer, isFirst, err = bearerAt(reader, access, now)
			if err != nil || !isFirst {
				return err
			}
			result := writer.Exec("UPDATE devices SET confirmed = true WHERE access_hash = ? AND NOT confirmed", access[:])
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
// first use of its pair. A token only ever becomes a previous one, so whoever
// asks for the current one first cannot miss it.
func bearerAt(db *gorm.DB, access domain.TokenHash, now time.Time) (bearer domain.Bearer, isFirst bool, err error) {
	var confirmed bool
	var expires sql.NullInt64
	bearer, err = scanBearer(db.Raw(`
		SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, d.device_id, d.confirmed, d.access_expires_at
		FROM devices d JOIN users u ON u.id = d.user_id
		WHERE d.access_hash = ?`, access[:]), &confirmed, &expires)
	if errors.Is(err, domain.ErrNotFound) {
		bearer, err = scanBearer(db.Raw(`
			SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, d.device_id
			FROM devices d JOIN users u ON u.id = d.user_id
			WHERE d.previous_access_hash = ?`, access[:]))
		bearer.Stale = err == nil
		return bearer, false, err
	}
	bearer.Stale = err == nil && domain.Expired(timeOf(expires), now)
	return bearer, err == nil && !bearer.Stale && !confirmed, err
}

// scanBearer reads the one row of a query for a user's columns, in the order of
// userRow, a device's id, and more. It returns domain.ErrNotFound if there is
// none.
func scanBearer(query *gorm.DB, more ...any) (domain.Bearer, error) {
	var user userRow
	var device string
	if err := scanUser(query, &user, append([]any{&device}, more...)...); err != nil {
		return domain.Bearer{}, err
	}
	return domain.Bearer{User: user.user(), Device: domain.DeviceID(device)}, nil
}

// scanUser reads the one row of a query for a user's columns, in the order of
// userRow, and more. It returns domain.ErrNotFound if there is none.
func scanUser(query *gorm.DB, user *userRow, more ...any) error {
	columns := []any{&user.ID, &user.DisplayName, &user.CreatedAt, &user.Locked, &user.Deactivated}
	err := query.Row().Scan(append(columns, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.ErrNotFound
	}
	return err
}

// millis is a time as a column, in which NULL means never.
func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func timeOf(column sql.NullInt64) time.Time {
	if !column.Valid {
		return time.Time{}
	}
	return fromMillis(column.Int64)
}

// hash is a token's hash as a column, in which NULL means none.
func hash(h domain.TokenHash) []byte {
	if h == (domain.TokenHash{}) {
		return nil
	}
	return h[:]
}

func hashOf(column []byte) (h domain.TokenHash) {
	copy(h[:], column)
	return h
}
