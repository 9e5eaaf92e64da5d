package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Authenticate says whose an access token is.
type Authenticate struct {
	Sessions ports.SessionRepository
	Now      Clock
}

// Do returns the bearer of the token, or [domain.ErrMissingToken] for an empty
// one, [domain.ErrUnknownToken], [domain.ErrUserLocked], or
// [domain.ErrExpiredToken] for one that its device has done with.
func (a Authenticate) Do(ctx context.Context, token string) (domain.Bearer, error) {
	access, err := parseAccess(token)
	if err != nil {
		return domain.Bearer{}, err
	}
	bearer, err := a.Sessions.ByAccessToken(ctx, access.Hash(), a.Now())
	if err != nil {
		return domain.Bearer{}, unknownIfNotFound(err)
	}
	switch err := bearer.User.MayUse(); {
	case errors.Is(err, domain.ErrUserDeactivated):
		return domain.Bearer{}, domain.ErrUnknownToken
	case err != nil:
		return domain.Bearer{}, err
	case bearer.Stale:
		return domain.Bearer{}, domain.ErrExpiredToken
	}
	return bearer, nil
}

func parseAccess(token string) (domain.Token, error) {
	if token == "" {
		return "", domain.ErrMissingToken
	}
	return domain.ParseToken(domain.AccessToken, token)
}

func unknownIfNotFound(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.ErrUnknownToken
	}
	return err
}
