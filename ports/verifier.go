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
// whose name cannot be a user's; domain.ErrMissingParam or domain.ErrInvalidParam
// for what the credential lacks; for application services domain.ErrMissingToken,
// domain.ErrUnknownToken or domain.ErrOutsideNamespace. A verifier whose
// credentials can be guessed counts guesses, and returns domain.ErrLimited. It
// never writes: what a login uses up is named
// in its claims and spent by the sign-in.
type TokenVerifier interface {
	Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error)
}

// A LogoutVerifier decides whether a token proves that a provider wants sessions
// to end (OpenID Connect Back-Channel Logout 1.0, 2.6).
//
// VerifyLogout returns what is wanted; domain.ErrNotFound if there is no provider
// of the name, or domain.ErrForbidden if the token proves nothing. It never
// writes: what the token uses up is named in what it returns.
type LogoutVerifier interface {
	VerifyLogout(ctx context.Context, provider, token string) (domain.ProviderLogout, error)
}
