package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Preview says what [Login] would do with claims, and changes nothing.
type Preview struct {
	Server      domain.ServerName
	Appservices domain.Appservices
	Users       ports.UserRepository
	Links       ports.LinkRepository
	Tickets     ports.TicketRepository
	Now         Clock
}

// An Outlook is whom a login would sign in.
type Outlook struct {
	User domain.User
	// Exists says that the user is there already.
	Exists bool
	// Linked says that it is so by its link, whatever its name: the identity has
	// signed in before.
	Linked bool
}

// Do returns the user that a login with the claims would sign in; or the error
// with which the login would be refused, together with what is known of the user
// by then.
func (p Preview) Do(ctx context.Context, claims domain.Claims) (Outlook, error) {
	who, err := accountOf(claims, p.Server, p.Appservices)
	if err != nil {
		return Outlook{}, err
	}
	user, linked, err := who.existing(ctx, p.Users, p.Links)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		if err = who.absent; err == nil {
			err = unused(ctx, p.Tickets, claims.Proof.Once, p.Now())
		}
		return Outlook{User: domain.User{ID: who.id()}}, err
	case errors.Is(err, domain.ErrOtherIdentity):
		return Outlook{User: user, Exists: true}, err
	case err != nil:
		return Outlook{User: domain.User{ID: who.id()}}, err
	}
	outlook := Outlook{User: user, Exists: true, Linked: linked}
	if err := user.MayUse(); err != nil {
		return outlook, err
	}
	return outlook, unused(ctx, p.Tickets, claims.Proof.Once, p.Now())
}
