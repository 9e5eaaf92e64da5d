// Package appservicelogin verifies the credentials of the login type
// m.login.application_service (Matrix specification, client-server API,
// "Appservice Login"): the access token of an application service, which may sign
// in as the users of its namespaces.
package appservicelogin

import (
	"context"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Type is the login type.
const Type = "m.login.application_service"

// A Verifier decides whether an application service may sign in as a user. It is
// a ports.TokenVerifier and may be used concurrently once its fields are set.
type Verifier struct {
	Server      domain.ServerName
	Users       ports.UserRepository
	Appservices domain.Appservices
}

var (
	errIdentifier = domain.Refuse(domain.ErrInvalidParam, "invalid_param", "identifier.type must be m.id.user")
	errOutside    = domain.Refuse(domain.ErrOutsideNamespace, "outside_namespace",
		"The user is outside the namespaces of the application service")
	errNotRegistered = domain.Refuse(domain.ErrForbidden, "user_not_registered", "User is not registered")
	errConfirms      = domain.Refuse(domain.ErrForbidden, "uia_not_allowed", "An application service cannot confirm this request")
)

// Verify returns the user that is meant and the application service that vouches
// for it. Otherwise it returns [domain.ErrMissingToken] or
// [domain.ErrUnknownToken] for the access token of the request,
// [domain.ErrMissingParam] or [domain.ErrInvalidParam] for the identifier,
// [domain.ErrOutsideNamespace], [domain.ErrForbidden] if there is no such user, or
// the error of the repository.
//
// It confirms nothing: an access token is of before the request.
func (v Verifier) Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.AccessToken == "" {
		return domain.Claims{}, domain.ErrMissingToken
	}
	service, ok := v.Appservices.ByToken(cred.AccessToken)
	if !ok {
		return domain.Claims{}, domain.ErrUnknownToken
	}
	if !cred.Confirms.IsZero() {
		return domain.Claims{}, errConfirms
	}
	id, err := identifier.Read(cred.Extra)
	switch {
	case err != nil:
		return domain.Claims{}, err
	case id.Type != identifier.User:
		return domain.Claims{}, errIdentifier
	}
	user, exists, err := identifier.FindUser(ctx, v.Users, id.User, v.Server)
	switch {
	case err != nil:
		return domain.Claims{}, err
	case !service.Covers(user, v.Server):
		return domain.Claims{}, errOutside
	case !exists:
		return domain.Claims{}, errNotRegistered
	}
	return domain.Claims{User: user, Appservice: service.ID}, nil
}
