package domain

import "time"

// A Pair is what stores know of the tokens that a login or a refresh gives out:
// an access token, and a refresh token if the client asked for one.
type Pair struct {
	Access        TokenHash
	AccessExpires time.Time // zero: never
	Refresh       TokenHash // zero: there is none
	// RefreshExpires is when the refresh token does; zero: never.
	RefreshExpires time.Time
}

// Until returns the pair with tokens that expire at the end at the latest. A
// zero end is none.
func (p Pair) Until(end time.Time) Pair {
	p.AccessExpires = Earlier(p.AccessExpires, end)
	p.RefreshExpires = Earlier(p.RefreshExpires, end)
	return p
}

// Earlier returns the earlier of two times, of which the zero one is never.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Expired says whether what expires at a time has, to the millisecond; what
// expires at the zero time never does. A clock that is set back prolongs what
// still stands, and revives nothing that was replaced or deleted meanwhile.
func Expired(expires, now time.Time) bool {
	return !expires.IsZero() && expires.UnixMilli() <= now.UnixMilli()
}

// Tokens are a pair as the client gets it, and as stores know it.
type Tokens struct {
	Access  Token
	Refresh Token // empty: there is none
	Pair    Pair
	// Session is the hash of the session's id.
	Session TokenHash
}

// Lifetimes say how long tokens are good. 0 means for ever.
type Lifetimes struct {
	// Access is that of access tokens without a refresh token.
	Access time.Duration
	// RefreshableAccess is that of access tokens with a refresh token.
	RefreshableAccess time.Duration
	// Refresh is that of a refresh token, from when it was given out.
	Refresh time.Duration
	// Session is how long after its login no token of a session is good any more.
	Session time.Duration
}

// Issue makes new tokens of a session, with a refresh token if they are to be
// refreshable.
func (l Lifetimes) Issue(session SessionID, refreshable bool, at time.Time) Tokens {
	t := Tokens{Access: NewToken(AccessToken, session), Session: session.Hash()}
	t.Pair = Pair{Access: t.Access.Hash(), AccessExpires: after(at, l.Access)}
	if refreshable {
		t.Refresh = NewToken(RefreshToken, session)
		t.Pair.Refresh = t.Refresh.Hash()
		t.Pair.AccessExpires = after(at, l.RefreshableAccess)
		t.Pair.RefreshExpires = after(at, l.Refresh)
	}
	return t
}

// SessionEnd returns when a session ends that begins at a time; zero: never.
func (l Lifetimes) SessionEnd(begin time.Time) time.Time { return after(begin, l.Session) }

func after(at time.Time, d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return at.Add(d)
}
