package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A linkRow is a row of the table links.
type linkRow struct {
	Key       []byte `gorm:"primaryKey"`
	Provider  string
	Issuer    string
	Subject   string
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName tells GORM the table.
func (linkRow) TableName() string { return "links" }

// links is the ports.LinkRepository.
type links struct{ calls calls }

func (l links) Owner(ctx context.Context, link domain.Link) (domain.UserID, error) {
	if err := domain.CheckText(link.Provider, link.Issuer, link.Subject); err != nil {
		return "", err
	}
	key := link.Key()
	var row linkRow
	err := l.calls.read(ctx, func(db *gorm.DB) error { return take(db.Where("key = ?", key[:]), &row) })
	return domain.UserID(row.UserID), err
}

func (l links) List(ctx context.Context, user domain.UserID) (list []domain.Link, err error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	err = l.calls.read(ctx, func(db *gorm.DB) error {
		list, err = linksOf(db, user)
		return err
	})
	return list, err
}

// linksOf returns the links of a user.
func linksOf(db *gorm.DB, user domain.UserID) ([]domain.Link, error) {
	var rows []linkRow
	if err := db.Where("user_id = ?", string(user)).Find(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]domain.Link, len(rows))
	for i, row := range rows {
		list[i] = domain.Link{Provider: row.Provider, Issuer: row.Issuer, Subject: row.Subject}
	}
	return list, nil
}

// putLink remembers the link of a sign-in, which is not known.
func putLink(db *gorm.DB, user domain.UserID, in domain.SignIn) error {
	key := in.Link.Key()
	return db.Create(&linkRow{
		Key: key[:], Provider: in.Link.Provider, Issuer: in.Link.Issuer, Subject: in.Link.Subject,
		UserID: string(user), CreatedAt: in.At.UnixMilli(),
	}).Error
}
