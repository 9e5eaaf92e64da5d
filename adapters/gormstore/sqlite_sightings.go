package gormstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// sqliteSightings is the ports.SightingRepository on SQLite, where a batch costs
// little more than its one commit.
type sqliteSightings struct{ calls calls }

const recordOne = `
UPDATE devices SET last_seen_at = ?1, last_seen_address = ?2, last_seen_agent = ?3
WHERE user_id = CAST(?4 AS TEXT) AND device_id = CAST(?5 AS TEXT)
	AND (last_seen_at IS NULL OR last_seen_at < CAST(?1 AS INTEGER))`

func (r sqliteSightings) Record(ctx context.Context, sightings []domain.Sighting) error {
	if err := checkSightings(sightings); err != nil {
		return err
	}
	return transactOnSQLite(ctx, r.calls, func(on statements) error {
		for _, s := range sightings {
			err := execute(on, recordOne, s.At.UnixMilli(), s.Address, s.UserAgent, string(s.User), string(s.Device))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
