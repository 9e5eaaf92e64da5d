package application

import (
	"context"
	"errors"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Authenticate says whose request it is.
type Authenticate struct {
	Server      domain.ServerName
	Appservices domain.Appservices
	Sessions    ports.SessionRepository
	Users       ports.UserRepository
	Devices     ports.DeviceRepository
	Tickets     ports.TicketRepository
	Tokens      *TokenReader
	Now         Clock
}

// Presented is what a request shows of who makes it.
type Presented struct {
	// Token is its access token; empty: it has none.
	Token string
	// User and Device are whom an application service acts as (Matrix
	// specification, application service API, "Identity assertion"); empty: it does
	// not say. Nobody else is asked.
	User, Device string
}

var errNotRegistered = domain.Refuse(domain.ErrForbidden, "not_registered", "The user is not registered")

// Do returns the bearer of the token, or [domain.ErrMissingToken] for an empty
// one, [domain.ErrUnknownToken], [domain.ErrUserLocked], or
// [domain.ErrExpiredToken] for one that its device has done with. To an
// application service it returns [domain.ErrForbidden] for a user whom it may
// not act as, or who is not registered, [domain.ErrUserDeactivated], and
// [domain.ErrUnknownDevice].
func (a Authenticate) Do(ctx context.Context, p Presented) (domain.Bearer, error) {
	bearer, err := a.whose(ctx, p)
	if err != nil {
		return domain.Bearer{}, err
	}
	if err := mayAct(bearer); err != nil {
		return domain.Bearer{}, err
	}
	if bearer.Stale {
		return domain.Bearer{}, domain.ErrExpiredToken
	}
	return bearer, nil
}

// mayAct says whether a bearer may do anything. Of a deactivated user there is no
// token any more; that of an application service is as good as before.
func mayAct(bearer domain.Bearer) error {
	err := bearer.User.MayUse()
	if errors.Is(err, domain.ErrUserDeactivated) && bearer.Appservice == "" {
		return domain.ErrUnknownToken
	}
	return err
}

// whose is Do for users who are locked or deactivated, and tokens that are
// stale, too.
func (a Authenticate) whose(ctx context.Context, p Presented) (domain.Bearer, error) {
	if p.Token == "" {
		return domain.Bearer{}, domain.ErrMissingToken
	}
	if service, ok := a.Appservices.ByToken(p.Token); ok {
		return a.asserted(ctx, service, p)
	}
	bearer, err := a.bearer(ctx, p.Token)
	return bearer, unknownIfNotFound(err)
}

// bearer returns whose token it is, or [domain.ErrNotFound].
func (a Authenticate) bearer(ctx context.Context, token string) (domain.Bearer, error) {
	if strings.HasPrefix(token, string(domain.AdminToken)) {
		return a.byTicket(ctx, token)
	}
	access, err := a.Tokens.read(ctx, domain.AccessToken, token)
	if err != nil {
		return domain.Bearer{}, err
	}
	return a.Sessions.ByAccessToken(ctx, access.key, a.Now())
}

// byTicket returns the user as whom an administrator acts.
func (a Authenticate) byTicket(ctx context.Context, token string) (domain.Bearer, error) {
	parsed, err := domain.ParseToken(domain.AdminToken, token)
	if err != nil {
		return domain.Bearer{}, err
	}
	ticket, err := a.Tickets.ByHash(ctx, parsed.Hash(), a.Now())
	if err != nil {
		return domain.Bearer{}, err
	}
	user, err := a.Users.ByID(ctx, ticket.User)
	return domain.Bearer{User: user, Expires: ticket.Expires}, err
}

// asserted returns whom an application service acts as. It may act as the user
// that it is by itself even if nobody has registered that.
func (a Authenticate) asserted(ctx context.Context, service domain.Appservice, p Presented) (domain.Bearer, error) {
	id := service.Sender
	if p.User != "" {
		id = domain.UserID(p.User)
	}
	if domain.CheckText(string(id)) != nil || !service.Covers(id, a.Server) {
		return domain.Bearer{}, domain.Refuse(domain.ErrForbidden, "outside_namespace",
			"The application service may not act as this user")
	}
	user, err := a.Users.ByID(ctx, id)
	switch {
	case errors.Is(err, domain.ErrNotFound) && p.User == "":
		user = domain.User{ID: id}
	case errors.Is(err, domain.ErrNotFound):
		return domain.Bearer{}, errNotRegistered
	case err != nil:
		return domain.Bearer{}, err
	}
	bearer := domain.Bearer{User: user, Appservice: service.ID}
	if p.Device == "" {
		return bearer, nil
	}
	if bearer.Device, err = domain.ParseDeviceID(p.Device); err != nil {
		return domain.Bearer{}, domain.ErrUnknownDevice
	}
	if _, err := a.Devices.ByID(ctx, user.ID, bearer.Device); errors.Is(err, domain.ErrNotFound) {
		return domain.Bearer{}, domain.ErrUnknownDevice
	} else if err != nil {
		return domain.Bearer{}, err
	}
	return bearer, nil
}

// lock keeps everybody else from changing the bearer's user until the
// transaction ends, and looks whether the bearer still is who it was: it may have
// been signed out meanwhile. It returns [domain.ErrUnknownToken] if so, or the
// errors of [Authenticate.Do].
func lock(ctx context.Context, r ports.Repositories, bearer domain.Bearer) error {
	_, err := r.Users.Update(ctx, bearer.User.ID, func(u *domain.User) error {
		bearer.User = *u
		return mayAct(bearer)
	})
	if err == nil && bearer.Device != "" {
		_, err = r.Devices.ByID(ctx, bearer.User.ID, bearer.Device)
	}
	if errors.Is(err, domain.ErrNotFound) && bearer.Appservice != "" {
		return errNotRegistered
	}
	return unknownIfNotFound(err)
}

func unknownIfNotFound(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.ErrUnknownToken
	}
	return err
}
