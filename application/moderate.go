package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Moderate locks and suspends users (Matrix specification, client-server API,
// "Account locking" and "Account suspension"). Tokens stay as they are: they are
// good again when the user is unlocked. That the bearer is an administrator
// ([Administrators]) was found out before.
type Moderate struct {
	Server domain.ServerName
	Users  ports.UserRepository
}

// A Measure is what may be taken against a user.
type Measure int

const (
	// Lock lets a user do nothing but log out.
	Lock Measure = iota
	// Suspension lets a user sign in and read; what else is for the homeserver to
	// say.
	Suspension
)

// of returns where a user has the measure.
func (m Measure) of(u *domain.User) *bool {
	if m == Lock {
		return &u.Locked
	}
	return &u.Suspended
}

var (
	errNoSuchUser = domain.Refuse(domain.ErrNotFound, "no_such_user", "User not found")
	errOtherAdmin = domain.Refuse(domain.ErrForbidden, "other_administrator", "This user is an administrator too")
	errOneself    = domain.Refuse(domain.ErrForbidden, "oneself", "Administrators may not do that to themselves")
)

// Taken says whether a measure is taken against a user. It returns
// [domain.ErrInvalidParam] for a user of another server, [domain.ErrNotFound] for
// one who does not exist or is deactivated, and [domain.ErrForbidden] for another
// administrator.
func (m Moderate) Taken(ctx context.Context, by domain.Bearer, measure Measure, id string) (bool, error) {
	user, err := localUser(id, m.Server)
	if err != nil {
		return false, err
	}
	found, err := m.Users.ByID(ctx, user)
	if err != nil {
		return false, absentUser(err)
	}
	if err := mayModerate(by, found); err != nil {
		return false, err
	}
	return *measure.of(&found), nil
}

// Take takes a measure against a user, or lifts it. It returns the errors of
// [Moderate.Taken], and [domain.ErrForbidden] for the bearer itself.
func (m Moderate) Take(ctx context.Context, by domain.Bearer, measure Measure, id string, taken bool) error {
	user, err := localUser(id, m.Server)
	if err != nil {
		return err
	}
	_, err = m.Users.Update(ctx, user, func(u *domain.User) error {
		if err := mayModerate(by, *u); err != nil {
			return err
		}
		if u.ID == by.User.ID {
			return errOneself
		}
		*measure.of(u) = taken
		return nil
	})
	return absentUser(err)
}

func mayModerate(by domain.Bearer, u domain.User) error {
	switch {
	case u.Deactivated:
		return errNoSuchUser
	case u.Admin && u.ID != by.User.ID:
		return errOtherAdmin
	}
	return nil
}

// localUser returns the id of a user of this server, or [domain.ErrInvalidParam].
func localUser(id string, server domain.ServerName) (domain.UserID, error) {
	user, err := domain.ParseUserID(id)
	if err == nil && user.Server() != server {
		err = domain.Refuse(domain.ErrInvalidParam, "other_server", "This user is of another server")
	}
	return user, err
}

// absentUser gives the error for a user who does not exist its text.
func absentUser(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return errNoSuchUser
	}
	return err
}
