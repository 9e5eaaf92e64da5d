package application

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// OpenIDLifetime is how long an OpenID token is good.
const OpenIDLifetime = time.Hour

// OpenID gives out tokens with which a user shows others who it is, and tells
// those others (Matrix specification, client-server API, "OpenID"). The tokens
// are good for nothing else.
type OpenID struct {
	Appservices domain.Appservices
	Users       ports.UserRepository
	Tickets     ports.TicketRepository
	Storage     ports.Storage
	Limiter     ports.RateLimiter
	Now         Clock
}

// Issue returns a new token of the bearer's user, [domain.ErrLimited],
// [domain.ErrUnknownToken] if the bearer has been signed out meanwhile, or
// [domain.ErrForbidden] for a user who is not registered, as the one that an
// application service is by itself may be.
func (o OpenID) Issue(ctx context.Context, bearer domain.Bearer) (domain.Token, error) {
	user := bearer.User.ID
	if o.isLimited(bearer) {
		// Who has a token is signed in elsewhere: as often as here is enough.
		bucket := domain.Bucket{Limit: domain.LimitAccount, Key: "openid:" + string(user)}
		if err := o.Limiter.Take(ctx, bucket); err != nil {
			return "", err
		}
	}
	token := domain.NewToken(domain.OpenIDToken, domain.NewSessionID())
	err := o.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lock(ctx, r, bearer); err != nil {
			return err
		}
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token.Hash(), User: user, Expires: o.Now().Add(OpenIDLifetime)}, o.Now())
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (o OpenID) isLimited(bearer domain.Bearer) bool {
	for _, service := range o.Appservices {
		if service.ID == bearer.Appservice {
			return service.Limited && bearer.User.ID != service.Sender
		}
	}
	return true
}

// User returns whose token it is, or [domain.ErrMissingToken] for an empty one, or
// [domain.ErrUnknownToken]; that of a user who may do nothing is unknown, too.
func (o OpenID) User(ctx context.Context, token string) (domain.UserID, error) {
	if token == "" {
		return "", domain.ErrMissingToken
	}
	parsed, err := domain.ParseToken(domain.OpenIDToken, token)
	if err != nil {
		return "", err
	}
	ticket, err := o.Tickets.ByHash(ctx, parsed.Hash(), o.Now())
	if err != nil {
		return "", unknownIfNotFound(err)
	}
	user, err := o.Users.ByID(ctx, ticket.User)
	if err != nil {
		return "", unknownIfNotFound(err)
	}
	if user.MayUse() != nil {
		return "", domain.ErrUnknownToken
	}
	return user.ID, nil
}
