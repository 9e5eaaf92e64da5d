package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Homeserver has handed authentication over, and is told of users and devices.
// Everything may be told more than once: the second time changes nothing. Its
// methods may be used concurrently; the caller sets the time limit.
//
// All return [domain.ErrHomeserverAway] if another attempt may succeed, and
// [domain.ErrHomeserverRefused] if none will.
type Homeserver interface {
	// User returns what the homeserver knows of a user, or domain.ErrNotFound.
	User(ctx context.Context, user domain.UserID) (domain.HomeserverUser, error)

	// Provision creates the user, or changes the one who is there. It returns
	// domain.ErrInvalidUsername if the homeserver has no such names.
	Provision(ctx context.Context, p domain.Provision) error

	// Tell tells of everything but users who were created: those are for Provision.
	// It returns domain.ErrNotFound if the homeserver does not know the user; but
	// whoever is renamed, locked or unlocked, or has another avatar, becomes known.
	Tell(ctx context.Context, notice domain.Notice) error

	// SyncDevices makes the user's devices there exactly these, or returns
	// domain.ErrNotFound if the homeserver does not know the user.
	SyncDevices(ctx context.Context, user domain.UserID, devices []domain.DeviceID) error
}
