package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A LinkRepository says which user an identity elsewhere is. It is
// SessionRepository.SignIn that remembers links.
type LinkRepository interface {
	// Owner returns whose the identity is, or domain.ErrNotFound if it is not known.
	Owner(ctx context.Context, link domain.Link) (domain.UserID, error)

	// List returns the identities of a user, in no particular order.
	List(ctx context.Context, user domain.UserID) ([]domain.Link, error)
}
