package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An InteractionRepository remembers sessions of User-Interactive
// Authentication. Times are kept to the millisecond; the time is the caller's.
type InteractionRepository interface {
	// Create adds one, or returns domain.ErrExists.
	Create(ctx context.Context, i domain.Interaction) error

	// ByID returns one, or domain.ErrNotFound if there is none or it has expired
	// at the time.
	ByID(ctx context.Context, id domain.TokenHash, now time.Time) (domain.Interaction, error)

	// Update calls change with one and stores what it makes of it, all but the id,
	// or returns domain.ErrNotFound as ByID, or the error of change; then nothing
	// was written. Nobody else changes it between the two; inside a transaction,
	// until it ends. change may be called more than once, and calls no repository.
	// It returns the one as stored.
	Update(ctx context.Context, id domain.TokenHash, now time.Time, change func(*domain.Interaction) error) (domain.Interaction, error)

	// DeleteAll deletes those of the user, and those that were carried out for it.
	DeleteAll(ctx context.Context, user domain.UserID) error

	// DeleteExpired deletes those that have expired at the time, and returns how
	// many, a few at a time, as TicketRepository does.
	DeleteExpired(ctx context.Context, now time.Time) (int, error)
}
