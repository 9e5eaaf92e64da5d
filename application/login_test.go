package application_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// says is a login type whose credential is the answer itself.
type says struct {
	claims domain.Claims
	err    error
}

func (s says) Verify(context.Context, domain.Credential) (domain.Claims, error) {
	return s.claims, s.err
}

var at = time.UnixMilli(1_700_000_000_000).UTC()

// door is the use cases over one memory store.
type door struct {
	ports.Repositories
	storage ports.Storage
	login   application.Login
	preview application.Preview
}

func newDoor(verifier says) door {
	store := memstore.New()
	return door{
		Repositories: store.Repositories(),
		storage:      store,
		login: application.Login{
			Server:  "example.org",
			Types:   application.LoginTypes{{Name: "says", Verifier: verifier}},
			Storage: store,
			Limiter: ratelimit.Unlimited{},
			Now:     func() time.Time { return at },
		},
		preview: application.Preview{
			Server: "example.org", Users: store.Repositories().Users, Links: store.Repositories().Links,
			Tickets: store.Repositories().Tickets, Now: func() time.Time { return at },
		},
	}
}

// authenticate says whose a token is, by the door's clock.
func (d door) authenticate() application.Authenticate {
	return application.Authenticate{
		Server: "example.org", Sessions: d.Sessions, Users: d.Users, Devices: d.Devices, Tickets: d.Tickets,
		Now: d.login.Now,
	}
}

// shows is a request with the token.
func shows(token domain.Token) application.Presented {
	return application.Presented{Token: string(token)}
}

func request() application.LoginRequest {
	return application.LoginRequest{Credential: domain.Credential{Type: "says"}}
}

func ptr(s string) *string { return &s }

func TestALoginOpensASessionOfTheUserOnTheDevice(t *testing.T) {
	d := newDoor(says{claims: domain.Claims{Localpart: "alice", Register: true, Profile: domain.Profile{DisplayName: "Alice"}}})
	req := request()
	req.DeviceID, req.DeviceName = ptr("PHONE"), "Alice's phone"
	got, err := d.login.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	want := domain.User{ID: "@alice:example.org", DisplayName: "Alice", CreatedAt: at}
	if got.User != want || got.Device != "PHONE" || !got.UserCreated {
		t.Errorf("got %+v", got)
	}
	bearer, err := d.authenticate().Do(t.Context(), shows(got.AccessToken))
	if err != nil || bearer != (domain.Bearer{User: want, Device: "PHONE"}) {
		t.Errorf("the token is that of %+v, %v", bearer, err)
	}
	device, err := d.Devices.ByID(t.Context(), want.ID, "PHONE")
	if err != nil || device.DisplayName != "Alice's phone" || !device.CreatedAt.Equal(at) {
		t.Errorf("the device is %+v, %v", device, err)
	}
}

func TestALoginWithoutADeviceIDGetsANewDevice(t *testing.T) {
	d := newDoor(says{claims: domain.Claims{Localpart: "alice", Register: true}})
	first, err1 := d.login.Do(t.Context(), request())
	second, err2 := d.login.Do(t.Context(), request())
	if err1 != nil || err2 != nil || first.Device == second.Device || first.User != second.User {
		t.Errorf("got %+v, %v and %+v, %v", first, err1, second, err2)
	}
	if second.UserCreated {
		t.Error("the second login says that it created the user")
	}
}

func TestARefusedLoginWritesNothing(t *testing.T) {
	alice := domain.Claims{Localpart: "alice", Register: true}
	for _, c := range []struct {
		name     string
		verifier says
		request  application.LoginRequest
		want     error
	}{
		{"login type without a verifier", says{claims: alice}, application.LoginRequest{Credential: domain.Credential{Type: "other"}}, domain.ErrUnknownLoginType},
		{"the verifier refuses", says{claims: alice, err: domain.ErrForbidden}, request(), domain.ErrForbidden},
		{"empty device id", says{claims: alice}, application.LoginRequest{Credential: domain.Credential{Type: "says"}, DeviceID: ptr("")}, domain.ErrInvalidParam},
		{"long device name", says{claims: alice}, application.LoginRequest{Credential: domain.Credential{Type: "says"}, DeviceName: strings.Repeat("x", 101)}, domain.ErrTooLong},
		{"no localpart", says{claims: domain.Claims{Localpart: "Alice", Register: true}}, request(), domain.ErrInvalidUsername},
		{"user id too long", says{claims: domain.Claims{Localpart: strings.Repeat("a", 250), Register: true}}, request(), domain.ErrInvalidUsername},
		{"reserved for application services", says{claims: domain.Claims{Localpart: "_alice", Register: true}}, request(), domain.ErrInvalidUsername},
		{"reserved for guests", says{claims: domain.Claims{Localpart: "123", Register: true}}, request(), domain.ErrInvalidUsername},
		{"reserved, and not to be created", says{claims: domain.Claims{Localpart: "123"}}, request(), domain.ErrInvalidUsername},
		{"not to be created", says{claims: domain.Claims{Localpart: "alice"}}, request(), domain.ErrUserNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(c.verifier)
			if got, err := d.login.Do(t.Context(), c.request); !errors.Is(err, c.want) || got != (application.LoginResult{}) {
				t.Errorf("got %+v, %v; want %v", got, err, c.want)
			}
			id := domain.UserID("@" + c.verifier.claims.Localpart + ":example.org")
			if _, err := d.Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("the user: %v", err)
			}
		})
	}
}

func TestAnExistingUserNeedsNoLeaveToRegister(t *testing.T) {
	for _, localpart := range []string{"alice", "_bot", "123"} {
		d := newDoor(says{claims: domain.Claims{Localpart: localpart}})
		id := domain.UserID("@" + localpart + ":example.org")
		if err := d.Users.Create(t.Context(), domain.User{ID: id, CreatedAt: at}); err != nil {
			t.Fatal(err)
		}
		if got, err := d.login.Do(t.Context(), request()); err != nil || got.User.ID != id {
			t.Errorf("%s: got %+v, %v", localpart, got, err)
		}
	}
}

func TestTheExactSpellingIsTakenBeforeTheFoldedOne(t *testing.T) {
	claims := domain.Claims{Localpart: "alice", Exact: "Alice", Register: true}
	for _, c := range []struct {
		name   string
		exist  []domain.UserID
		claims domain.Claims
		want   domain.UserID
	}{
		{"neither exists", nil, claims, "@alice:example.org"},
		{"the folded one exists", []domain.UserID{"@alice:example.org"}, claims, "@alice:example.org"},
		{"the exact one exists", []domain.UserID{"@Alice:example.org"}, claims, "@Alice:example.org"},
		{"both exist", []domain.UserID{"@alice:example.org", "@Alice:example.org"}, claims, "@Alice:example.org"},
		{"the exact one is another name", []domain.UserID{"@Bob:example.org"}, domain.Claims{Localpart: "alice", Exact: "Bob", Register: true}, "@alice:example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(says{claims: c.claims})
			for _, id := range c.exist {
				if err := d.Users.Create(t.Context(), domain.User{ID: id, CreatedAt: at}); err != nil {
					t.Fatal(err)
				}
			}
			previewed, err := d.preview.Do(t.Context(), c.claims)
			if err != nil || previewed.User.ID != c.want || previewed.Exists != (len(c.exist) > 0 && c.exist[0] != "@Bob:example.org") {
				t.Errorf("the preview says %+v, %v", previewed, err)
			}
			if got, err := d.login.Do(t.Context(), request()); err != nil || got.User.ID != c.want {
				t.Errorf("got %s, %v; want %s", got.User.ID, err, c.want)
			}
		})
	}
}

func TestThePreviewRefusesAsTheLoginDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		claims domain.Claims
		user   *domain.User
		want   error
	}{
		{"locked", domain.Claims{Localpart: "alice"}, &domain.User{ID: "@alice:example.org", Locked: true}, domain.ErrUserLocked},
		{"deactivated", domain.Claims{Localpart: "alice"}, &domain.User{ID: "@alice:example.org", Deactivated: true}, domain.ErrUserDeactivated},
		{"not to be created", domain.Claims{Localpart: "alice"}, nil, domain.ErrUserNotFound},
		{"reserved", domain.Claims{Localpart: "1", Register: true}, nil, domain.ErrInvalidUsername},
		{"no localpart", domain.Claims{Localpart: "!", Register: true}, nil, domain.ErrInvalidUsername},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(says{claims: c.claims})
			if c.user != nil {
				if err := d.Users.Create(t.Context(), *c.user); err != nil {
					t.Fatal(err)
				}
			}
			previewed, err := d.preview.Do(t.Context(), c.claims)
			if !errors.Is(err, c.want) || previewed.Exists != (c.user != nil) {
				t.Errorf("the preview says %+v, %v; want %v", previewed, err, c.want)
			}
			if _, err := d.login.Do(t.Context(), request()); !errors.Is(err, c.want) {
				t.Errorf("the login says %v; want %v", err, c.want)
			}
		})
	}
}

// Whoever looks into it learns whose login was refused, and by which key; before
// the credential was verified, nobody knows.
func TestARefusalAfterVerificationSaysWhoseLoginItWas(t *testing.T) {
	evidence := domain.Evidence{Provider: "corp", KeyID: "k1", Subject: "Alice"}
	claims := func(localpart string, register bool) domain.Claims {
		return domain.Claims{Localpart: localpart, Register: register, Evidence: evidence}
	}
	proven := evidence
	proven.Verified = true
	for _, c := range []struct {
		name     string
		verifier says
		user     domain.UserID
		want     domain.Evidence
	}{
		{"the verifier refuses", says{claims: claims("alice", true), err: domain.ErrForbidden}, "", domain.Evidence{}},
		{"no localpart", says{claims: claims("Alice", true)}, "", proven},
		{"not to be created", says{claims: claims("alice", false)}, "@alice:example.org", proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newDoor(c.verifier).login.Do(t.Context(), request())
			var traced domain.Traced
			errors.As(err, &traced)
			if err == nil || traced.User != c.user || traced.Evidence != c.want {
				t.Errorf("%v: got %+v", err, traced)
			}
		})
	}
	result, err := newDoor(says{claims: claims("alice", true)}).login.Do(t.Context(), request())
	if err != nil || result.Evidence != proven {
		t.Errorf("got %+v, %v", result.Evidence, err)
	}
}
