package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A SessionRepository remembers who is signed in. A device has at most one
// session, and a session one living access token; it ends together with its
// device, or with the next sign-in on it. A session is found by the hash of its
// id, which each of its tokens holds, so every token that it ever had is
// recognised as long as it lives.
//
// The time is always the caller's: nothing here reads a clock. Tokens expire to
// the millisecond; nothing has to be cleaned up when they do, since a device
// keeps its session until it gets another or is deleted.
//
// SignIn and ByAccessToken are the two hot paths: on a database that is reached
// over a network each is one round trip, but for the first sign-in of an identity as a user who is
// there already, and the first use of an access token that a refresh gave out.
type SessionRepository interface {
	// SignIn finds or creates the user, refuses one that may not be used,
	// creates the device or finds it, makes the session its only one, and keeps
	// when and from where it was seen, unless that is not said or it was seen later;
	// all of that or nothing. When it has returned nil, it is durable.
	//
	// The user of a link that is known signs in, whoever the sign-in names. A link
	// that is not known becomes that of the user who is created, or of the one who
	// exists, if [domain.Link.MayTake] says so of the links that the user has. A user
	// who is created gets the profile, but not an e-mail address that is
	// somebody's.
	//
	// Of several concurrent sign-ins of a new user exactly one creates it and
	// all succeed, if all are of one identity or of none; of several identities that
	// may not share the user one gets it. One identity never gets two users. Of
	// several sign-ins on one device exactly one access token and one refresh
	// token live afterwards, those of the last.
	//
	// It returns domain.ErrNotFound if none of the users exists and none may be
	// created, domain.ErrOtherIdentity if the user may not be linked, and otherwise
	// domain.ErrUserDeactivated or domain.ErrUserLocked (deactivated first, if
	// both) if the user may not be used. Then nothing was written.
	SignIn(ctx context.Context, s domain.SignIn) (domain.SignedIn, error)

	// Refresh exchanges a refresh token for a new pair, in the same session; all
	// of that or nothing. The access token before becomes stale at once. The
	// refresh token may be exchanged again until the new pair is first used,
	// either by ByAccessToken or by Refresh; each time the pair that nobody used
	// is replaced. When Refresh has returned nil, it is durable.
	//
	// Of several concurrent calls for one token at least one succeeds, and one
	// pair lives afterwards, that of the last.
	//
	// It returns domain.ErrNotFound if the token is nobody's, or spent;
	// domain.ErrUserDeactivated or domain.ErrUserLocked (deactivated first, if
	// both); or domain.ErrExpiredToken if it, or the session, has expired. Then
	// nothing was written.
	Refresh(ctx context.Context, r domain.Renewal) (domain.Renewed, error)

	// ByAccessToken returns whose token it is at the time, and when it expires, locked
	// and deactivated users included, or domain.ErrNotFound if its session is nobody's. It is stale
	// if it has expired, or is not the session's current access token. The first
	// use of one that is not stale is remembered before ByAccessToken returns: it
	// ends the refresh token before.
	//
	// What was done before through the same storage, the answer knows. What was done
	// through another on the same database it may not know for a second.
	ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (domain.Bearer, error)

	// Delete ends the session and deletes its device, or returns
	// domain.ErrNotFound. It does not say whether a token is stale. Of several
	// concurrent calls for one session exactly one succeeds. A device that was
	// signed in on anew meanwhile stays. Inside a transaction the user is locked from
	// then on, as by [UserRepository].Update.
	Delete(ctx context.Context, session domain.TokenHash) (domain.Bearer, error)

	// DeleteAll ends all sessions of the user of the session and deletes all its
	// devices, or returns domain.ErrNotFound. A sign-in that is not finished when
	// DeleteAll returns is not ended by it. Inside a transaction the user is locked
	// from then on.
	DeleteAll(ctx context.Context, session domain.TokenHash) (domain.Bearer, error)

	// DeleteOfProvider ends the sessions that were opened from a session at a
	// provider ([domain.ProviderSession]), and that no sign-in has replaced since, and
	// deletes their devices: those of the user, or everybody's if user is empty. It
	// returns them, in the order of the bytes of user and device; none if there are
	// none. A sign-in that is not finished when it returns is not ended by it. Inside
	// a transaction the users of those sessions are locked from then on.
	DeleteOfProvider(ctx context.Context, session domain.TokenHash, user domain.UserID) ([]domain.EndedSession, error)
}
