package domain

import "time"

// An Interaction is a session of User-Interactive Authentication (Matrix
// specification, client-server API, "User-Interactive Authentication API"): one
// request that waits until its user has confirmed it.
type Interaction struct {
	// ID is the hash of the session, which the client knows.
	ID TokenHash
	// Operation is what is to be done: the method and the path, so that a
	// confirmation of one thing is none of another.
	Operation string
	// User is whose request it is; empty: nobody's yet.
	User UserID
	// Params are the parameters of the request, as JSON, but for a password.
	Params string
	// Password is that of the parameters.
	Password PasswordHash
	// Completed are the stages that were completed, in their order.
	Completed []string
	// RegistrationToken is the one that was shown, and that the session reserves
	// until it ends.
	RegistrationToken string
	// Accepted are the policies that were accepted, as "id version".
	Accepted  []string
	CreatedAt time.Time
	Expires   time.Time
	// Done says that the request was carried out, and Result for whom.
	Done   bool
	Result UserID
}

// A Flow is a way to confirm a request: stages, in their order.
type Flow []string

// A Challenge is the error for a request that is not confirmed yet.
type Challenge struct {
	// Session is for the client to send again.
	Session   Token
	Flows     []Flow
	Params    map[string]any // what a client must know of a stage, by its name
	Completed []string
	// Cause says why the stage that was tried is not completed; nil: none was.
	Cause error
}

// Error implements error.
func (c *Challenge) Error() string {
	if c.Cause != nil {
		return c.Cause.Error()
	}
	return ErrUnconfirmed.Error()
}

// Is lets errors.Is find the kind. The cause is no kind of the challenge: it
// does not decide the status of the answer.
func (c *Challenge) Is(target error) bool { return target == ErrUnconfirmed }

// A Policy is a document that new users must accept (Matrix specification,
// client-server API, "Terms of service at registration"), in one language.
type Policy struct {
	ID, Version, Language, Name, URL string
}
