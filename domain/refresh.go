package domain

import "time"

// A Session is what a device is signed in with: its current tokens, and what is
// left of those before (Matrix specification, client-server API, "Refreshing
// access tokens"). The zero Session has no tokens.
type Session struct {
	// ID is the hash of the session's id. An access token of the session that is
	// not the current one is recognised by it: its bearer is told to refresh, and
	// may log out with it.
	ID TokenHash
	Pair
	// Confirmed says that the client has used the pair, so it has received it.
	Confirmed bool
	// Ends is when the session does, however often it is refreshed; zero: never.
	Ends time.Time
	// ProviderSession is the session at the provider with which it ends; zero: none.
	ProviderSession TokenHash
	// PreviousRefresh is the refresh token that was exchanged for the pair. Until
	// the pair is confirmed it may be exchanged again, since the answer may have
	// been lost.
	PreviousRefresh        TokenHash
	PreviousRefreshExpires time.Time // zero: never
}

// Dead says whether no token of the session authenticates or renews it any more.
// A session without tokens is not dead: nobody was signed in.
func (s Session) Dead(now time.Time) bool {
	if Expired(s.Ends, now) {
		return true
	}
	access := s.Access != TokenHash{} && !Expired(s.AccessExpires, now)
	refresh := s.Refresh != TokenHash{} && !Expired(s.RefreshExpires, now)
	previous := s.PreviousRefresh != TokenHash{} && !s.Confirmed && !Expired(s.PreviousRefreshExpires, now)
	return s.Access != TokenHash{} && !access && !refresh && !previous
}

// Renew returns the user's session after a refresh: the pair is replaced by a
// new one. It returns [ErrNotFound] if the refresh token is not, or no longer,
// one of the session's, what [User.MayUse] does, or [ErrExpiredToken].
func (s Session) Renew(u User, r Renewal) (Session, error) {
	switch {
	case r.Token.Token == TokenHash{} || r.Token.Session != s.ID:
		return Session{}, ErrNotFound
	case r.Token.Token == s.Refresh:
		s.PreviousRefresh, s.PreviousRefreshExpires = s.Refresh, s.RefreshExpires
	case r.Token.Token == s.PreviousRefresh && !s.Confirmed:
	default:
		return Session{}, ErrNotFound
	}
	if err := u.MayUse(); err != nil {
		return Session{}, err
	}
	if Expired(s.PreviousRefreshExpires, r.At) {
		return Session{}, ErrExpiredToken
	}
	s.Pair, s.Confirmed = r.Pair.Until(s.Ends), false
	return s, nil
}

// A Renewal is what a refresh wants to have happen.
type Renewal struct {
	// Token is the key of the refresh token that is exchanged.
	Token TokenKey
	// Pair are the device's new tokens. None of them outlives the session.
	Pair Pair
	// At is the time of the refresh.
	At time.Time
}

// Renewed says what a refresh did.
type Renewed struct {
	Bearer
	// AccessExpires is when the new access token does; zero: never.
	AccessExpires time.Time
}
