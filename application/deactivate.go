package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Erase is the parameter of a deactivation that says whether what can be
// forgotten of the user is.
const Erase = "erase"

// Deactivate brings accounts to their end (Matrix specification, client-server
// API, "Account deactivation").
type Deactivate struct {
	Storage ports.Storage
	Now     Clock
}

// Do deactivates the bearer's user, as confirmed; the zero Confirmed is that of an
// application service. It says whether the user had third-party ids, which may be
// published elsewhere.
//
// It returns [domain.ErrUnknownToken] if there is no such user (any more),
// [domain.ErrUserLocked], or [domain.ErrForbidden] if the confirmation was used.
func (d Deactivate) Do(ctx context.Context, bearer domain.Bearer, confirmed Confirmed) (hadAddresses bool, err error) {
	user := bearer.User.ID
	err = d.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lock(ctx, r, bearer); err != nil {
			return err
		}
		if err := confirmed.finish(ctx, r, user, d.Now()); err != nil {
			return err
		}
		addresses, err := r.ThirdPartyIDs.List(ctx, user)
		if err != nil {
			return err
		}
		hadAddresses = len(addresses) > 0
		return deactivate(ctx, r, user, confirmed.Params[Erase] == true)
	})
	return hadAddresses, err
}

// deactivate takes away everything with which the user signs in or is signed in,
// and what it may do to others, so that nothing of it revives with the account.
func deactivate(ctx context.Context, r ports.Repositories, user domain.UserID, erase bool) error {
	_, err := r.Users.Update(ctx, user, func(u *domain.User) error {
		u.Deactivated, u.Admin = true, false
		if erase {
			u.Erased, u.DisplayName, u.AvatarURL = true, "", ""
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.Passwords.Put(ctx, user, ""); err != nil {
		return err
	}
	if err := endSessions(ctx, r, user); err != nil {
		return err
	}
	return r.ThirdPartyIDs.DeleteAll(ctx, user)
}
