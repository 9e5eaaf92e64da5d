package domain

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// A SignIn is what a login wants to have happen, all of it or nothing.
type SignIn struct {
	// Users are the accounts that the identity may mean. The first that exists
	// signs in. There are one or two.
	Users []UserID
	// Create says that the last of Users is created if none exists.
	Create bool
	// Profile is given to a user who is created.
	Profile
	// Link is the identity that signs in. If it is known, its user does, whoever
	// Users are. The zero Link says nothing.
	Link Link
	// LinkExisting is that of [Claims].
	LinkExisting bool
	// Device is created unless the user has it. Its earlier session ends.
	Device DeviceID
	// DeviceName is given to a device that is created; empty: none.
	DeviceName string
	// SessionID is the hash of the new session's id.
	SessionID TokenHash
	// ProviderSession is the session at the provider with which the new one ends;
	// zero: none.
	ProviderSession TokenHash
	// Pair are the device's new, and from now on only, tokens.
	Pair
	// SessionEnds is when they, and all that they are refreshed to, expire at the
	// latest; zero: never.
	SessionEnds time.Time
	// Seen is when and from where the device is used by that, if it was not used
	// later. The zero Seen says nothing; any other has a time.
	Seen Seen
	// At is the time of the login.
	At time.Time
}

// Session returns the session that the sign-in opens on its device.
func (s SignIn) Session() Session {
	return Session{
		ID: s.SessionID, Pair: s.Pair.Until(s.SessionEnds), Confirmed: true, Ends: s.SessionEnds,
		ProviderSession: s.ProviderSession,
	}
}

// NewUser returns the user whom the sign-in creates if need be.
func (s SignIn) NewUser() User {
	return User{
		ID:          s.Users[len(s.Users)-1],
		DisplayName: s.DisplayName, AvatarURL: s.AvatarURL, Admin: s.Admin,
		CreatedAt: time.UnixMilli(s.At.UnixMilli()).UTC(),
	}
}

// NewAddress returns the e-mail address of that user; one without an address is
// none.
func (s SignIn) NewAddress() ThirdPartyID {
	user := s.NewUser()
	return ThirdPartyID{User: user.ID, Medium: Email, Address: s.Email, ValidatedAt: user.CreatedAt, AddedAt: user.CreatedAt}
}

// Check returns [ErrInvalidParam] if a text of the sign-in cannot be stored. Two
// texts that a store takes for one would make one user of two.
func (s SignIn) Check() error {
	if len(s.Users) < 1 || len(s.Users) > 2 {
		return fmt.Errorf("a sign-in of %d users", len(s.Users))
	}
	return CheckText(string(s.Users[0]), string(s.Users[len(s.Users)-1]), s.DisplayName, s.AvatarURL, s.Email,
		s.Link.Provider, s.Link.Issuer, s.Link.Subject, string(s.Device), s.DeviceName, s.Seen.Address, s.Seen.UserAgent)
}

// CheckText returns [ErrInvalidParam] for texts that not every store can keep:
// those that are not UTF-8, or hold NUL.
func CheckText(texts ...string) error {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return ErrInvalidParam
		}
	}
	return nil
}

// SignedIn says what a sign-in did.
type SignedIn struct {
	User      User
	Created   bool // the user is new
	NewDevice bool // the device is new
}

// A Bearer is who a token belongs to.
type Bearer struct {
	User User
	// Device is empty if the token has none: those of application services and
	// administrators.
	Device DeviceID
	// Appservice is the id of the application service that acts as the user;
	// empty: the user acts.
	Appservice string
	// Stale says that the access token authenticates nobody any more, and that
	// its device still is signed in: the token expired, or was refreshed.
	Stale bool
	// Expires is when the access token does; zero: never, or it was not asked for.
	Expires time.Time
}
