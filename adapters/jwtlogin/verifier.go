package jwtlogin

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// The login type, and its name from before it had a namespace. Both mean the
// same; a [Verifier] takes credentials of either.
const (
	Type           = "org.matrix.login.jwt"
	DeprecatedType = "m.login.jwt"
)

// A KeySource says which keys a provider signs with at present.
type KeySource interface {
	// Keys returns the provider's verification keys. keyID is the "kid" that a
	// token names, empty if it names none: a source that may learn of new keys
	// looks whether this is one before it answers. Keys may be called concurrently;
	// what it returns is not changed by anyone. An error says nothing about the
	// token that is being verified.
	Keys(ctx context.Context, keyID string) (domain.KeySet, error)
}

// A Verifier decides whether a token proves who its bearer is. It is a
// ports.TokenVerifier and may be used concurrently.
type Verifier struct {
	now     func() time.Time
	trusted atomic.Pointer[providers]
}

// providers are whose tokens are accepted. They are never changed, only replaced.
type providers struct {
	byName   map[string]*Provider
	byIssuer map[string]*Provider
	fallback *Provider // for tokens of an issuer that nobody lists; nil: nobody
}

// Verify returns the claims of a credential whose token passes every check.
// Otherwise it returns a refusal: [domain.ErrForbidden] if the token is missing
// or proves nothing, [domain.ErrInvalidUsername] if its subject cannot be a
// localpart. If the provider's keys cannot be had, it returns
// [domain.ErrUnavailable] or the context's error. Its errors are [domain.Traced].
func (v *Verifier) Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil {
		return domain.Claims{}, errMissingToken
	}
	a := v.attempt(ctx, *cred.Token)
	a.confirms = cred.Confirms
	if err := a.walk(nil); err != nil {
		return domain.Claims{}, err
	}
	return a.result, nil
}

// AllowsUIA says whether any provider's tokens may complete a stage of
// User-Interactive Authentication at present.
func (v *Verifier) AllowsUIA() bool {
	trusted := v.trusted.Load()
	for _, p := range trusted.byIssuer {
		if p.AllowUIA {
			return true
		}
	}
	return trusted.fallback != nil && trusted.fallback.AllowUIA
}

// TrustsAnyone says whether there is a provider at present.
func (v *Verifier) TrustsAnyone() bool {
	trusted := v.trusted.Load()
	return len(trusted.byIssuer) > 0 || trusted.fallback != nil
}
