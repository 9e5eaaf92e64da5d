package password

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Type is the login type.
const Type = "m.login.password"

// A Verifier decides whether a password is its user's. It is a
// ports.TokenVerifier and may be used concurrently once its fields are set.
type Verifier struct {
	Server        domain.ServerName
	Users         ports.UserRepository
	Passwords     ports.PasswordRepository
	ThirdPartyIDs ports.ThirdPartyIDRepository
	// Limits counts the wrong passwords of each account, in
	// [domain.LimitFailed].
	Limits ports.RateLimiter
	Hasher *Hasher
	// Canonical returns the canonical form of an address, and Phone that of a phone
	// number as it is typed in a country, or [domain.ErrInvalidParam].
	Canonical func(medium domain.Medium, address string) (string, error)
	Phone     func(country, number string) (string, error)
}

var errWrong = domain.Refuse(domain.ErrForbidden, "invalid_password", "Invalid username or password")

// Verify returns the user whose password it is, and the hash that must still be
// the user's when the login takes effect, with a new one for it if it is outdated.
//
// Otherwise it returns [domain.ErrMissingParam] or [domain.ErrInvalidParam] for
// the fields, [domain.ErrLimited] for an account with too many wrong passwords,
// and [domain.ErrForbidden] for everything else that the credential can be wrong
// about; or the error of a repository or of [Hasher.Verify], which counts
// against nobody. A refusal says to the log, as a [domain.Traced], whose password
// was tried.
func (v Verifier) Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error) {
	id, err := identifier.Read(cred.Extra)
	if err != nil {
		return domain.Claims{}, err
	}
	password, err := passwordOf(cred)
	if err != nil {
		return domain.Claims{}, err
	}
	meant, err := v.find(ctx, id)
	if err != nil {
		return domain.Claims{}, err
	}
	// Before the verdict: otherwise as many guesses as fit into its time would be free.
	bucket := domain.Bucket{Limit: domain.LimitFailed, Key: "account:" + meant.name}
	if err := v.Limits.Take(ctx, bucket); err != nil {
		return domain.Claims{}, domain.Trace(err, domain.Evidence{}, meant.user)
	}
	proof, err := v.prove(ctx, meant.user, password)
	if !errors.Is(err, domain.ErrForbidden) {
		v.Limits.GiveBack(context.WithoutCancel(ctx), bucket)
	}
	if err != nil {
		return domain.Claims{}, domain.Trace(err, domain.Evidence{}, meant.user)
	}
	return domain.Claims{User: meant.user, Proof: proof}, nil
}

func passwordOf(cred domain.Credential) (string, error) {
	value := cred.Extra["password"]
	password, ok := value.(string)
	switch {
	case value == nil:
		return "", domain.Missing("password")
	case !ok:
		return "", domain.Refuse(domain.ErrInvalidParam, "invalid_param", "password must be a string")
	}
	return password, nil
}

// prove returns what is proven by the password, or refuses. Nobody, the empty
// user, is asked for like anybody else, and so takes as long.
func (v Verifier) prove(ctx context.Context, user domain.UserID, password string) (domain.Proof, error) {
	hash, err := v.Passwords.ByUser(ctx, user)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return domain.Proof{}, err
	}
	ok, outdated, err := v.Hasher.Verify(ctx, password, hash)
	switch {
	case err != nil:
		return domain.Proof{}, err
	case !ok:
		return domain.Proof{}, errWrong
	}
	proof := domain.Proof{Password: hash, NewPassword: hash}
	if outdated {
		// If there is no time for it now, there is at the next login.
		if fresh, err := v.Hasher.Hash(ctx, password); err == nil {
			proof.NewPassword = fresh
		}
	}
	return proof, nil
}
