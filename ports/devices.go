package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A DeviceRepository remembers users' devices. Times are kept to the
// millisecond. A device is deleted together with its session.
type DeviceRepository interface {
	// ByID returns a device of the user, or domain.ErrNotFound.
	ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error)

	// List returns the user's devices in the order of the bytes of their ids;
	// none if the user does not exist.
	List(ctx context.Context, user domain.UserID) ([]domain.Device, error)

	// Create adds a device that nobody is signed in with, or returns
	// domain.ErrExists if its user has one of that id, or domain.ErrNotFound if
	// there is no such user.
	Create(ctx context.Context, device domain.Device) error

	// Rename gives a device of the user another display name, or returns
	// domain.ErrNotFound.
	Rename(ctx context.Context, user domain.UserID, id domain.DeviceID, name string) error

	// Delete deletes those of the devices that the user has, and returns their
	// ids, in the order of their bytes.
	Delete(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) ([]domain.DeviceID, error)

	// DeleteAll deletes all of the user's devices but those that are to stay, and
	// returns their ids, in the order of their bytes. Of a sign-in at the same time
	// either the whole is there afterwards, or nothing.
	DeleteAll(ctx context.Context, user domain.UserID, but ...domain.DeviceID) ([]domain.DeviceID, error)
}
