package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// finished returns the request that is shown, if it was carried out already.
func (r Register) finished(ctx context.Context, auth *Auth) (i domain.Interaction, done bool) {
	if auth == nil {
		return i, false
	}
	session, err := domain.ParseToken(domain.InteractionToken, auth.Session)
	if err != nil {
		return i, false
	}
	i, err = r.Storage.Repositories().Interactions.ByID(ctx, session.Hash(), r.Now())
	return i, err == nil && i.Done && i.Operation == RegisterOperation
}

// again signs a user in whose account was made by an earlier request.
func (r Register) again(ctx context.Context, i domain.Interaction) (LoginResult, error) {
	params, err := decodeParams(i.Params)
	if err != nil {
		return LoginResult{}, err
	}
	wanted, err := wantedOf(params)
	if err != nil {
		return LoginResult{}, err
	}
	if wanted.NoLogin {
		return LoginResult{User: domain.User{ID: i.Result}}, nil
	}
	if err := r.Limiter.Take(ctx, domain.Bucket{Limit: domain.LimitAccount, Key: string(i.Result)}); err != nil {
		return LoginResult{}, err
	}
	opening, err := r.opening(wanted, i.Result)
	if err != nil {
		return LoginResult{}, err
	}
	signedIn, err := r.Delegation.open(ctx, opening, account{ids: opening.Users}, r.Storage)
	if errors.Is(err, domain.ErrNotFound) {
		err = domain.ErrUserNotFound
	}
	if err != nil {
		return LoginResult{}, err
	}
	return opening.result(signedIn), nil
}
