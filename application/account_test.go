package application_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// demanding is a hasher that wants three bytes.
type demanding struct{ legible }

func (demanding) CheckNew(password string) error {
	if len(password) < 3 {
		return domain.ErrWeakPassword
	}
	return nil
}

// chosen is a request that was confirmed, with a new password.
func chosen(params map[string]any) application.Confirmed {
	return application.Confirmed{Password: "hash of it", Params: params}
}

func (d door) changePassword(types application.LoginTypes) application.ChangePassword {
	return application.ChangePassword{Types: types, Hasher: demanding{}, Storage: d.storage, Now: d.login.Now}
}

func TestANewPasswordTakesOtherDevicesAwayUnlessItIsToldNotTo(t *testing.T) {
	for _, c := range []struct {
		params map[string]any
		stays  bool
	}{
		{nil, false},
		{map[string]any{application.LogoutDevices: true}, false},
		{map[string]any{application.LogoutDevices: false}, true},
	} {
		d, first, second := alice(t)
		bearer, err := d.authenticate().Do(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.changePassword(nil).Do(t.Context(), bearer, chosen(c.params)); err != nil {
			t.Fatal(err)
		}
		if hash, err := d.Passwords.ByUser(t.Context(), bearer.User.ID); err != nil || hash != "hash of it" {
			t.Errorf("the password: %q, %v", hash, err)
		}
		if _, err := d.authenticate().Do(t.Context(), first); err != nil {
			t.Errorf("whoever asked: %v", err)
		}
		if _, err := d.authenticate().Do(t.Context(), second); (err == nil) != c.stays {
			t.Errorf("%v: the other device: %v", c.params, err)
		}
	}
}

// What happened since the request was authenticated counts.
func TestWhoeverWasSignedOutMeanwhileChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		become func(*domain.User)
		want   error
	}{
		{"logged out", nil, domain.ErrUnknownToken},
		{"locked", func(u *domain.User) { u.Locked = true }, domain.ErrUserLocked},
		{"deactivated", func(u *domain.User) { u.Deactivated = true }, domain.ErrUnknownToken},
	} {
		d, first, second := alice(t)
		bearer, err := d.authenticate().Do(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if c.become == nil {
			if _, err := (application.Logout{Authenticate: d.authenticate()}).Do(t.Context(), first); err != nil {
				t.Fatal(err)
			}
		} else if _, err := d.Users.Update(t.Context(), bearer.User.ID, func(u *domain.User) error { c.become(u); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := d.changePassword(nil).Do(t.Context(), bearer, chosen(nil)); !errors.Is(err, c.want) {
			t.Errorf("%s: the password: %v", c.name, err)
		}
		if _, err := d.Passwords.ByUser(t.Context(), bearer.User.ID); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: there is a password: %v", c.name, err)
		}
		if _, err := (application.Deactivate{Storage: d.storage, Now: d.login.Now}).Do(t.Context(), bearer, application.Confirmed{}); !errors.Is(err, c.want) {
			t.Errorf("%s: the deactivation: %v", c.name, err)
		}
		if _, err := d.openID().Issue(t.Context(), bearer); !errors.Is(err, c.want) {
			t.Errorf("%s: the OpenID token: %v", c.name, err)
		}
		if c.become == nil {
			if _, err := d.authenticate().Do(t.Context(), second); err != nil {
				t.Errorf("%s: the other device: %v", c.name, err)
			}
		}
	}
}

func TestWhoMayChangeAPassword(t *testing.T) {
	offered := application.LoginTypes{{Name: "m.login.password"}}
	user := domain.Bearer{User: domain.User{ID: "@alice:example.org"}}
	guest, service := user, user
	guest.User.Guest, service.Appservice = true, "irc"
	good, weak := "good", "x"
	for _, c := range []struct {
		name     string
		types    application.LoginTypes
		bearer   domain.Bearer
		password *string
		want     error
	}{
		{"a user", offered, user, &good, nil},
		{"who does not say it again", offered, user, nil, nil},
		{"a weak one", offered, user, &weak, domain.ErrWeakPassword},
		{"where nobody has one", application.LoginTypes{{Name: "says"}}, user, &good, domain.ErrForbidden},
		{"a guest", offered, guest, nil, domain.ErrForbidden},
		{"an application service", offered, service, &good, domain.ErrForbidden},
	} {
		if err := newDoor(says{}).changePassword(c.types).Check(c.bearer, c.password); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func (d door) openID() application.OpenID {
	return application.OpenID{Users: d.Users, Tickets: d.Tickets, Storage: d.storage, Limiter: ratelimit.Unlimited{}, Now: d.login.Now}
}

// onceEach lets each account pass once.
func onceEach() ports.RateLimiter {
	rates := map[domain.Limit]ratelimit.Rate{}
	for _, limit := range []domain.Limit{
		domain.LimitFailed, domain.LimitAddress, domain.LimitAccount, domain.LimitRegistration, domain.LimitRefresh, domain.LimitLoginToken,
	} {
		rates[limit] = ratelimit.Rate{PerSecond: 0.001, Burst: 1}
	}
	return ratelimit.NewMemory(rates, func() time.Time { return at })
}

func TestWhoseOpenIDTokensAreLimited(t *testing.T) {
	for _, c := range []struct {
		name    string
		bearer  domain.Bearer
		limited bool
	}{
		{"a user", domain.Bearer{}, true},
		{"a user of an application service", domain.Bearer{Appservice: "free"}, false},
		{"a user of one that is limited", domain.Bearer{Appservice: "limited"}, true},
	} {
		d, first, _ := alice(t)
		bearer, err := d.authenticate().Do(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		for sender, limited := range map[domain.UserID]bool{"@bot:example.org": c.limited, bearer.User.ID: c.limited && c.bearer.Appservice == ""} {
			openID := d.openID()
			openID.Limiter = onceEach()
			openID.Appservices = domain.Appservices{{ID: "free", Sender: sender}, {ID: "limited", Sender: sender, Limited: true}}
			bearer.Appservice = c.bearer.Appservice
			_, err1 := openID.Issue(t.Context(), bearer)
			_, err2 := openID.Issue(t.Context(), bearer)
			if err1 != nil || errors.Is(err2, domain.ErrLimited) != limited {
				t.Errorf("%s of %s: %v, %v", c.name, sender, err1, err2)
			}
		}
	}
}

// rings is a caller that takes a second.
type rings struct {
	now *time.Time
	err error
}

func (r rings) Ping(context.Context, domain.Appservice, string) error {
	*r.now = r.now.Add(time.Second)
	return r.err
}

func TestAPingTakesAsLongAsTheCall(t *testing.T) {
	now := at
	ping := application.PingAppservice{Caller: rings{now: &now}, Now: func() time.Time { return now }}
	if took, err := ping.Do(t.Context(), domain.Appservice{URL: "http://irc"}, ""); took != time.Second || err != nil {
		t.Errorf("got %v, %v", took, err)
	}
	ping.Caller = rings{&now, domain.ErrTooSlow}
	if took, err := ping.Do(t.Context(), domain.Appservice{URL: "http://irc"}, ""); took != 0 || err != domain.ErrTooSlow {
		t.Errorf("got %v, %v", took, err)
	}
	if _, err := ping.Do(t.Context(), domain.Appservice{}, ""); err != domain.ErrNoURL {
		t.Errorf("without a URL: %v", err)
	}
}

func TestAFaultOfTheStoreIsNoAnswerAboutTheAccount(t *testing.T) {
	d, first, _ := alice(t)
	bearer, err := d.authenticate().Do(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.openID().Issue(t.Context(), bearer)
	if err != nil || !strings.HasPrefix(string(token), "dwo_") {
		t.Fatal(token, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, do := range map[string]func() error{
		"password": func() error { return d.changePassword(nil).Do(ctx, bearer, chosen(nil)) },
		"deactivation": func() error {
			_, err := application.Deactivate{Storage: d.storage, Now: d.login.Now}.Do(ctx, bearer, application.Confirmed{})
			return err
		},
		"OpenID":   func() error { _, err := d.openID().Issue(ctx, bearer); return err },
		"userinfo": func() error { _, err := d.openID().User(ctx, string(token)); return err },
		"addresses": func() error {
			return application.ThirdPartyIDs{IDs: d.ThirdPartyIDs}.Delete(ctx, bearer, domain.Email, "a@b.c")
		},
	} {
		if err := do(); !errors.Is(err, context.Canceled) || errors.Is(err, domain.ErrUnknownToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
