package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Logout ends the session of an access token and deletes its device. A locked
// user may log out, and so may one whose token has expired.
type Logout struct {
	Sessions ports.SessionRepository
}

// Do returns whose session it was, or [domain.ErrMissingToken] or
// [domain.ErrUnknownToken].
func (l Logout) Do(ctx context.Context, token string) (domain.Bearer, error) {
	access, err := parseAccess(token)
	if err != nil {
		return domain.Bearer{}, err
	}
	bearer, err := l.Sessions.Delete(ctx, access.Hash())
	return bearer, unknownIfNotFound(err)
}

// LogoutAll ends every session of an access token's user and deletes all its
// devices. A locked user may log out, and so may one whose token has expired.
type LogoutAll struct {
	Sessions ports.SessionRepository
}

// Do returns whose sessions they were, or [domain.ErrMissingToken] or
// [domain.ErrUnknownToken].
func (l LogoutAll) Do(ctx context.Context, token string) (domain.Bearer, error) {
	access, err := parseAccess(token)
	if err != nil {
		return domain.Bearer{}, err
	}
	bearer, err := l.Sessions.DeleteAll(ctx, access.Hash())
	return bearer, unknownIfNotFound(err)
}
