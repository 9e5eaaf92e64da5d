package memstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// sightings is the ports.SightingRepository.
type sightings struct{ calls calls }

func (s sightings) Record(ctx context.Context, all []domain.Sighting) error {
	return s.calls.write(ctx, func(v *view) error {
		for _, seen := range all {
			if err := domain.CheckText(string(seen.User), string(seen.Device), seen.Address, seen.UserAgent); err != nil {
				return err
			}
		}
		for _, seen := range all {
			v.record(seen)
		}
		return nil
	})
}

func (v *view) record(s domain.Sighting) {
	owner, i, err := v.device(s.User, s.Device)
	if err != nil {
		return // it is gone
	}
	s.At = milliseconds(s.At)
	seen := owner.devices[i]
	if s.At.After(seen.LastSeen.At) {
		seen.LastSeen = s.Seen
		v.store(owner.changed(i, seen))
	}
}
