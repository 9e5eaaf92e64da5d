package domain

// Evidence is what is known of a credential beside whose it is, for those who
// look into a login afterwards. It decides nothing.
type Evidence struct {
	// Provider is the name, in the configuration, of the provider that took the
	// credential; empty: none did, or its type knows none.
	Provider string
	// KeyID is the id of the key that verified it; empty: none did, or it has none.
	KeyID string
	// Subject is who it says it is; empty: it was not verified, or names nobody.
	Subject string
	// Verified says that it is genuine, whatever else is wrong with it.
	Verified bool
}

// Traced is an error with what is known of the credential that was refused. Its
// text and its kind are those of Err.
type Traced struct {
	Evidence
	// User is whose account it is for; empty: that is not known.
	User UserID
	Err  error
}

// Trace returns a [Traced] of an error; nil stays nil.
func Trace(err error, evidence Evidence, user UserID) error {
	if err == nil {
		return nil
	}
	return Traced{Evidence: evidence, User: user, Err: err}
}

// Error implements error.
func (t Traced) Error() string { return t.Err.Error() }

// Unwrap lets errors.Is find the kind.
func (t Traced) Unwrap() error { return t.Err }
