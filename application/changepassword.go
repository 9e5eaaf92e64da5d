package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// LogoutDevices is the parameter of a change of password that says whether the
// user's other devices are logged out.
const LogoutDevices = "logout_devices"

// ChangePassword gives a user another password (Matrix specification,
// client-server API, "POST /_matrix/client/v3/account/password").
type ChangePassword struct {
	Types   LoginTypes
	Hasher  ports.PasswordHasher
	Storage ports.Storage
	Now     Clock
}

var errNoPasswords = domain.Refuse(domain.ErrForbidden, "passwords_disabled", "Passwords cannot be changed on this server")

// Check returns [domain.ErrForbidden] if the bearer has no password to change,
// because nobody signs in with one or because it is an application service, and
// [domain.ErrWeakPassword]. The password is nil if it is not known again. It
// comes before the user is asked to confirm.
func (c ChangePassword) Check(bearer domain.Bearer, password *string) error {
	if !mayChangePassword(c.Types, bearer) {
		return errNoPasswords
	}
	if password == nil {
		return nil
	}
	return c.Hasher.CheckNew(*password)
}

// mayChangePassword says whether there is a password to change. Accounts are
// their users' business, not that of an application service (Matrix
// specification, application service API, "Identity assertion").
func mayChangePassword(types LoginTypes, bearer domain.Bearer) bool {
	_, offered := types.Verifier(passwordStage)
	return offered && bearer.Appservice == "" && !bearer.User.Guest
}

// Do makes the confirmed password the bearer's. Unless [LogoutDevices] is false,
// whatever else would act as the user is taken away: the other devices, and
// tokens without a device, that of the bearer included.
//
// It returns [domain.ErrMissingParam] if there is no password,
// [domain.ErrUnknownToken] if there is no such user (any more),
// [domain.ErrUserLocked], or [domain.ErrForbidden] if the confirmation was used.
func (c ChangePassword) Do(ctx context.Context, bearer domain.Bearer, confirmed Confirmed) error {
	if confirmed.Password == "" {
		return domain.Missing("new_password")
	}
	user := bearer.User.ID
	return c.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lock(ctx, r, bearer); err != nil {
			return err
		}
		if err := confirmed.finish(ctx, r, user, c.Now()); err != nil {
			return err
		}
		if err := r.Passwords.Put(ctx, user, confirmed.Password); err != nil {
			return err
		}
		if confirmed.Params[LogoutDevices] == false {
			// What was confirmed with the old password is not confirmed any more.
			return r.Interactions.DeleteAll(ctx, user)
		}
		return endSessions(ctx, r, user, bearer.Device)
	})
}
