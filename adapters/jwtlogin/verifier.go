package jwtlogin

import (
	"context"
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
	// Keys returns the provider's verification keys. It may be called
	// concurrently; what it returns is not changed by anyone. An error says
	// nothing about the token that is being verified.
	Keys(ctx context.Context) ([]domain.Key, error)
}

// A Provider is somebody whose tokens are accepted, and on which terms.
type Provider struct {
	// Name tells providers apart. It is part of the identity that a token proves.
	Name string
	// Keys are what the provider's tokens are verified with.
	Keys KeySource
	// Algorithms are the accepted values of "alg" (see [domain.Algorithms]); at
	// least one.
	Algorithms []string
	// Issuers are the accepted values of "iss". Empty: any, or none.
	Issuers []string
	// Audiences are the accepted values of "aud", of which a token must name
	// one. Empty: a token must not have the claim.
	Audiences []string
	// Leeway is by how much the provider's clock may differ from ours.
	Leeway time.Duration
	// Require names claims that must be there, and not null.
	Require []string
	// MaxAge is how long ago a token may have been issued; 0: no limit.
	MaxAge time.Duration
	// MaxLifetime is how long after its issue a token may expire; 0: no limit.
	MaxLifetime time.Duration
	// SubjectClaim names the claim that becomes the localpart; empty: "sub".
	// "a.b" is the member "b" of the object "a", unless there is a claim that is
	// called "a.b".
	SubjectClaim string
	// DisplayNameClaim names the claim, in the manner of SubjectClaim, that
	// becomes the display name of a new user; empty: none does.
	DisplayNameClaim string
	// EscapeLocalpart says that a subject which is no localpart is escaped
	// ([domain.EscapeLocalpart]) instead of refused.
	EscapeLocalpart bool
	// RegisterUser says that a user who does not exist may be created.
	RegisterUser bool
	// AllowUIA says that a token may complete a stage of User-Interactive
	// Authentication (Matrix specification, client-server API,
	// "User-Interactive Authentication API"). Such a token must have been issued
	// since the client was asked for it: one that was stolen after a login confirms
	// nothing.
	AllowUIA bool
}

// A Verifier decides whether a token proves who its bearer is. It is a
// ports.TokenVerifier and may be used concurrently.
type Verifier struct {
	now      func() time.Time
	byIssuer map[string]*Provider
	fallback *Provider // for tokens of an issuer that nobody lists; nil: nobody
}

// Verify returns the claims of a credential whose token passes every check.
// Otherwise it returns a refusal: [domain.ErrForbidden] if the token is missing
// or proves nothing, [domain.ErrInvalidUsername] if its subject cannot be a
// localpart. If the provider's keys cannot be had, it returns
// [domain.ErrUnavailable] or the context's error.
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
// User-Interactive Authentication.
func (v *Verifier) AllowsUIA() bool {
	for _, p := range v.byIssuer {
		if p.AllowUIA {
			return true
		}
	}
	return v.fallback != nil && v.fallback.AllowUIA
}
