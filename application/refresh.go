package application

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Refresh exchanges a refresh token for new tokens on the same device.
type Refresh struct {
	Sessions  ports.SessionRepository
	Lifetimes domain.Lifetimes
	Now       Clock
}

// A RefreshResult is a session with new tokens.
type RefreshResult struct {
	Bearer       domain.Bearer
	AccessToken  domain.Token
	RefreshToken domain.Token
	// ExpiresIn is how long the access token is good; 0: for ever.
	ExpiresIn time.Duration
}

var errUnknownRefreshToken = domain.Refuse(domain.ErrUnknownToken, "unknown_refresh_token", "Unknown refresh token")

// Do returns new tokens. The old refresh token stays good until one of them is
// used, so that a client to whom the answer was lost asks again.
//
// It returns [domain.ErrUnknownToken] for a token that is unknown or spent, or
// whose user is deactivated, [domain.ErrUserLocked], or [domain.ErrExpiredToken]
// if the token or the session has expired.
func (r Refresh) Do(ctx context.Context, token string) (RefreshResult, error) {
	refresh, err := domain.ParseToken(domain.RefreshToken, token)
	if err != nil {
		return RefreshResult{}, errUnknownRefreshToken
	}
	now := r.Now().Truncate(time.Millisecond)
	tokens := r.Lifetimes.Issue(true, now)
	renewed, err := r.Sessions.Refresh(ctx, domain.Renewal{Token: refresh.Hash(), Pair: tokens.Pair, At: now})
	switch {
	case errors.Is(err, domain.ErrNotFound), errors.Is(err, domain.ErrUserDeactivated):
		return RefreshResult{}, errUnknownRefreshToken
	case err != nil:
		return RefreshResult{}, err
	}
	return RefreshResult{
		Bearer:       renewed.Bearer,
		AccessToken:  tokens.Access,
		RefreshToken: tokens.Refresh,
		ExpiresIn:    until(renewed.AccessExpires, now),
	}, nil
}

// until returns how long it is to a time; 0 if that is zero, for never.
func until(expires, now time.Time) time.Duration {
	if expires.IsZero() {
		return 0
	}
	return expires.Sub(now)
}
