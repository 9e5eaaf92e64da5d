package domain

import "crypto/sha256"

// A Credential is what a client offers as the proof of who it is: the body of
// a login request, less what concerns the device.
type Credential struct {
	// Type is the login type, such as "org.matrix.login.jwt".
	Type string
	// Token is the body's "token"; nil if there is none, or null.
	Token *string
	// Extra are the other members of the body, for login types with fields of
	// their own. Values are string, bool, json.Number, []any and
	// map[string]any; members that are null are left out.
	Extra map[string]any
}

// Claims are what a verified credential says of its bearer.
type Claims struct {
	// Localpart is the bearer's localpart; it passes [CheckLocalpart].
	Localpart string
	// Exact is the bearer's own spelling of Localpart, if that differs by upper
	// case. A user who exists under exactly this spelling, from the days when
	// that was allowed, is taken before the one under Localpart.
	Exact string
	// Register says that the user may be created if there is none.
	Register bool
	// DisplayName is given to a user who is created; empty: none.
	DisplayName string
	// Link is the identity that was proven. The zero Link is not remembered.
	Link Link
}

// A Link is an identity elsewhere: the subject of an issuer that a provider
// speaks for. It is remembered with the user who first signs in with it.
type Link struct {
	Provider string // the name of the provider in the configuration
	Issuer   string // empty if the credential names none
	Subject  string
}

// Key identifies the link in a store, whatever the length of its parts: the
// SHA-256 of provider, issuer and subject, separated by NUL (which none of
// them may hold).
func (l Link) Key() [sha256.Size]byte {
	return sha256.Sum256([]byte(l.Provider + "\x00" + l.Issuer + "\x00" + l.Subject))
}
