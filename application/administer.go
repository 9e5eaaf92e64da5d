package application

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Administer looks after the accounts of others. Who may do that was found out
// before ([Administrators]); the bearer by whom something is done is told only so
// that administrators do not shut themselves out. The zero bearer is the operator.
type Administer struct {
	Server      domain.ServerName
	Appservices domain.Appservices
	Storage     ports.Storage
	Hasher      ports.PasswordHasher
	Now         Clock
}

// An Account is a user with what belongs to it.
type Account struct {
	domain.User
	ThirdPartyIDs []domain.ThirdPartyID
	Devices       []domain.Device
}

// LastSeen returns when one of the devices was last used, as far as that was
// written down; the zero time if none was.
func (a Account) LastSeen() (last time.Time) {
	for _, d := range a.Devices {
		if d.LastSeen.At.After(last) {
			last = d.LastSeen.At
		}
	}
	return last
}

// errDeactivated is none of the errors that clients take for one about
// themselves.
var errDeactivated = domain.Refuse(domain.ErrInvalidParam, "target_deactivated", "This account is deactivated")

// List returns the users that are asked for, and how many there would be without
// offset and limit.
func (a Administer) List(ctx context.Context, query domain.UserQuery) ([]domain.User, int, error) {
	return a.Storage.Repositories().Users.List(ctx, query)
}

// User returns the id of a user of this server, whether it exists or not, or
// [domain.ErrInvalidParam].
func (a Administer) User(id string) (domain.UserID, error) { return localUser(id, a.Server) }

// Account returns the account of a user, or [domain.ErrNotFound].
func (a Administer) Account(ctx context.Context, user domain.UserID) (Account, error) {
	return accountWithin(ctx, a.Storage.Repositories(), user)
}

func accountWithin(ctx context.Context, r ports.Repositories, user domain.UserID) (account Account, err error) {
	if account.User, err = r.Users.ByID(ctx, user); err != nil {
		return Account{}, absentUser(err)
	}
	if account.ThirdPartyIDs, err = r.ThirdPartyIDs.List(ctx, user); err != nil {
		return Account{}, err
	}
	account.Devices, err = r.Devices.List(ctx, user)
	return account, err
}

// Available returns nil if a user of the name could be created, and
// [domain.ErrInvalidUsername], [domain.ErrExclusive] or [domain.ErrExists]
// otherwise.
func (a Administer) Available(ctx context.Context, name string) error {
	id, err := domain.NewUserID(name, a.Server)
	if err != nil {
		return err
	}
	if err := a.mayCreate(id); err != nil {
		return err
	}
	switch _, err := a.Storage.Repositories().Users.ByID(ctx, id); {
	case err == nil:
		return domain.ErrExists
	case !errors.Is(err, domain.ErrNotFound):
		return err
	}
	return nil
}

// mayCreate says whether a user of the id may be created.
func (a Administer) mayCreate(id domain.UserID) error {
	name := id.Localpart()
	if _, err := domain.NewUserID(name, a.Server); err != nil {
		return err
	}
	if err := domain.CheckNewLocalpart(name); err != nil {
		return err
	}
	return a.Appservices.Reserved(id, "")
}

// ActAs returns a token with which whoever has it acts as the user until a time;
// zero: for ever. It does not administer, whoever the user is. ActAs returns
// [domain.ErrNotFound], [domain.ErrForbidden] for the bearer itself, or
// [domain.ErrInvalidParam] for a user who may do nothing, or a time that has
// passed.
func (a Administer) ActAs(ctx context.Context, by domain.Bearer, user domain.UserID, until time.Time) (domain.Token, error) {
	switch {
	case user == by.User.ID:
		return "", errOneself
	case domain.Expired(until, a.Now()):
		return "", domain.Refuse(domain.ErrInvalidParam, "valid_until", "valid_until_ms has passed")
	}
	token := domain.NewToken(domain.AdminToken, domain.NewSessionID())
	err := a.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		_, err := r.Users.Update(ctx, user, func(u *domain.User) error {
			switch {
			case u.Deactivated:
				return errDeactivated
			case u.Locked:
				return domain.Refuse(domain.ErrInvalidParam, "target_locked", "This account is locked")
			}
			return nil
		})
		if err != nil {
			return err
		}
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token.Hash(), User: user, Expires: until}, a.Now())
	})
	if err != nil {
		return "", absentUser(err)
	}
	return token, nil
}

// Logout ends all sessions of a user, deletes its devices, and takes away what
// else would sign it in. It returns [domain.ErrNotFound].
func (a Administer) Logout(ctx context.Context, user domain.UserID) error {
	err := a.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lockUser(ctx, r, user); err != nil {
			return err
		}
		return endSessions(ctx, r, user)
	})
	return absentUser(err)
}

// DeleteDevices deletes devices of a user, and ends their sessions. Those that
// are not there are as good as deleted. It returns [domain.ErrNotFound] if there
// is no such user.
func (a Administer) DeleteDevices(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) error {
	err := a.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lockUser(ctx, r, user); err != nil {
			return err
		}
		_, err := r.Devices.Delete(ctx, user, ids...)
		return err
	})
	return absentUser(err)
}
