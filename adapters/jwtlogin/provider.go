package jwtlogin

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Provider is somebody whose tokens are accepted, and on which terms.
type Provider struct {
	// Name tells providers apart. It is part of the identity that a token proves.
	Name string
	// Keys are what the provider's tokens are verified with.
	Keys KeySource
	// Algorithms are the accepted values of "alg" (see [domain.Algorithms]); at
	// least one.
	Algorithms []string
	// Issuers are the accepted values of "iss". Empty: that of the key set, if it
	// names one, and otherwise any, or none.
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
	// SingleUse says that a token is good for one login or one stage. It needs
	// MaxLifetime, so that what must be remembered ends, and requires "jti".
	SingleUse bool
	// SessionEndsWithToken says that a session ends when its token expires. It
	// requires "exp".
	SessionEndsWithToken bool
	// Allow are the rules that admit a bearer: all of them must hold.
	Allow []Rule
	// SubjectClaim names the claim that becomes the localpart; empty: "sub".
	// "a.b" is the member "b" of the object "a", unless there is a claim that is
	// called "a.b".
	SubjectClaim string
	// DisplayNameClaim, EmailClaim, AvatarClaim and AdminClaim name the claims, in
	// the manner of SubjectClaim, that become what [domain.Profile] says; empty: none
	// does. Only the boolean true makes an administrator.
	DisplayNameClaim, EmailClaim, AvatarClaim, AdminClaim string
	// CanonicalEmail returns the canonical form of an e-mail address, or an error if
	// it is none. EmailClaim needs it.
	CanonicalEmail func(address string) (string, error)
	// Always are the fields that a user who exists gets at each login, too.
	Always domain.ProfileFields
	// EscapeLocalpart says that a subject which is no localpart is escaped
	// ([domain.EscapeLocalpart]) instead of refused.
	EscapeLocalpart bool
	// RegisterUser says that a user who does not exist may be created.
	RegisterUser bool
	// LinkExisting says that an identity gets the account of its name that is there
	// already, unless another identity has it.
	LinkExisting bool
	// AllowUIA says that a token may complete a stage of User-Interactive
	// Authentication (Matrix specification, client-server API,
	// "User-Interactive Authentication API"). Such a token must have been issued
	// since the client was asked for it: one that was stolen after a login confirms
	// nothing.
	AllowUIA bool
}
