package domain

import "time"

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
	// AccessToken is that of the request; empty: it has none. Only application
	// services log in with one.
	AccessToken string
	// Confirms is set if the credential is a stage of User-Interactive
	// Authentication. It is when the client was asked: a verifier refuses what was
	// made before, as far as clocks can tell. Zero: it is a login.
	Confirms time.Time
}

// Claims are what a verified credential says of its bearer.
type Claims struct {
	// User is the account that was proven, by a verifier that knows accounts. Then
	// Localpart, Exact and Register say nothing.
	User UserID
	// Localpart is the localpart of a bearer who is known elsewhere; it passes
	// [CheckLocalpart].
	Localpart string
	// Exact is the bearer's own spelling of Localpart, if that differs by upper
	// case. A user who exists under exactly this spelling, from the days when
	// that was allowed, is taken before the one under Localpart.
	Exact string
	// Register says that the user may be created if there is none.
	Register bool
	// Profile is given to a user who is created. Of a user who exists, the fields
	// in Always are made what it says.
	Profile
	Always ProfileFields
	// Link is the identity that was proven, which decides whose account it is. The
	// zero Link decides nothing, and is not remembered.
	Link Link
	// LinkExisting says that the identity gets an account that is there already,
	// unless another identity has it.
	LinkExisting bool
	// ProviderSession is the session at the provider from which the credential is
	// ([ProviderSession]); zero: it names none.
	ProviderSession TokenHash
	// Appservice is the id of the application service that vouches for the bearer;
	// empty: none does.
	Appservice string
	// SessionEnds is when a session that rests on the credential ends at the latest;
	// zero: it sets no end.
	SessionEnds time.Time
	// Proof is what else must hold when the login takes effect.
	Proof Proof
	// Evidence is what is to be remembered of the credential.
	Evidence Evidence
}

// A Proof is what a credential rests on that could be gone, or used, when its
// login takes effect. The login looks again then, and takes it away, as one with
// all that it writes. The zero Proof asks for nothing.
type Proof struct {
	// Ticket is a ticket of the user that the login spends; zero: none.
	Ticket TokenHash
	// Password is the hash that was verified, and must still be the user's;
	// empty: none. It is replaced by NewPassword.
	Password, NewPassword PasswordHash
	// Once is what nobody may have used before; zero: nothing.
	Once Once
}

// Once is something in a credential that is good for one use, whoever's.
type Once struct {
	// Key is the SHA-256 of what it is, and of what kind.
	Key TokenHash
	// Until is when it need not be remembered any more, since the credential is good
	// for nothing by then.
	Until time.Time
	// Used is the error for whoever comes second.
	Used error
}

// A PasswordHash is what is known of a password, in a form of which only who
// hashed it knows the meaning. It is a secret all the same.
type PasswordHash string
