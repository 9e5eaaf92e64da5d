package domain

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// What can be wrong with the homeserver that delegated authentication.
var (
	// ErrHomeserverAway means that the homeserver could not be reached, answered
	// that it is in trouble, or does not know the secret. Another attempt may succeed.
	ErrHomeserverAway = errors.New("the homeserver cannot be used")
	// ErrHomeserverRefused means that the homeserver refused for good: another
	// attempt would be refused too.
	ErrHomeserverRefused = errors.New("the homeserver refused")
)

// A HomeserverUser is what the homeserver knows of a user.
type HomeserverUser struct {
	DisplayName string // empty: none
	AvatarURL   string // empty: none
	Suspended   bool
	Deactivated bool
}

// A Provision is a user as the homeserver shall have it. What is nil stays as it
// is there.
type Provision struct {
	User UserID
	// DisplayName and AvatarURL are taken away if empty.
	DisplayName, AvatarURL *string
	Locked                 *bool
}

// MaxHomeserverName is how many characters of a display name homeservers take.
const MaxHomeserverName = 256

// FirstCharacters returns the first n characters of a text.
func FirstCharacters(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}

// A Lease is the right to tell the homeserver about a user, for a while. One
// holder at a time has it, so that what the homeserver hears is in order.
type Lease struct {
	User UserID
	// Holder is who has it; empty: nobody.
	Holder string
	// Until is when it ends, however it goes.
	Until time.Time
	// Known says that the homeserver has the user as ours, or is about to be told.
	Known bool
	// Failures is how many deliveries failed, one after another, and RetryAt when the
	// next is due, if nobody asks for it before.
	Failures int
	RetryAt  time.Time
}

// MaxLease is how long a lease lasts at most. One that ends later was written by a
// clock that was wrong, and holds nobody up.
const MaxLease = time.Minute

// HeldFrom says whether somebody else than the holder has the lease.
func (l Lease) HeldFrom(holder string, now time.Time) bool {
	return l.Holder != "" && l.Holder != holder && l.Until.After(now) && !l.Until.After(now.Add(MaxLease))
}

// An Introspection says what an access token is good for (RFC 7662). Those that
// are good for nothing are zero.
type Introspection struct {
	Active bool
	User   UserID
	Device DeviceID // empty: the token has none
	Admin  bool     // the bearer administers the homeserver
	// ExpiresIn is how long the token is good; 0: for ever.
	ExpiresIn time.Duration
}

// The scopes of the bearer of an access token (MSC2967, and Synapse's own).
const (
	scopeClient = "urn:matrix:client:api:*"
	scopeDevice = "urn:matrix:client:device:"
	scopeAdmin  = "urn:synapse:admin:*"
)

// Scope returns what the token is good for, as OAuth writes it (RFC 6749, 3.3). A
// device whose id cannot be written so is left out: pasted in, it could ask for
// more.
func (i Introspection) Scope() string {
	scope := scopeClient
	if i.Device.FitsScope() {
		scope += " " + scopeDevice + string(i.Device)
	}
	if i.Admin {
		scope += " " + scopeAdmin
	}
	return scope
}

// FitsScope says whether a device id can be part of an OAuth scope (RFC 6749,
// 3.3), and is not empty.
func (d DeviceID) FitsScope() bool {
	return d != "" && !strings.ContainsFunc(string(d), func(r rune) bool {
		return r < 0x21 || r > 0x7e || r == '"' || r == '\\'
	})
}
