package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// endSessions takes away, in a transaction that has locked the user, everything
// that acts as it: all devices but those that are to stay, tickets, and requests
// that were confirmed, or wait for that.
func endSessions(ctx context.Context, r ports.Repositories, user domain.UserID, but ...domain.DeviceID) error {
	if _, err := r.Devices.DeleteAll(ctx, user, but...); err != nil {
		return err
	}
	if err := r.Tickets.DeleteAll(ctx, user); err != nil {
		return err
	}
	return r.Interactions.DeleteAll(ctx, user)
}
