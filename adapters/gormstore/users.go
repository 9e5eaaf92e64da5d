package gormstore

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seed-31b6c987/doorward/domain"
)

// A userRow is a row of the table users.
type userRow struct {
	ID          string `gorm:"primaryKey"`
	DisplayName string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	Locked      bool
	Deactivated bool
}

// TableName tells GORM the table.
func (userRow) TableName() string { return "users" }

func (r userRow) user() domain.User {
	return domain.User{
		ID:          domain.UserID(r.ID),
		DisplayName: r.DisplayName,
		CreatedAt:   fromMillis(r.CreatedAt),
		Locked:      r.Locked,
		Deactivated: r.Deactivated,
	}
}

// users is the ports.UserRepository.
type users struct{ calls calls }

func (u users) ByID(ctx context.Context, id domain.UserID) (domain.User, error) {
	if err := domain.CheckText(string(id)); err != nil {
		return domain.User{}, err
	}
	var row userRow
	err := u.calls.read(ctx, func(db *gorm.DB) error {
		return notFound(db.Where("id = ?", string(id)).Take(&row).Error)
	})
	if err != nil {
		return domain.User{}, err
	}
	return row.user(), nil
}

func (u users) Create(ctx context.Context, user domain.User) error {
	if err := domain.CheckText(string(user.ID), user.DisplayName); err != nil {
		return err
	}
	row := userRow{
		ID: string(user.ID), DisplayName: user.DisplayName, CreatedAt: user.CreatedAt.UnixMilli(),
		Locked: user.Locked, Deactivated: user.Deactivated,
	}
	return u.calls.write(ctx, func(db *gorm.DB) error {
		// A refused insert would spoil the transaction that it is part of.
		result := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		return orIfNone(result, domain.ErrExists)
	})
}

func (u users) Update(ctx context.Context, user domain.User) error {
	if err := domain.CheckText(string(user.ID), user.DisplayName); err != nil {
		return err
	}
	return u.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Model(&userRow{}).Where("id = ?", string(user.ID)).Updates(map[string]any{
			"display_name": user.DisplayName,
			"locked":       user.Locked,
			"deactivated":  user.Deactivated,
		})
		return orIfNone(result, domain.ErrNotFound)
	})
}

// orIfNone returns the statement's error, or none if it changed no row.
func orIfNone(result *gorm.DB, none error) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return none
	}
	return result.Error
}

func notFound(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return domain.ErrNotFound
	}
	return err
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
