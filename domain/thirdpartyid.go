package domain

import "time"

// A Medium is a kind of address (Matrix specification, appendices, "3PID
// Types").
type Medium string

const (
	Email Medium = "email"
	Phone Medium = "msisdn"
)

// A ThirdPartyID is an address elsewhere that is known to be a user's. Its
// address is in the canonical form of its medium.
type ThirdPartyID struct {
	User        UserID
	Medium      Medium
	Address     string
	ValidatedAt time.Time
	AddedAt     time.Time
}
