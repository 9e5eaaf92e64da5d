package gormstore

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seed-31b6c987/doorward/domain"
)

// A userRow is a row of the table users, less the password.
type userRow struct {
	ID          string `gorm:"primaryKey"`
	DisplayName string
	AvatarURL   string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	Admin       bool
	Guest       bool
	Locked      bool
	Suspended   bool
	Deactivated bool
	Erased      bool
}

// The columns of a userRow, and the same of a table u: in the order in which
// [userRow.columns] reads them.
const (
	userColumns = "id, display_name, avatar_url, created_at, admin, guest, locked, suspended, deactivated, erased"
	columnsOfU  = "u.id, u.display_name, u.avatar_url, u.created_at, u.admin, u.guest, u.locked, u.suspended, u.deactivated, u.erased"
)

func (r *userRow) columns() []any {
	return []any{
		&r.ID, &r.DisplayName, &r.AvatarURL, &r.CreatedAt,
		&r.Admin, &r.Guest, &r.Locked, &r.Suspended, &r.Deactivated, &r.Erased,
	}
}

// TableName tells GORM the table.
func (userRow) TableName() string { return "users" }

func (r userRow) user() domain.User {
	return domain.User{
		ID:          domain.UserID(r.ID),
		DisplayName: r.DisplayName,
		AvatarURL:   r.AvatarURL,
		CreatedAt:   fromMillis(r.CreatedAt),
		Admin:       r.Admin,
		Guest:       r.Guest,
		Locked:      r.Locked,
		Suspended:   r.Suspended,
		Deactivated: r.Deactivated,
		Erased:      r.Erased,
	}
}

// rowOfUser returns the user's row, or domain.ErrInvalidParam.
func rowOfUser(u domain.User) (userRow, error) {
	return userRow{
		ID:          string(u.ID),
		DisplayName: u.DisplayName,
		AvatarURL:   u.AvatarURL,
		CreatedAt:   u.CreatedAt.UnixMilli(),
		Admin:       u.Admin,
		Guest:       u.Guest,
		Locked:      u.Locked,
		Suspended:   u.Suspended,
		Deactivated: u.Deactivated,
		Erased:      u.Erased,
	}, domain.CheckText(string(u.ID), u.DisplayName, u.AvatarURL)
}

// users is the ports.UserRepository.
type users struct{ calls calls }

func (u users) ByID(ctx context.Context, id domain.UserID) (domain.User, error) {
	if err := domain.CheckText(string(id)); err != nil {
		return domain.User{}, err
	}
	var row userRow
	err := u.calls.read(ctx, func(db *gorm.DB) error {
		return take(db.Where("id = ?", string(id)), &row)
	})
	if err != nil {
		return domain.User{}, err
	}
	return row.user(), nil
}

func (u users) Create(ctx context.Context, user domain.User) error {
	row, err := rowOfUser(user)
	if err != nil {
		return err
	}
	return u.calls.write(ctx, func(db *gorm.DB) error { return create(db, &row) })
}

func (u users) Update(ctx context.Context, id domain.UserID, change func(*domain.User) error) (domain.User, error) {
	if err := domain.CheckText(string(id)); err != nil {
		return domain.User{}, err
	}
	return update(ctx, u.calls, change,
		func(db *gorm.DB) (domain.User, error) {
			var row userRow
			err := take(db.Clauses(forUpdate).Where("id = ?", string(id)), &row)
			return row.user(), err
		},
		func(db *gorm.DB, before, user domain.User) (domain.User, error) {
			user.ID, user.CreatedAt = before.ID, before.CreatedAt
			row, err := rowOfUser(user)
			if err != nil {
				return domain.User{}, err
			}
			return row.user(), overwrite(db, &row)
		})
}

// lockUser makes everybody else who would change the user, sign it in, or change
// several of its devices wait until the transaction ends. It returns
// domain.ErrNotFound if there is no such user.
func lockUser(db *gorm.DB, id domain.UserID) error {
	return take(db.Clauses(forUpdate).Where("id = ?", string(id)), &userRow{})
}

// forUpdate locks the rows of a query as a statement that changes them would. On
// SQLite it is not written: a transaction there is alone from its beginning.
var forUpdate = clause.Locking{Strength: "NO KEY UPDATE"}
