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
	Sessions ports.SessionRepository
	Tokens   *TokenReader
	Limiter  ports.RateLimiter
	Rules    domain.SessionRules
	Now      Clock
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

// Do returns new tokens. The address is where the request comes from, in one
// spelling; empty: unknown. The old refresh token stays good until one of them is
// used, so that a client to whom the answer was lost asks again.
//
// It returns [domain.ErrUnknownToken] for a token that is unknown or spent, or
// whose user is deactivated, [domain.ErrUserLocked], [domain.ErrExpiredToken]
// if the token or the session has expired, or [domain.ErrLimited].
func (r Refresh) Do(ctx context.Context, token, address string) (result RefreshResult, err error) {
	err = guess(ctx, r.Limiter, address, func() error {
		result, err = r.refresh(ctx, token)
		return err
	})
	return result, err
}

func (r Refresh) refresh(ctx context.Context, token string) (RefreshResult, error) {
	refresh, err := r.Tokens.read(ctx, domain.RefreshToken, token)
	switch {
	case errors.Is(err, domain.ErrUnknownToken):
		return RefreshResult{}, errUnknownRefreshToken
	case err != nil:
		return RefreshResult{}, err
	}
	session := refresh.session
	if err := r.Limiter.Take(ctx, domain.Bucket{Limit: domain.LimitRefresh, Key: string(session)}); err != nil {
		return RefreshResult{}, err
	}
	now := r.Now().Truncate(time.Millisecond)
	tokens := r.Rules.Issue(session, true, now)
	renewed, err := r.Sessions.Refresh(ctx, domain.Renewal{Token: refresh.key, Pair: tokens.Pair, At: now})
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
