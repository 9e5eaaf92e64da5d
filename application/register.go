package application

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Register makes accounts (Matrix specification, client-server API, "Account
// registration"): Do for people, Guest for guests, Appservice for the users of
// application services.
//
// What costs is limited by address. Every request of Do takes one of
// [domain.LimitAddress], since it stores a session or hashes a password as a
// login does. An account takes one of [domain.LimitRegistration] when it is made,
// however many requests led to it. Wrong registration tokens count as refused
// logins.
type Register struct {
	Server      domain.ServerName
	Appservices domain.Appservices
	Storage     ports.Storage
	Hasher      ports.PasswordHasher
	Limiter     ports.RateLimiter
	Confirm     Confirm
	Open        Registration
	Rules       domain.SessionRules
	// Delegation may be nil.
	Delegation *Delegation
	Now        Clock
}

// Registration says who may make an account.
type Registration struct {
	// Users says that people may, and Guests that guests may come in.
	Users, Guests bool
}

// Wanted is what is asked for with a new account. It is remembered, under the
// names that the Matrix specification gives it, until the request is confirmed.
type Wanted struct {
	// Username is the localpart, in any case; nil: one is made up.
	Username *string `json:"username,omitempty"`
	// NoLogin says that no session is opened. Then the others say nothing.
	NoLogin bool `json:"inhibit_login,omitempty"`
	// DeviceID, DeviceName and Refreshable are as in [LoginRequest].
	DeviceID    *string `json:"device_id,omitempty"`
	DeviceName  string  `json:"initial_device_display_name,omitempty"`
	Refreshable bool    `json:"refresh_token,omitempty"`
}

// A RegisterRequest asks for an account with a password.
type RegisterRequest struct {
	Wanted
	// Password is needed when the request is carried out; nil: it was sent before,
	// or is not sent yet.
	Password *string
	// Auth is what the client shows to confirm the request; nil: nothing.
	Auth *Auth
	// Address is where the request comes from, as in [LoginRequest].
	Address string
}

var (
	errNoUsers  = domain.Refuse(domain.ErrForbidden, "registration_off", "Registration is not enabled on this server")
	errFinished = domain.Refuse(domain.ErrForbidden, "confirmation_used", "This confirmation was used already")
	errNoGuests = domain.Refuse(domain.ErrForbidden, "guests_off", "Guest access is not enabled on this server")
)

// Do makes an account and, unless NoLogin, signs its user in, once the request is
// confirmed. Then the parameters that the client sent first count, and those that
// it added. A request that is repeated after that finds the account, and opens a
// session anew. Without a session no token is in the result.
//
// It returns [domain.ErrForbidden] if people may not register,
// [domain.ErrInvalidUsername], [domain.ErrExclusive] or [domain.ErrExists] for the
// name, [domain.ErrInvalidParam] or [domain.ErrTooLong] for the device,
// [domain.ErrWeakPassword], or [domain.ErrMissingParam] if there is no password at
// the end: all of that before the request has to be confirmed, if it can be known
// by then. Beside these it returns [domain.ErrLimited], and what [Confirm.Do] does.
func (r Register) Do(ctx context.Context, req RegisterRequest) (LoginResult, error) {
	if !r.Open.Users {
		return LoginResult{}, errNoUsers
	}
	if err := r.take(ctx, domain.LimitAddress, req.Address); err != nil {
		return LoginResult{}, err
	}
	result, err := r.register(ctx, req)
	if err == nil {
		return result, nil
	}
	// What is refused may be a repetition, or have been overtaken by one: then the
	// name is in use by the account that was asked for.
	if i, done := r.finished(ctx, req.Auth); done {
		return r.again(ctx, i)
	}
	return LoginResult{}, err
}

func (r Register) register(ctx context.Context, req RegisterRequest) (LoginResult, error) {
	if err := r.check(ctx, req); err != nil {
		return LoginResult{}, err
	}
	params, err := req.Wanted.params()
	if err != nil {
		return LoginResult{}, err
	}
	confirmed, err := r.Confirm.Do(ctx, Confirmation{
		Operation: RegisterOperation, Params: params, Password: req.Password, Auth: req.Auth, Address: req.Address,
	})
	if err != nil {
		return LoginResult{}, err
	}
	return r.carryOut(ctx, confirmed, req.Address)
}

// check refuses what would be refused in the end. It comes before the password
// is hashed.
func (r Register) check(ctx context.Context, req RegisterRequest) error {
	if req.Username != nil {
		if _, err := r.nameFor(ctx, *req.Username); err != nil {
			return err
		}
	}
	if _, err := r.Delegation.deviceOf(req.DeviceID, req.DeviceName); err != nil {
		return err
	}
	if req.Password == nil {
		return nil
	}
	return r.Hasher.CheckNew(*req.Password)
}

// carryOut makes the account that was confirmed.
func (r Register) carryOut(ctx context.Context, confirmed Confirmed, address string) (LoginResult, error) {
	if confirmed.Done {
		return LoginResult{}, errFinished
	}
	wanted, err := wantedOf(confirmed.Params)
	if err != nil {
		return LoginResult{}, err
	}
	if confirmed.Password == "" {
		return LoginResult{}, domain.Missing("password")
	}
	a := newAccount{wanted: wanted, password: confirmed.Password, confirmed: confirmed}
	return r.counted(ctx, address, func() (LoginResult, error) {
		if wanted.Username == nil {
			return r.createNamed(ctx, a, domain.NewLocalpart)
		}
		return r.create(ctx, a, *wanted.Username)
	})
}

// Guest makes an account for a guest, who has a device and neither a name nor a
// password, and signs it in. It returns [domain.ErrForbidden] if guests may not
// come in, [domain.ErrTooLong] for the name of the device, or [domain.ErrLimited].
func (r Register) Guest(ctx context.Context, deviceName, address string) (LoginResult, error) {
	if !r.Open.Guests {
		return LoginResult{}, errNoGuests
	}
	a := newAccount{wanted: Wanted{DeviceName: deviceName}, user: domain.User{Guest: true}}
	return r.counted(ctx, address, func() (LoginResult, error) {
		return r.createNamed(ctx, a, domain.NewGuestLocalpart)
	})
}

// counted makes an account, if one more may be made from the address. One that
// was not made does not count.
func (r Register) counted(ctx context.Context, address string, create func() (LoginResult, error)) (LoginResult, error) {
	if err := r.take(ctx, domain.LimitRegistration, address); err != nil {
		return LoginResult{}, err
	}
	result, err := create()
	if err != nil {
		r.giveBack(ctx, domain.LimitRegistration, address)
	}
	return result, err
}

func (r Register) take(ctx context.Context, limit domain.Limit, address string) error {
	if address == "" {
		return nil
	}
	return r.Limiter.Take(ctx, domain.Bucket{Limit: limit, Key: address})
}

func (r Register) giveBack(ctx context.Context, limit domain.Limit, address string) {
	if address != "" {
		r.Limiter.GiveBack(context.WithoutCancel(ctx), domain.Bucket{Limit: limit, Key: address})
	}
}

// now is the time to the millisecond, as stores keep it.
func (r Register) now() time.Time { return r.Now().Truncate(time.Millisecond) }
