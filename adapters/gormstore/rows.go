package gormstore

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seed-31b6c987/doorward/domain"
)

// take reads the row that a query finds, or returns domain.ErrNotFound.
func take(query *gorm.DB, row any) error {
	err := query.Take(row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return domain.ErrNotFound
	}
	return err
}

// create adds a row, or returns domain.ErrExists. It says so without a refused
// insert, which would spoil the transaction that it is part of.
func create(db *gorm.DB, row any) error {
	return orIfNone(db.Clauses(clause.OnConflict{DoNothing: true}).Create(row), domain.ErrExists)
}

// overwrite writes all columns of a row that is there.
func overwrite(db *gorm.DB, row any) error {
	return orIfNone(db.Select("*").Updates(row), domain.ErrNotFound)
}

// orIfNone returns the statement's error, or none if it changed no row.
func orIfNone(result *gorm.DB, none error) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return none
	}
	return result.Error
}

// update loads something and locks it, lets the caller change it, and saves what
// became of it, as one. It returns it as saved, or the error of change as it is:
// whatever that says, it is not the database's.
func update[T any](
	ctx context.Context, c calls, change func(*T) error,
	load func(*gorm.DB) (T, error), save func(db *gorm.DB, before, changed T) (T, error),
) (saved T, err error) {
	var refusal error
	err = c.transact(ctx, func(db *gorm.DB) error {
		refusal = nil
		before, err := load(db)
		if err != nil {
			return err
		}
		changed := before
		if refusal = change(&changed); refusal != nil {
			return errRefused
		}
		saved, err = save(db, before, changed)
		return err
	})
	var none T
	switch {
	case refusal != nil:
		return none, refusal
	case err != nil:
		return none, err
	}
	return saved, nil
}
