package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A SessionRepository remembers who is signed in. A device has at most one
// living access token, and loses it only together with the device, or to the
// next sign-in on it.
//
// SignIn and ByAccessToken are the two hot paths: on a database that is reached
// over a network each is one round trip.
type SessionRepository interface {
	// SignIn finds or creates the user, refuses one that may not be used,
	// creates the device or finds it, and makes the token its only one; all of
	// that or nothing. When it has returned nil, it is durable.
	//
	// Of several concurrent sign-ins of a new user exactly one creates it and
	// all succeed; of several on one device exactly one token lives afterwards,
	// that of the last.
	//
	// It returns domain.ErrNotFound if none of the users exists and none may be
	// created, domain.ErrUserDeactivated or domain.ErrUserLocked (deactivated
	// first, if both) if the user may not be used. Then nothing was written.
	SignIn(ctx context.Context, s domain.SignIn) (domain.SignedIn, error)

	// ByAccessToken returns whose token it is, locked and deactivated users
	// included, or domain.ErrNotFound.
	ByAccessToken(ctx context.Context, access domain.TokenHash) (domain.Bearer, error)

	// Delete ends the session of the token and deletes its device, or returns
	// domain.ErrNotFound. Of several concurrent calls for one token exactly one
	// succeeds. A device whose token was replaced meanwhile stays.
	Delete(ctx context.Context, access domain.TokenHash) (domain.Bearer, error)

	// DeleteAll ends all sessions of the token's user and deletes all its
	// devices, or returns domain.ErrNotFound. A sign-in that is not finished
	// when DeleteAll returns is not ended by it.
	DeleteAll(ctx context.Context, access domain.TokenHash) (domain.Bearer, error)
}
