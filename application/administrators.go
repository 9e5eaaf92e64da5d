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

// Check returns [domain.ErrForbidden] unless the bearer is an administrator, and
// [domain.ErrUserSuspended] if it is a suspended one. Whoever acts as one is none:
// that an application service, or another administrator, may do what a user does
// is no reason to hand it all the others. A session that an application service
// opened for a user by a login is that user's, and is not told apart.
func (Administrators) Check(bearer domain.Bearer) error {
	// Who acts as another has no device, unless it is an application service.
	isUser := bearer.Appservice == "" && bearer.Device != ""
	switch {
	case !isUser || !bearer.User.Admin:
		return errNoAdministrator
	case bearer.User.Suspended:
		return domain.ErrUserSuspended
	}
	return nil
}
