package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Revoke is [Logout] at the homeserver's request (RFC 7009). It deletes the device
// itself, and some trip over one that is gone already: it is told of that when it
// is told next, in case it does not.
type Revoke struct {
	Logout     Logout
	Delegation *Delegation
}

// Do ends the session of an access token, or of a refresh token, and returns whose it
// was. Its errors are those of [Logout.Do].
func (r Revoke) Do(ctx context.Context, token string) (bearer domain.Bearer, err error) {
	tokens := r.Logout.Authenticate.Tokens
	presented, err := tokens.read(ctx, domain.AccessToken, token)
	if errors.Is(err, domain.ErrUnknownToken) {
		presented, err = tokens.read(ctx, domain.RefreshToken, token)
	}
	switch {
	case errors.Is(err, domain.ErrUnknownToken):
		return r.Logout.Do(ctx, Presented{Token: token})
	case err != nil:
		return domain.Bearer{}, err
	}
	_, err = r.Delegation.inTransaction(ctx, false, func(in ports.Repositories) error {
		bearer, err = in.Sessions.Delete(ctx, presented.key.Session)
		return err
	})
	return bearer, unknownIfNotFound(err)
}
