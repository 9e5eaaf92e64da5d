package application

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An AppserviceCaller calls application services. It may be used concurrently.
type AppserviceCaller interface {
	// Ping calls the application service with the transaction id, "" for none, and
	// returns nil if it answers that all is well. Otherwise it returns a
	// [*domain.BadStatus], [domain.ErrUnreachable], [domain.ErrTooSlow], or the
	// error of ctx. No error holds the service's token.
	Ping(ctx context.Context, service domain.Appservice, transaction string) error
}

// PingAppservice lets an application service find out whether this server
// reaches it (Matrix specification, client-server API, "POST
// /_matrix/client/v1/appservice/{appserviceId}/ping").
type PingAppservice struct {
	Authenticate Authenticate
	Caller       AppserviceCaller
	Now          Clock
}

// Service returns the application service that the token and the id name, or
// [domain.ErrMissingToken], [domain.ErrUnknownToken], or [domain.ErrForbidden] if
// they do not name the same one or the token is a user's.
func (p PingAppservice) Service(ctx context.Context, token, id string) (domain.Appservice, error) {
	service, ok := p.Authenticate.Appservices.ByToken(token)
	if !ok {
		if _, err := p.Authenticate.Do(ctx, Presented{Token: token}); err != nil {
			return domain.Appservice{}, err
		}
	}
	if !ok || service.ID != id {
		return domain.Appservice{}, domain.Refuse(domain.ErrForbidden, "other_appservice",
			"The access token is not that of the application service")
	}
	return service, nil
}

// Do calls the application service, and returns how long that took. It returns
// [domain.ErrNoURL], or the errors of [AppserviceCaller].
func (p PingAppservice) Do(ctx context.Context, service domain.Appservice, transaction string) (time.Duration, error) {
	if service.URL == "" {
		return 0, domain.ErrNoURL
	}
	started := p.Now()
	if err := p.Caller.Ping(ctx, service, transaction); err != nil {
		return 0, err
	}
	return p.Now().Sub(started), nil
}
