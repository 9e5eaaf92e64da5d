package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A TicketRepository remembers tickets. Times are kept to the millisecond; the
// time is the caller's.
type TicketRepository interface {
	// Create adds a ticket, or returns domain.ErrExists if there is one with that
	// hash that has not expired at the time, or domain.ErrNotFound if it is to be
	// that of a user who does not exist. It replaces one that has expired. Of several
	// concurrent calls for one hash exactly one succeeds.
	Create(ctx context.Context, ticket domain.Ticket, now time.Time) error

	// ByHash returns a ticket, or domain.ErrNotFound if there is none or it has
	// expired at the time.
	ByHash(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error)

	// Spend deletes a ticket and returns it, or domain.ErrNotFound as ByHash. Of
	// several concurrent calls exactly one succeeds.
	Spend(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error)

	// DeleteAll deletes the user's.
	DeleteAll(ctx context.Context, user domain.UserID) error

	// DeleteExpired deletes those that have expired at the time, and returns how
	// many, also with an error. It deletes a few at a time, with pauses in which
	// others get on, and so may take minutes.
	DeleteExpired(ctx context.Context, now time.Time) (int, error)
}
