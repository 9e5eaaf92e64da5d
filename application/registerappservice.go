package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

var errMissingUsername = domain.Missing("username")

// Appservice makes an account in a namespace of the application service that has
// the token, without asking anybody and even if nobody else may register (Matrix
// specification, application service API, "Server admin style permissions"). It
// has no password. It returns [domain.ErrMissingToken] or
// [domain.ErrUnknownToken], [domain.ErrMissingParam] without a name,
// [domain.ErrExclusive] for one that is outside the namespaces, or in another's,
// [domain.ErrInvalidUsername], [domain.ErrExists], [domain.ErrInvalidParam] or
// [domain.ErrTooLong] for the device, and [domain.ErrLimited] if the application
// service is limited.
func (r Register) Appservice(ctx context.Context, token string, wanted Wanted, address string) (result LoginResult, err error) {
	service, known := r.Appservices.ByToken(token)
	if known && !service.Limited {
		return r.createFor(ctx, service, wanted)
	}
	err = guess(ctx, r.Limiter, address, func() error {
		switch {
		case token == "":
			return domain.ErrMissingToken
		case !known:
			return domain.ErrUnknownToken
		}
		return nil
	})
	if err != nil {
		return LoginResult{}, err
	}
	return r.counted(ctx, address, func() (LoginResult, error) { return r.createFor(ctx, service, wanted) })
}

// createFor makes an account of an application service. Names that are reserved
// are there for that.
func (r Register) createFor(ctx context.Context, service domain.Appservice, wanted Wanted) (LoginResult, error) {
	if wanted.Username == nil {
		return LoginResult{}, errMissingUsername
	}
	id, err := domain.NewUserID(domain.FoldLocalpart(*wanted.Username), r.Server)
	if err != nil {
		return LoginResult{}, err
	}
	if !service.Covers(id, r.Server) {
		return LoginResult{}, domain.Refuse(domain.ErrExclusive, "outside_namespace",
			"The user is outside the namespaces of the application service")
	}
	if err := r.Appservices.Reserved(id, service.ID); err != nil {
		return LoginResult{}, err
	}
	return r.write(ctx, newAccount{wanted: wanted, user: domain.User{ID: id}})
}
