package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// An ImportedTokenRepository remembers which sessions the tokens belong to that
// another server gave out. What the tokens are good for, their sessions know.
type ImportedTokenRepository interface {
	// Add adds tokens; those that are there are passed over.
	Add(ctx context.Context, tokens []domain.ImportedToken) error

	// ByHash returns a token, or domain.ErrNotFound.
	ByHash(ctx context.Context, hash domain.TokenHash) (domain.ImportedToken, error)

	// Any says whether there is any.
	Any(ctx context.Context) (bool, error)

	// DeleteEnded looks at some of them, those after a hash in an order of its own, at
	// the first after the zero hash. It deletes those whose sessions have ended, and
	// returns how many, and after which hash to go on; zero: there are no more.
	DeleteEnded(ctx context.Context, after domain.TokenHash) (next domain.TokenHash, deleted int, err error)
}
