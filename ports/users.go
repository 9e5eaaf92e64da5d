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

	// Update replaces all of a user but its id and its time of creation, or
	// returns domain.ErrNotFound.
	Update(ctx context.Context, user domain.User) error
}
