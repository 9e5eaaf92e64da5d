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
}

// Do returns the user that a login with the claims would sign in, and whether
// it exists; or the error with which the login would be refused, together with
// what is known of the user by then.
func (p Preview) Do(ctx context.Context, claims domain.Claims) (user domain.User, exists bool, err error) {
	who, err := accountOf(claims, p.Server, p.Appservices)
	if err != nil {
		return domain.User{}, false, err
	}
	user, err = who.existing(ctx, p.Users)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return domain.User{ID: who.id()}, false, who.absent
	case err != nil:
		return domain.User{ID: who.id()}, false, err
	}
	return user, true, user.MayUse()
}
