package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A PasswordRepository remembers the hashes of users' passwords. Not every user
// has one.
type PasswordRepository interface {
	// ByUser returns the user's, or domain.ErrNotFound if there is none or no such
	// user.
	ByUser(ctx context.Context, user domain.UserID) (domain.PasswordHash, error)

	// Put makes hash the user's; an empty one takes the password away. It returns
	// domain.ErrNotFound if there is no such user.
	Put(ctx context.Context, user domain.UserID, hash domain.PasswordHash) error

	// Replace makes another hash of the user's, or returns domain.ErrNotFound if
	// the old one is not, or no longer, the user's. Of several concurrent calls
	// that replace one hash by others, one succeeds.
	Replace(ctx context.Context, user domain.UserID, old, hash domain.PasswordHash) error
}
