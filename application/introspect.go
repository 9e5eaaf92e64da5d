package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// Introspect tells the homeserver what an access token is good for (RFC 7662).
type Introspect struct {
	Authenticate Authenticate
}

// notActive are the errors for tokens that are good for nothing.
var notActive = []error{
	domain.ErrMissingToken, domain.ErrUnknownToken, domain.ErrExpiredToken,
	domain.ErrUserLocked, domain.ErrUserDeactivated, domain.ErrForbidden,
}

// Do returns what the token is good for: nothing, if it is nobody's, has expired
// or was revoked, or if its user is locked or deactivated. Suspended users are
// told by the homeserver what they may not do. Application services are known to
// the homeserver itself, and guests it has none. That it could not be found out is
// an error, and says nothing about the token.
//
// It counts as the token's use.
func (i Introspect) Do(ctx context.Context, token string) (domain.Introspection, error) {
	bearer, err := i.Authenticate.Do(ctx, Presented{Token: token})
	for _, reason := range notActive {
		if errors.Is(err, reason) {
			return domain.Introspection{}, nil
		}
	}
	if err != nil {
		return domain.Introspection{}, err
	}
	now := i.Authenticate.Now()
	if bearer.Appservice != "" || bearer.User.Guest || domain.Expired(bearer.Expires, now) {
		return domain.Introspection{}, nil
	}
	return domain.Introspection{
		Active: true, User: bearer.User.ID, Device: bearer.Device,
		// Whoever acts as an administrator does not administer.
		Admin:     bearer.User.Admin && bearer.Device != "",
		ExpiresIn: until(bearer.Expires, now),
	}, nil
}
