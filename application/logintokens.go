package application

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// LoginTokenRules are what an operator decides about login tokens.
type LoginTokenRules struct {
	// Offered says that users may ask for them.
	Offered bool
	// Lifetime is how long one may lie unused.
	Lifetime time.Duration
}

// LoginTokens gives users tokens with which another of their clients signs in
// (Matrix specification, client-server API, "POST /v1/login/get_token").
type LoginTokens struct {
	Storage ports.Storage
	Limiter ports.RateLimiter
	Rules   LoginTokenRules
	Now     Clock
}

// Issue returns a token that is good for one login of the bearer's user, as long
// as the rules say. What was confirmed is used up by it.
//
// It returns [domain.ErrLimited] if the user had one just before: only tokens that
// are given out count. It returns [domain.ErrForbidden] if what was confirmed
// was carried out before, and [domain.ErrUnknownToken] if the bearer has been
// signed out meanwhile: nothing that takes devices away leaves a way back.
func (l LoginTokens) Issue(ctx context.Context, bearer domain.Bearer, confirmed Confirmed) (domain.Token, error) {
	user := bearer.User.ID
	bucket := domain.Bucket{Limit: domain.LimitLoginToken, Key: string(user)}
	if err := l.Limiter.Take(ctx, bucket); err != nil {
		return "", err
	}
	now := l.Now().Truncate(time.Millisecond)
	token := domain.NewToken(domain.LoginToken, domain.NewSessionID())
	err := l.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lock(ctx, r, bearer); err != nil {
			return err
		}
		if err := confirmed.finish(ctx, r, user, now); err != nil {
			return err
		}
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token.Hash(), User: user, Expires: now.Add(l.Rules.Lifetime)}, now)
	})
	if err != nil {
		l.Limiter.GiveBack(context.WithoutCancel(ctx), bucket)
		return "", err
	}
	return token, nil
}
