package domain

import "time"

// ForeignAccounts are some of the accounts of another server.
type ForeignAccounts struct {
	Accounts []ForeignAccount
	// Next is where those after them begin. It means something to their source.
	Next string
	// Last says that there are no more.
	Last bool
}

// A ForeignAccount is an account of another server, as that wrote it down: nothing
// in it was checked.
type ForeignAccount struct {
	ImportedUser
	// Unapproved says that nobody has let the user in yet.
	Unapproved    bool
	Devices       []ForeignDevice
	ThirdPartyIDs []ThirdPartyID
	// Left is what it has, and the source does not hand over.
	Left map[LeftOut]int
}

// An ImportedUser is a user that is taken over.
type ImportedUser struct {
	User
	Password PasswordHash // empty: none
}

// A ForeignDevice is a device of a user of another server.
type ForeignDevice struct {
	Device
	// Session is what it is signed in with; zero: nothing.
	Session ForeignSession
}

// A ForeignSession is a session that another server opened, with the tokens that
// it gave out.
type ForeignSession struct {
	Access        string
	AccessExpires time.Time // zero: never
	// Confirmed says that Access was used.
	Confirmed bool
	// Refresh is the refresh token that belongs to Access; empty: none.
	Refresh        string
	RefreshExpires time.Time // zero: never
	// PreviousRefresh is the refresh token before; empty: none.
	PreviousRefresh        string
	PreviousRefreshExpires time.Time // zero: never
	// Replaced are access tokens of the device that are older than Access.
	Replaced []string
	// Ends is when the session does; zero: never.
	Ends time.Time
}

// TakeOver makes a session of ours with the same tokens, and returns what has to
// be remembered of these. Older access tokens become ones that the session had:
// their bearers are told to refresh, or to sign in again.
func (f ForeignSession) TakeOver() (Session, []ImportedToken) {
	if f.Access == "" {
		return Session{}, nil
	}
	id := NewSessionID()
	var tokens []ImportedToken
	take := func(kind TokenKind, token string) TokenHash {
		if token == "" {
			return TokenHash{}
		}
		tokens = append(tokens, ImportToken(kind, token, id))
		return Token(token).Hash()
	}
	s := Session{
		ID: id.Hash(),
		Pair: Pair{
			Access: take(AccessToken, f.Access), AccessExpires: f.AccessExpires,
			Refresh: take(RefreshToken, f.Refresh), RefreshExpires: f.RefreshExpires,
		}.Until(f.Ends),
		// Without a refresh token before there is nothing that its use would end.
		Confirmed:              f.Confirmed || f.PreviousRefresh == "",
		Ends:                   f.Ends,
		PreviousRefresh:        take(RefreshToken, f.PreviousRefresh),
		PreviousRefreshExpires: f.PreviousRefreshExpires,
	}
	for _, token := range f.Replaced {
		take(AccessToken, token)
	}
	return s, tokens
}

// An ImportedDevice is a device that is taken over, with its session; the zero
// session is none.
type ImportedDevice struct {
	Device
	Session Session
}

// An ImportProgress is how far an import came that is not over.
type ImportProgress struct {
	// Source names where the accounts come from.
	Source string
	// Next is where to go on.
	Next   string
	Counts ImportCounts
}
