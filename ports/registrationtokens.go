package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A RegistrationTokenRepository remembers registration tokens. Times are kept to
// the millisecond; the time is the caller's.
//
// What is pending is not stored: it is counted, as the interactions that hold
// the token, are not done and have not expired at the time.
type RegistrationTokenRepository interface {
	// ByToken returns one, expired ones included, or domain.ErrNotFound.
	ByToken(ctx context.Context, token string, now time.Time) (domain.RegistrationToken, error)

	// List returns all, in the order of the bytes of the tokens.
	List(ctx context.Context, now time.Time) ([]domain.RegistrationToken, error)

	// Create adds one of which nothing is pending, or returns domain.ErrExists.
	Create(ctx context.Context, token domain.RegistrationToken) error

	// Update calls change with one and stores what it makes of it, all but the
	// token and what is pending, or returns domain.ErrNotFound, or the error of
	// change; then nothing was written. Nobody else changes it between the two;
	// inside a transaction, until it ends. So whoever begins a transaction with
	// Update, and gives the token to an interaction in it, hands out no more than
	// are allowed. change may be called more than once, and calls no repository. It
	// returns the one as stored.
	Update(ctx context.Context, token string, now time.Time, change func(*domain.RegistrationToken) error) (domain.RegistrationToken, error)

	// Delete deletes one, or returns domain.ErrNotFound.
	Delete(ctx context.Context, token string) error
}
