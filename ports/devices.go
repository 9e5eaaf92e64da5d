package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A DeviceRepository remembers users' devices. Times are kept to the
// millisecond.
type DeviceRepository interface {
	// ByID returns a device of the user, or domain.ErrNotFound.
	ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error)

	// List returns the user's devices in the order of the bytes of their ids;
	// none if the user does not exist.
	List(ctx context.Context, user domain.UserID) ([]domain.Device, error)
}
