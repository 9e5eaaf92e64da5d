package gormstore

import "github.com/seed-31b6c987/doorward/domain"

// keepLastSeen is the part of an upsert into devices that keeps the later of two
// sightings: the one that is there, or the one that comes with the row.
const keepLastSeen = `		last_seen_at = CASE WHEN ` + isSeenLater + ` THEN excluded.last_seen_at ELSE devices.last_seen_at END,
		last_seen_address = CASE WHEN ` + isSeenLater + ` THEN excluded.last_seen_address ELSE devices.last_seen_address END,
		last_seen_agent = CASE WHEN ` + isSeenLater + ` THEN excluded.last_seen_agent ELSE devices.last_seen_agent END`

// isSeenLater is not true if the row that comes says nothing.
const isSeenLater = `(excluded.last_seen_at > devices.last_seen_at OR excluded.last_seen_at IS NOT NULL AND devices.last_seen_at IS NULL)`

func checkSightings(sightings []domain.Sighting) error {
	for _, s := range sightings {
		if err := domain.CheckText(string(s.User), string(s.Device), s.Address, s.UserAgent); err != nil {
			return err
		}
	}
	return nil
}
