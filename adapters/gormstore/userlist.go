package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A listedUser is a user and how many are asked for.
type listedUser struct {
	User  userRow `gorm:"embedded"`
	Total int
}

// List is one statement, unless the page is empty.
func (u users) List(ctx context.Context, query domain.UserQuery) (list []domain.User, total int, err error) {
	if err := domain.CheckText(query.Text); err != nil {
		return nil, 0, err
	}
	var rows []listedUser
	err = u.calls.read(ctx, func(db *gorm.DB) error {
		return scanning(db, func(db *gorm.DB) error {
			rows = nil
			err := asked(db, query).Select("*, (?) AS total", asked(db, query).Select("count(*)")).
				Order("id").Offset(query.Offset).Limit(query.Limit).Scan(&rows).Error
			if err == nil && len(rows) == 0 {
				err = asked(db, query).Select("count(*)").Row().Scan(&total)
			}
			return err
		})
	})
	if err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		list, total = append(list, row.User.user()), row.Total
	}
	return list, total, nil
}

// asked is the query for the users, without offset and limit.
func asked(db *gorm.DB, query domain.UserQuery) *gorm.DB {
	db = db.Model(&userRow{})
	if query.Text != "" {
		// A text holds another if it is different without it. That is the same
		// on both databases, and knows no patterns.
		part := domain.FoldLocalpart(query.Text)
		db = db.Where("replace(lower(id), ?, '') <> lower(id) OR replace(lower(display_name), ?, '') <> lower(display_name)",
			part, part)
	}
	if query.Admin != nil {
		db = db.Where("admin = ?", *query.Admin)
	}
	if query.Guest != nil {
		db = db.Where("guest = ?", *query.Guest)
	}
	if query.Locked != nil {
		db = db.Where("locked = ?", *query.Locked)
	}
	if query.Deactivated != nil {
		db = db.Where("deactivated = ?", *query.Deactivated)
	}
	return db
}
