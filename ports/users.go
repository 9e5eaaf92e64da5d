package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A UserRepository remembers accounts. Times are kept to the millisecond.
type UserRepository interface {
	// ByID returns the user, or domain.ErrNotFound. Ids are compared byte by
	// byte.
	ByID(ctx context.Context, id domain.UserID) (domain.User, error)

	// Create adds a user, or returns domain.ErrExists if the id is taken.
	Create(ctx context.Context, user domain.User) error

	// Update calls change with the user and stores what it makes of it, all but
	// the id and the time of creation, or returns domain.ErrNotFound, or the error
	// of change; then nothing was written. Nobody else changes the user, or signs
	// it in, between the two; inside a transaction, until it ends. change may be
	// called more than once, and calls no repository. It returns the user as
	// stored.
	Update(ctx context.Context, id domain.UserID, change func(*domain.User) error) (domain.User, error)

	// List returns the users that are asked for, and how many there would be
	// without offset and limit.
	List(ctx context.Context, query domain.UserQuery) ([]domain.User, int, error)
}
