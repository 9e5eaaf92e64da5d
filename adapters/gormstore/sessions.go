package gormstore

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// tokens is what the ports.SessionRepository of both dialects has in common.
type tokens struct{ calls calls }

func (t tokens) ByAccessToken(ctx context.Context, access domain.TokenHash) (bearer domain.Bearer, err error) {
	err = t.calls.read(ctx, func(db *gorm.DB) error {
		bearer, err = bearerOf(db, access)
		return err
	})
	return bearer, err
}

func bearerOf(db *gorm.DB, access domain.TokenHash) (domain.Bearer, error) {
	return scanBearer(db.Raw(`
		SELECT u.id, u.display_name, u.created_at, u.locked, u.deactivated, d.device_id
		FROM devices d JOIN users u ON u.id = d.user_id
		WHERE d.access_hash = ?`, access[:]))
}

// scanBearer reads the one row of a query for a user's columns, in the order of
// userRow, and a device's id. It returns domain.ErrNotFound if there is none.
func scanBearer(query *gorm.DB) (domain.Bearer, error) {
	var user userRow
	var device string
	if err := scanUser(query, &user, &device); err != nil {
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
