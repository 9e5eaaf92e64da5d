package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// ProviderLogout ends sessions because whoever signed the credentials says so
// (OpenID Connect Back-Channel Logout 1.0).
type ProviderLogout struct {
	// Tokens may be nil: then there are no providers.
	Tokens  ports.LogoutVerifier
	Storage ports.Storage
	Limiter ports.RateLimiter
	Now     Clock
}

// A ProviderLogoutResult says what came of a logout token.
type ProviderLogoutResult struct {
	// User is whose sessions ended; empty: there was nothing to end, or they were
	// those of several.
	User domain.UserID
	// Devices are those that were deleted; none, if all of the user's were.
	Devices []domain.DeviceID
	// Evidence is what is known of the token.
	Evidence domain.Evidence
}

var errNoProvider = domain.Refuse(domain.ErrNotFound, "unknown_provider", "Unknown provider")

// Do ends the sessions that the token of a provider asks for, and takes away what
// else would sign their user in, if they are all that the user has. It goes well if
// there are none. A token is good once. The address is where the request comes
// from, in one spelling; empty: unknown, and not limited.
//
// It returns [domain.ErrNotFound] for a provider that there is not,
// [domain.ErrForbidden] for a token that proves nothing or was used, or
// [domain.ErrLimited] if too many from the address were refused. Once the token was
// verified, the error is a [domain.Traced].
func (p ProviderLogout) Do(ctx context.Context, provider, token, address string) (result ProviderLogoutResult, err error) {
	if p.Tokens == nil {
		return ProviderLogoutResult{}, errNoProvider
	}
	err = guess(ctx, p.Limiter, address, func() error {
		wanted, err := p.Tokens.VerifyLogout(ctx, provider, token)
		if err != nil {
			return err
		}
		err = p.Storage.InTransaction(ctx, func(r ports.Repositories) error {
			if result, err = end(ctx, r, wanted); err != nil {
				return err
			}
			return useUp(ctx, r, wanted.Once, p.Now())
		})
		result.Evidence = wanted.Evidence
		return domain.Trace(err, wanted.Evidence, result.User)
	})
	if err != nil {
		return ProviderLogoutResult{}, err
	}
	return result, nil
}

// end ends what is wanted to end. Whichever way that goes, the user is locked
// before anything is deleted: whoever signs in meanwhile waits.
func end(ctx context.Context, r ports.Repositories, wanted domain.ProviderLogout) (result ProviderLogoutResult, err error) {
	var user domain.UserID
	if wanted.Link != (domain.Link{}) {
		user, err = r.Links.Owner(ctx, wanted.Link)
		if errors.Is(err, domain.ErrNotFound) {
			return ProviderLogoutResult{}, nil
		}
		if err != nil {
			return ProviderLogoutResult{}, err
		}
	}
	if wanted.Session == (domain.TokenHash{}) {
		return ProviderLogoutResult{User: user}, endSessions(ctx, r, user)
	}
	ended, err := r.Sessions.DeleteOfProvider(ctx, wanted.Session, user)
	if err != nil {
		return ProviderLogoutResult{}, err
	}
	for i, e := range ended {
		if result.User = e.User; i > 0 && e.User != ended[0].User {
			result.User = ""
		}
		result.Devices = append(result.Devices, e.Device)
	}
	return result, nil
}
