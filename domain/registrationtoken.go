package domain

import (
	"regexp"
	"time"
)

// A RegistrationToken lets people register (Matrix specification, client-server
// API, "Token-authenticated registration"). Administrators hand it out, so it
// is kept as it is.
type RegistrationToken struct {
	Token string
	// UsesAllowed is how many may register with it; nil: any number.
	UsesAllowed *int
	// Pending is how many are about to, and Completed how many did.
	Pending, Completed int
	Expires            time.Time // zero: never
}

// Valid says whether one more may begin to register with the token.
func (t RegistrationToken) Valid(now time.Time) bool {
	return !Expired(t.Expires, now) && (t.UsesAllowed == nil || t.Pending+t.Completed < *t.UsesAllowed)
}

var registrationToken = regexp.MustCompile(`^[0-9A-Za-z._~-]{1,64}$`)

// CheckRegistrationToken returns [ErrInvalidParam] for what cannot be a
// registration token.
func CheckRegistrationToken(token string) error {
	if !registrationToken.MatchString(token) {
		return Refuse(ErrInvalidParam, "registration_token",
			"A registration token has 1 to 64 of the characters A-Z, a-z, 0-9 and ._~-")
	}
	return nil
}
