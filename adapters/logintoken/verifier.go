// Package logintoken verifies the credentials of the login type m.login.token
// (Matrix specification, client-server API, "Token-based"): tokens that Doorward
// gave out itself, each for one login of one user.
package logintoken

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Type is the login type.
const Type = "m.login.token"

// A Verifier decides whether a login token is good. It is a ports.TokenVerifier
// and may be used concurrently once its fields are set.
type Verifier struct {
	Tickets ports.TicketRepository
	Now     func() time.Time
}

var (
	errMissingToken = domain.Missing("token")
	errInvalidToken = domain.Refuse(domain.ErrForbidden, "invalid_login_token", "Invalid login token")
)

// Verify returns whose token it is, and the ticket that the login spends.
// Otherwise it returns [domain.ErrMissingParam], [domain.ErrForbidden] for a
// token that is not, or no longer, good for a login, or the error of the
// repository.
//
// A login token confirms nothing: whoever asks for one confirms that, and so it
// would go round in a circle.
func (v Verifier) Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil {
		return domain.Claims{}, errMissingToken
	}
	token, err := domain.ParseToken(domain.LoginToken, *cred.Token)
	if err != nil || !cred.Confirms.IsZero() {
		return domain.Claims{}, errInvalidToken
	}
	ticket, err := v.Tickets.ByHash(ctx, token.Hash(), v.Now())
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return domain.Claims{}, errInvalidToken
	case err != nil:
		return domain.Claims{}, err
	case ticket.User == "":
		return domain.Claims{}, errInvalidToken
	}
	return domain.Claims{User: ticket.User, Proof: domain.Proof{Ticket: ticket.Hash}}, nil
}
