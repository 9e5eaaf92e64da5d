package gormstore

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

func (r imports) Progress(ctx context.Context, source string) (domain.ImportProgress, error) {
	if err := domain.CheckText(source); err != nil {
		return domain.ImportProgress{}, err
	}
	progress := domain.ImportProgress{Source: source}
	var counts []byte
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT next, counts FROM imports WHERE source = ?", source), &progress.Next, &counts)
	})
	if err != nil {
		return domain.ImportProgress{}, err
	}
	return progress, json.Unmarshal(counts, &progress.Counts)
}

func (r imports) PutProgress(ctx context.Context, progress domain.ImportProgress) error {
	if err := domain.CheckText(progress.Source, progress.Next); err != nil {
		return err
	}
	counts, err := json.Marshal(progress.Counts)
	if err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec(`
			INSERT INTO imports (source, next, counts) VALUES (?, ?, ?)
			ON CONFLICT (source) DO UPDATE SET next = excluded.next, counts = excluded.counts`,
			progress.Source, progress.Next, string(counts)).Error
	})
}

func (r imports) DeleteProgress(ctx context.Context, source string) error {
	if err := domain.CheckText(source); err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM imports WHERE source = ?", source).Error
	})
}
