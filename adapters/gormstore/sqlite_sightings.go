package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// sqliteSightings is the ports.SightingRepository on SQLite, where a batch costs
// as much as its one commit.
type sqliteSightings struct{ calls calls }

func (r sqliteSightings) Record(ctx context.Context, sightings []domain.Sighting) error {
	if err := checkSightings(sightings); err != nil {
		return err
	}
	return r.calls.transact(ctx, func(db *gorm.DB) error {
		for _, s := range sightings {
			if err := record(db, s); err != nil {
				return err
			}
		}
		return nil
	})
}
