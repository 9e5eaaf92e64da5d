package domain

import "time"

// A SignIn is what a login wants to have happen, all of it or nothing.
type SignIn struct {
	// Users are the accounts that the identity may mean. The first that exists
	// signs in. There are one or two.
	Users []UserID
	// Create says that the last of Users is created if none exists.
	Create bool
	// DisplayName is given to a user who is created; empty: none.
	DisplayName string
	// Link is remembered for the user, unless it is known already or zero.
	Link Link
	// Device is created unless the user has it. Its earlier token ends.
	Device DeviceID
	// DeviceName is given to a device that is created; empty: none.
	DeviceName string
	// Access is the hash of the device's new, and from now on only, access token.
	Access TokenHash
	// At is the time of the login.
	At time.Time
}

// SignedIn says what a sign-in did.
type SignedIn struct {
	User    User
	Created bool // the user is new
}

// A Bearer is who a token belongs to.
type Bearer struct {
	User   User
	Device DeviceID
}
