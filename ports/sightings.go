package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A SightingRepository writes down when and from where devices were used.
type SightingRepository interface {
	// Record writes down sightings of different devices. Those of devices that are
	// gone are passed over, and those that are not later than what a device has
	// change nothing. Record creates no device and delays no sign-in for longer
	// than it takes to write a row.
	Record(ctx context.Context, sightings []domain.Sighting) error
}
