package application

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/seed-31b6c987/doorward/domain"
)

// Administrators says who may administer the server.
type Administrators struct {
	// Program is the hash of the token with which the operator's programs come.
	// Zero is the hash of no token: none comes.
	Program domain.TokenHash
}

var errNoAdministrator = domain.Refuse(domain.ErrForbidden, "no_administrator", "You are not a server administrator")

// IsProgram says whether the token is that of the operator's programs. How long
// it takes says nothing about the right one.
func (a Administrators) IsProgram(token string) bool {
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], a.Program[:]) == 1
}

// Check returns [domain.ErrForbidden] unless the bearer is an administrator. An
// application service that acts as one is none: that it may do what a user does
// is no reason to hand it all the others.
func (Administrators) Check(bearer domain.Bearer) error {
	if !bearer.User.Admin || bearer.Appservice != "" {
		return errNoAdministrator
	}
	return nil
}
