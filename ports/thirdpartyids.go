package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A ThirdPartyIDRepository remembers users' addresses elsewhere. An address is
// at most one user's. Addresses are compared byte by byte, so they come in
// their canonical form. Times are kept to the millisecond.
type ThirdPartyIDRepository interface {
	// ByAddress returns whose address it is, or domain.ErrNotFound.
	ByAddress(ctx context.Context, medium domain.Medium, address string) (domain.ThirdPartyID, error)

	// List returns the user's, in the order of the bytes of medium and address.
	List(ctx context.Context, user domain.UserID) ([]domain.ThirdPartyID, error)

	// Create adds one, or returns domain.ErrExists if the address is somebody's,
	// or domain.ErrNotFound if there is no such user.
	Create(ctx context.Context, id domain.ThirdPartyID) error

	// Delete deletes one of the user's, or returns domain.ErrNotFound.
	Delete(ctx context.Context, user domain.UserID, medium domain.Medium, address string) error

	// DeleteAll deletes the user's.
	DeleteAll(ctx context.Context, user domain.UserID) error
}
