package domain

import "errors"

// What can be wrong, in the domain's own words. Which status and error code a
// client sees is decided by the driving adapter, in one table.
var (
	// ErrNotFound means that the thing that was asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists means that what was to be created is there already.
	ErrExists = errors.New("exists already")

	// ErrMissingToken means that a request that needs an access token has none.
	ErrMissingToken = errors.New("missing access token")
	// ErrUnknownToken means that nobody is signed in with this token (any more).
	ErrUnknownToken = errors.New("unknown access token")
	// ErrExpiredToken means that the token is of no use any more, and that its
	// device still is there: whoever has it may refresh, or sign in again.
	ErrExpiredToken = errors.New("expired token")

	// ErrUnknownLoginType means that no verifier is registered for the login type.
	ErrUnknownLoginType = errors.New("unknown login type")
	// ErrForbidden means that the credential proves nothing, or not enough.
	ErrForbidden = errors.New("forbidden")
	// ErrUserNotFound means that the credential is good, that its user does not
	// exist, and that this login may not create it.
	ErrUserNotFound = errors.New("user not found")
	// ErrOtherIdentity means that the credential is good, and that the account of
	// its name is not that of the identity, or not known to be.
	ErrOtherIdentity = errors.New("the account belongs to another identity")
	// ErrUserLocked means that the account may not be used until it is unlocked.
	ErrUserLocked = errors.New("user account is locked")
	// ErrUserSuspended means that the account may not do that until its suspension
	// ends.
	ErrUserSuspended = errors.New("user account is suspended")
	// ErrUserDeactivated means that the account has come to its end.
	ErrUserDeactivated = errors.New("user account is deactivated")

	// ErrInvalidUsername means that a name cannot be (or become) a user id.
	ErrInvalidUsername = errors.New("invalid user name")
	// ErrInvalidParam means that a parameter has a value that it may not have.
	ErrInvalidParam = errors.New("invalid parameter")
	// ErrTooLong means that a text is longer than it may be.
	ErrTooLong = errors.New("text too long")

	// ErrExclusive means that a name belongs to an application service.
	ErrExclusive = errors.New("the name belongs to an application service")
	// ErrOutsideNamespace means that an application service acted as a user that is
	// none of its.
	ErrOutsideNamespace = errors.New("the user is none of the application service")
	// ErrAddressInUse means that an address elsewhere is another user's.
	ErrAddressInUse = errors.New("the address is in use")
	// ErrMissingParam means that a parameter is not there.
	ErrMissingParam = errors.New("missing parameter")
	// ErrWeakPassword means that a password is one that nobody should have.
	ErrWeakPassword = errors.New("weak password")
	// ErrUnknownDevice means that an application service named a device that its
	// user does not have.
	ErrUnknownDevice = errors.New("unknown device")
	// ErrGuest means that guests may not do that.
	ErrGuest = errors.New("guests may not do that")
	// ErrTooManyDevices means that a user has as many devices as it may have. The
	// error is a [*TooManyDevices].
	ErrTooManyDevices = errors.New("too many devices")
	// ErrLimited means that something was asked for too often. The error is a
	// [*Limited].
	ErrLimited = errors.New("too many requests")
	// ErrUnconfirmed means that a request has to be confirmed by its user, or not
	// enough was shown for that. The error is a [*Challenge].
	ErrUnconfirmed = errors.New("to be confirmed")

	// ErrNoURL means that an application service says nowhere that it listens.
	ErrNoURL = errors.New("the application service has no URL")
	// ErrBadStatus means that an application service was reached and did not
	// answer that all is well. The error is a [*BadStatus].
	ErrBadStatus = errors.New("the application service answered with a bad status")
	// ErrUnreachable means that an application service could not be reached.
	ErrUnreachable = errors.New("the application service could not be reached")
	// ErrTooSlow means that an application service did not answer in time.
	ErrTooSlow = errors.New("the application service did not answer in time")

	// ErrUnavailable means that a store or another system could not answer in
	// time. It says nothing about whoever asked.
	ErrUnavailable = errors.New("temporarily unavailable")
)

// A Refusal is an error of one of the kinds above with a text of its own that
// is fit for a client's eyes, and a reason that stays the same whatever the
// text says, for logs and metrics.
type Refusal struct {
	// Kind is one of the errors of this package, or of an adapter.
	Kind error
	// Reason is a stable code in snake case, such as "expired_token".
	Reason string
	// Text is what the client is told.
	Text string
}

// Refuse makes a [Refusal].
func Refuse(kind error, reason, text string) error {
	return &Refusal{Kind: kind, Reason: reason, Text: text}
}

// Missing returns [ErrMissingParam] for a parameter that is not there.
func Missing(name string) error {
	return Refuse(ErrMissingParam, "missing_param", "Missing parameter: "+name)
}

// Error implements error.
func (r *Refusal) Error() string { return r.Text }

// Unwrap lets errors.Is find the refusal's kind.
func (r *Refusal) Unwrap() error { return r.Kind }
