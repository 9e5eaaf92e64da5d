package domain

import "time"

// A Ticket is a token that is good by itself, without a session: for one login,
// for telling others who a user is, for one registration, or for an
// administrator who acts as a user. What it is good for is in its hash, since
// the kind is a part of the token.
type Ticket struct {
	Hash    TokenHash
	User    UserID    // empty: nobody's
	Expires time.Time // zero: never
}
