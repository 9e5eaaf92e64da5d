package gormstore

import "github.com/seed-31b6c987/doorward/domain"

func checkSightings(sightings []domain.Sighting) error {
	for _, s := range sightings {
		if err := domain.CheckText(string(s.User), string(s.Device), s.Address, s.UserAgent); err != nil {
			return err
		}
	}
	return nil
}
