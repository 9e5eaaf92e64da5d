package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A TokenVerifier decides whether a credential proves who its bearer is. There
// is one for every login type, registered under that type.
//
// Verify returns the bearer's claims, or a refusal: domain.ErrForbidden if the
// credential proves nothing, domain.ErrInvalidUsername if it proves an identity
// whose name cannot be a user's. It never writes: what a login uses up is named
// in its claims and spent by the sign-in.
type TokenVerifier interface {
	Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error)
}
