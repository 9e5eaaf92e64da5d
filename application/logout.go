package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Logout ends the session of an access token and deletes its device. A locked
// user may log out, and so may one whose token has expired, or who is a guest.
type Logout struct {
	Authenticate Authenticate
}

// Do returns whose session it was, or [domain.ErrMissingToken],
// [domain.ErrUnknownToken], or [domain.ErrForbidden] for an application service
// that names no device: it has no session of its own.
func (l Logout) Do(ctx context.Context, p Presented) (domain.Bearer, error) {
	access, err := l.Authenticate.Tokens.read(ctx, domain.AccessToken, p.Token)
	switch {
	case err == nil:
		bearer, err := l.Authenticate.Sessions.Delete(ctx, access.key.Session)
		return bearer, unknownIfNotFound(err)
	case !errors.Is(err, domain.ErrUnknownToken):
		return domain.Bearer{}, err
	}
	bearer, err := l.Authenticate.leaving(ctx, p)
	switch {
	case err != nil:
		return domain.Bearer{}, err
	case bearer.Appservice == "":
		_, err = l.Authenticate.Tickets.Spend(ctx, domain.Token(p.Token).Hash(), l.Authenticate.Now())
	case bearer.Device == "":
		err = domain.Refuse(domain.ErrForbidden, "no_session", "An application service has no session to end")
	default:
		_, err = l.Authenticate.Devices.Delete(ctx, bearer.User.ID, bearer.Device)
	}
	if err != nil {
		return domain.Bearer{}, unknownIfNotFound(err)
	}
	return bearer, nil
}

// leaving is Do for whoever wants to log out: that may be a locked user.
func (a Authenticate) leaving(ctx context.Context, p Presented) (domain.Bearer, error) {
	bearer, err := a.whose(ctx, p)
	if err != nil {
		return domain.Bearer{}, err
	}
	if err := mayAct(bearer); err != nil && !errors.Is(err, domain.ErrUserLocked) {
		return domain.Bearer{}, err
	}
	return bearer, nil
}

// LogoutAll ends every session of an access token's user, deletes all its
// devices, and takes away what else would sign it in. A locked user may log out,
// and so may one whose token has expired, or who is a guest.
type LogoutAll struct {
	Authenticate Authenticate
	Storage      ports.Storage
}

// Do returns whose sessions they were, or [domain.ErrMissingToken] or
// [domain.ErrUnknownToken].
func (l LogoutAll) Do(ctx context.Context, p Presented) (bearer domain.Bearer, err error) {
	access, notAccess := l.Authenticate.Tokens.read(ctx, domain.AccessToken, p.Token)
	if notAccess != nil {
		if !errors.Is(notAccess, domain.ErrUnknownToken) {
			return domain.Bearer{}, notAccess
		}
		if bearer, err = l.Authenticate.leaving(ctx, p); err != nil {
			return domain.Bearer{}, err
		}
	}
	err = l.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if notAccess == nil {
			if bearer, err = r.Sessions.DeleteAll(ctx, access.key.Session); err != nil {
				return err
			}
		}
		return endSessions(ctx, r, bearer.User.ID)
	})
	if err != nil {
		return domain.Bearer{}, unknownIfNotFound(err)
	}
	return bearer, nil
}
