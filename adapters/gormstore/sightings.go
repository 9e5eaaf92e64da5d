package gormstore

import (
	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// record writes down one sighting, if it is later than what is known.
func record(db *gorm.DB, s domain.Sighting) error {
	return db.Exec(`
		UPDATE devices SET last_seen_at = ?, last_seen_address = ?, last_seen_agent = ?
		WHERE user_id = ? AND device_id = ? AND (last_seen_at IS NULL OR last_seen_at < ?)`,
		s.At.UnixMilli(), s.Address, s.UserAgent, string(s.User), string(s.Device), s.At.UnixMilli()).Error
}

func checkSightings(sightings []domain.Sighting) error {
	for _, s := range sightings {
		if err := domain.CheckText(string(s.User), string(s.Device), s.Address, s.UserAgent); err != nil {
			return err
		}
	}
	return nil
}
