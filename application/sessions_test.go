package application_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// alice is a door at which alice has signed in twice.
func alice(t *testing.T) (d door, first, second application.Presented) {
	t.Helper()
	d = newDoor(says{claims: domain.Claims{Localpart: "alice", Register: true}})
	var tokens []application.Presented
	for range 2 {
		got, err := d.login.Do(t.Context(), request())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, shows(got.AccessToken))
	}
	return d, tokens[0], tokens[1]
}

func TestLogoutEndsOneSessionAndLogoutAllTheRest(t *testing.T) {
	d, first, second := alice(t)
	authenticate := d.authenticate().Do
	logout := application.Logout{Authenticate: d.authenticate()}.Do
	logoutAll := application.LogoutAll{Authenticate: d.authenticate(), Storage: d.storage}.Do

	bearer, err := logout(t.Context(), first)
	if err != nil || bearer.User.ID != "@alice:example.org" {
		t.Errorf("logout: %+v, %v", bearer, err)
	}
	if _, err := d.Devices.ByID(t.Context(), bearer.User.ID, bearer.Device); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the device: %v", err)
	}
	for name, do := range map[string]func(context.Context, application.Presented) (domain.Bearer, error){
		"authenticate": authenticate, "logout": logout, "logout of all": logoutAll,
	} {
		if _, err := do(t.Context(), first); err != domain.ErrUnknownToken {
			t.Errorf("%s after the logout: %v", name, err)
		}
		if _, err := do(t.Context(), application.Presented{}); err != domain.ErrMissingToken {
			t.Errorf("%s without a token: %v", name, err)
		}
		if _, err := do(t.Context(), shows("rubbish")); err != domain.ErrUnknownToken {
			t.Errorf("%s with rubbish: %v", name, err)
		}
	}
	if _, err := authenticate(t.Context(), second); err != nil {
		t.Errorf("the other session: %v", err)
	}
	if _, err := logoutAll(t.Context(), second); err != nil {
		t.Errorf("logout of all: %v", err)
	}
	if _, err := authenticate(t.Context(), second); err != domain.ErrUnknownToken {
		t.Errorf("the other session after the logout of all: %v", err)
	}
}

func TestALockedUserMayOnlyLogOutAndADeactivatedOneIsUnknown(t *testing.T) {
	d, first, second := alice(t)
	authenticate := d.authenticate().Do
	become := func(change func(*domain.User)) {
		t.Helper()
		if _, err := d.Users.Update(t.Context(), "@alice:example.org", func(u *domain.User) error { change(u); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	become(func(u *domain.User) { u.Locked = true })
	if _, err := authenticate(t.Context(), first); err != domain.ErrUserLocked {
		t.Errorf("locked: %v", err)
	}
	if _, err := (application.Logout{Authenticate: d.authenticate()}).Do(t.Context(), first); err != nil {
		t.Errorf("logout while locked: %v", err)
	}
	become(func(u *domain.User) { u.Deactivated = true })
	if _, err := authenticate(t.Context(), second); err != domain.ErrUnknownToken {
		t.Errorf("deactivated: %v", err)
	}
	become(func(u *domain.User) { u.Locked, u.Deactivated = false, false })
	if _, err := authenticate(t.Context(), second); err != nil {
		t.Errorf("back again: %v", err)
	}
}

func TestAFaultOfTheStoreIsNeverAnUnknownToken(t *testing.T) {
	d, first, _ := alice(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, do := range map[string]func(context.Context, application.Presented) (domain.Bearer, error){
		"authenticate":  d.authenticate().Do,
		"logout":        application.Logout{Authenticate: d.authenticate()}.Do,
		"logout of all": application.LogoutAll{Authenticate: d.authenticate(), Storage: d.storage}.Do,
	} {
		if _, err := do(ctx, first); !errors.Is(err, context.Canceled) || errors.Is(err, domain.ErrUnknownToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
