package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A PasswordHasher turns passwords into hashes. Hashing is slow on purpose, and
// only so much of it is done at once, so it is not done inside transactions.
type PasswordHasher interface {
	// CheckNew returns domain.ErrWeakPassword if nobody should choose the password.
	CheckNew(password string) error

	// Hash returns a hash of the password, another one each time.
	Hash(ctx context.Context, password string) (domain.PasswordHash, error)

	// Verify says whether the hash is one of the password, and whether it is
	// outdated: made in a way in which Hash would not make it.
	Verify(ctx context.Context, password string, hash domain.PasswordHash) (ok, outdated bool, err error)
}
