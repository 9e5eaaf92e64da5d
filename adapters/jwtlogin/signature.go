package jwtlogin

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/domain"
)

// methods are the ways to verify and to make signatures, by "alg": those of
// [domain.Algorithms].
var methods = map[string]jwt.SigningMethod{
	"HS256": jwt.SigningMethodHS256,
	"HS384": jwt.SigningMethodHS384,
	"HS512": jwt.SigningMethodHS512,
	"RS256": jwt.SigningMethodRS256,
	"RS384": jwt.SigningMethodRS384,
	"RS512": jwt.SigningMethodRS512,
	"PS256": fixedSalt(jwt.SigningMethodPS256),
	"PS384": fixedSalt(jwt.SigningMethodPS384),
	"PS512": fixedSalt(jwt.SigningMethodPS512),
	"ES256": jwt.SigningMethodES256,
	"ES384": jwt.SigningMethodES384,
	"ES512": jwt.SigningMethodES512,
	"EdDSA": jwt.SigningMethodEdDSA,
}

// fixedSalt makes the salt as long as the hash, as RFC 7518, 3.5 demands. The
// library's own methods verify salts of any length.
func fixedSalt(m *jwt.SigningMethodRSAPSS) jwt.SigningMethod {
	return &jwt.SigningMethodRSAPSS{
		SigningMethodRSA: m.SigningMethodRSA,
		Options:          &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash},
	}
}

// chooseProvider finds whose token it is said to be: of the provider that lists
// the issuer, else of the one that takes all others.
func (a *attempt) chooseProvider() error {
	a.provider = a.trusted.fallback
	if issuer, isText := a.claims.Get("iss").Text(); isText {
		if p, listed := a.trusted.byIssuer[issuer]; listed {
			a.provider = p
		}
	}
	if a.provider == nil {
		return errUnverified
	}
	return nil
}

// chooseKey finds the one key of the provider that the token can mean.
func (a *attempt) chooseKey() error {
	named := a.header.Has("kid")
	kid, isText := a.header.Get("kid").Text()
	if named && !isText {
		return errUnverified
	}
	if a.keys, a.noKeys = a.provider.Keys.Keys(a.ctx, kid); a.noKeys != nil {
		return a.keysUnavailable(a.noKeys)
	}
	keys := a.keys.Keys
	// A key that nobody has named may be called anything.
	if len(keys) == 1 && keys[0].ID == "" {
		named = false
	}
	means := func(key *domain.Key) bool {
		return (!named || key.ID != "" && key.ID == kid) && isUsable(*key, a.method.Alg())
	}
	key, one := theOnly(keys, means)
	if !one {
		return errUnverified
	}
	a.key = key
	return nil
}

// theOnly returns the key that is meant, if exactly one is.
func theOnly(keys []domain.Key, means func(*domain.Key) bool) (only domain.Key, one bool) {
	for i := range keys {
		if !means(&keys[i]) {
			continue
		}
		if one {
			return domain.Key{}, false
		}
		only, one = keys[i], true
	}
	return only, one
}

// keysUnavailable makes sure that trouble with keys never speaks ill of the
// token.
func (a *attempt) keysUnavailable(err error) error {
	for _, known := range []error{domain.ErrUnavailable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("keys of provider %q: %w: %w", a.provider.Name, domain.ErrUnavailable, err)
}

// isUsable says whether the key verifies the algorithm. A secret that is empty
// is everybody's.
func isUsable(key domain.Key, algorithm string) bool {
	if secret, ok := key.Material.([]byte); ok && len(secret) == 0 {
		return false
	}
	return key.Fits(algorithm)
}

func (a *attempt) checkSignature() error {
	if err := a.method.Verify(a.signed, a.signature, a.key.Material); err != nil {
		return errUnverified
	}
	a.verified = true
	return nil
}

// evidence returns what can be said of the token by now. The key and the subject
// are nothing but what the token says before its signature is verified.
func (a *attempt) evidence() (e domain.Evidence) {
	if a.provider != nil {
		e.Provider = a.provider.Name
	}
	if a.verified {
		e.Verified, e.KeyID = true, a.key.ID
		subject, _ := lookup(a.claims, a.provider.SubjectClaim).Text()
		e.Subject = strings.Clone(subject) // it may wait long for the audit, and the token need not
	}
	return e
}
