package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// Available returns nil if an account of the name could be made, and keeps it for
// nobody (Matrix specification, client-server API, "GET
// /_matrix/client/v3/register/available"). It returns the errors that [Register.Do]
// returns for the name, [domain.ErrForbidden] if people may not register, and
// [domain.ErrLimited].
func (r Register) Available(ctx context.Context, name, address string) error {
	if !r.Open.Users {
		return errNoUsers
	}
	if err := r.take(ctx, domain.LimitAddress, address); err != nil {
		return err
	}
	_, err := r.nameFor(ctx, name)
	return err
}

// TokenValid says whether one more may begin to register with a registration
// token (Matrix specification, client-server API, "Registration token validity
// checking"). It returns [domain.ErrForbidden] if people may not register, and
// [domain.ErrLimited]: wrong ones are guesses, and count as refused logins.
func (r Register) TokenValid(ctx context.Context, token, address string) (bool, error) {
	if !r.Open.Users {
		return false, errNoUsers
	}
	err := attempt(ctx, r.Limiter, address, func() error { return r.checkToken(ctx, token) })
	if errors.Is(err, errInvalidToken) {
		return false, nil
	}
	return err == nil, err
}

func (r Register) checkToken(ctx context.Context, token string) error {
	if domain.CheckRegistrationToken(token) != nil {
		return errInvalidToken
	}
	now := r.now()
	t, err := r.Storage.Repositories().RegistrationTokens.ByToken(ctx, token, now)
	if errors.Is(err, domain.ErrNotFound) || err == nil && !t.Valid(now) {
		return errInvalidToken
	}
	return err
}
