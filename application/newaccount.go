package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A newAccount is an account to be made.
type newAccount struct {
	wanted    Wanted
	user      domain.User // less the id and the time
	password  domain.PasswordHash
	confirmed Confirmed
}

// namesTried is how many names are made up, one after another, before a server on
// which they all are in use is given up.
const namesTried = 10

// nameFor returns the id of the user that a name stands for, if somebody may
// have it. It does not keep it for anybody.
//
// The name is folded, so that no two users differ by case alone. A user who
// exists under exactly this spelling, from the days when that was allowed, has
// the name too.
func (r Register) nameFor(ctx context.Context, name string) (domain.UserID, error) {
	folded := domain.FoldLocalpart(name)
	id, err := domain.NewUserID(folded, r.Server)
	if err != nil {
		return "", err
	}
	// Most names of application services are none that people may choose either:
	// whose they are says more.
	if err := r.Appservices.Reserved(id, ""); err != nil {
		return "", err
	}
	if err := domain.CheckNewLocalpart(folded); err != nil {
		return "", err
	}
	return id, r.isFree(ctx, id, domain.UserID("@"+name+":"+string(r.Server)))
}

// isFree returns [domain.ErrExists] if there is a user of one of the ids, here or
// at the homeserver.
func (r Register) isFree(ctx context.Context, ids ...domain.UserID) error {
	for i, id := range ids {
		if i > 0 && id == ids[0] {
			continue
		}
		_, err := r.Storage.Repositories().Users.ByID(ctx, id)
		switch {
		case err == nil:
			return domain.ErrExists
		case !errors.Is(err, domain.ErrNotFound):
			return err
		}
	}
	return r.Delegation.vacant(ctx, ids[0])
}

// create makes an account of the name.
func (r Register) create(ctx context.Context, a newAccount, name string) (LoginResult, error) {
	id, err := r.nameFor(ctx, name)
	if err != nil {
		return LoginResult{}, err
	}
	a.user.ID = id
	return r.write(ctx, a)
}

// createNamed makes an account of a name that is made up.
func (r Register) createNamed(ctx context.Context, a newAccount, name func() string) (result LoginResult, err error) {
	for range namesTried {
		if a.user.ID, err = domain.NewUserID(name(), r.Server); err != nil {
			return LoginResult{}, err
		}
		if err = r.Appservices.Reserved(a.user.ID, ""); err == nil {
			result, err = r.write(ctx, a)
		}
		if !errors.Is(err, domain.ErrExists) && !errors.Is(err, domain.ErrExclusive) {
			return result, err
		}
	}
	return LoginResult{}, fmt.Errorf("%d names that were made up: %w", namesTried, err)
}

// write writes an account, and the sign-in of its user, as one. It is here that
// two who want one name, and two requests of one session, are told apart.
func (r Register) write(ctx context.Context, a newAccount) (result LoginResult, err error) {
	now := r.now()
	a.user.CreatedAt = now
	opening, err := r.opening(a.wanted, a.user.ID)
	if err != nil {
		return LoginResult{}, err
	}
	err = r.within(ctx, a, opening, func(repositories ports.Repositories) error {
		// The token comes before the session, as when it was reserved: whoever
		// locks both locks them in this order.
		if err := a.confirmed.useToken(ctx, repositories, now); err != nil {
			return err
		}
		if err := a.confirmed.finish(ctx, repositories, a.user.ID, now); err != nil {
			return err
		}
		if err := repositories.Users.Create(ctx, a.user); err != nil {
			return err
		}
		if a.password != "" {
			if err := repositories.Passwords.Put(ctx, a.user.ID, a.password); err != nil {
				return err
			}
		}
		if a.wanted.NoLogin {
			result = LoginResult{User: a.user}
			return nil
		}
		signedIn, err := opening.openWithin(ctx, repositories)
		if err != nil {
			return err
		}
		result = opening.result(signedIn)
		return nil
	})
	if err != nil {
		return LoginResult{}, err
	}
	result.UserCreated = true
	return result, nil
}

// within runs a transaction in which the user is created and signed in. A
// homeserver that has to know of a new device before is told of it.
func (r Register) within(ctx context.Context, a newAccount, o opening, do func(ports.Repositories) error) error {
	if r.Delegation == nil || a.wanted.NoLogin {
		return r.Storage.InTransaction(ctx, do)
	}
	return r.Delegation.admit(ctx, arrival{
		user: a.user.ID, displayName: a.user.DisplayName, device: o.Device, deviceName: o.DeviceName, stranger: domain.ErrExists,
	}, do)
}

// opening prepares the sign-in of a new user.
func (r Register) opening(w Wanted, user domain.UserID) (opening, error) {
	device, err := r.Delegation.deviceOf(w.DeviceID, w.DeviceName)
	if err != nil {
		return opening{}, err
	}
	o := newOpening(r.Rules, r.Now(), device, w.DeviceName, w.Refreshable)
	o.Users = []domain.UserID{user}
	return o, nil
}

// useToken counts the use of the registration token that was shown, if one was.
// One use is reserved for the session, so that others who are about to register
// with the token do not count.
func (c Confirmed) useToken(ctx context.Context, r ports.Repositories, now time.Time) error {
	if c.token == "" {
		return nil
	}
	_, err := r.RegistrationTokens.Update(ctx, c.token, now, func(t *domain.RegistrationToken) error {
		if domain.Expired(t.Expires, now) || t.UsesAllowed != nil && t.Completed >= *t.UsesAllowed {
			return errInvalidToken
		}
		t.Completed++
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return errInvalidToken // it was deleted meanwhile
	}
	return err
}

// params returns what is wanted as parameters of a request: what is not wanted is
// none. Two spellings of a name are one.
func (w Wanted) params() (map[string]any, error) {
	if w.Username != nil {
		w.Username = new(domain.FoldLocalpart(*w.Username))
	}
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	return decodeParams(string(text))
}

// wantedOf is the reverse of params.
func wantedOf(params map[string]any) (w Wanted, err error) {
	text, err := json.Marshal(params)
	if err != nil {
		return Wanted{}, err
	}
	return w, json.Unmarshal(text, &w)
}
