package gormstore

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// keySets is the ports.KeySetRepository.
type keySets struct{ calls calls }

func (k keySets) Put(ctx context.Context, url string, document []byte, fetchedAt time.Time) error {
	if err := domain.CheckText(url); err != nil {
		return err
	}
	if document == nil {
		document = []byte{}
	}
	return k.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec(`INSERT INTO key_sets AS k VALUES (?, ?, ?)
			ON CONFLICT (url) DO UPDATE SET document = excluded.document, fetched_at = excluded.fetched_at
			WHERE k.fetched_at <= excluded.fetched_at`, url, document, fetchedAt.UnixMilli()).Error
	})
}

func (k keySets) ByURL(ctx context.Context, url string) (document []byte, fetchedAt time.Time, err error) {
	if err := domain.CheckText(url); err != nil {
		return nil, time.Time{}, err
	}
	var at int64
	err = k.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT document, fetched_at FROM key_sets WHERE url = ?", url), &document, &at)
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return document, fromMillis(at), nil
}
