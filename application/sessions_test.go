package application_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// alice is a door at which alice has signed in twice.
func alice(t *testing.T) (d door, first, second string) {
	t.Helper()
	d = newDoor(says{claims: domain.Claims{Localpart: "alice", Register: true}})
	var tokens []string
	for range 2 {
		got, err := d.login.Do(t.Context(), request())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, string(got.AccessToken))
	}
	return d, tokens[0], tokens[1]
}

func TestLogoutEndsOneSessionAndLogoutAllTheRest(t *testing.T) {
	d, first, second := alice(t)
	authenticate := application.Authenticate{Sessions: d.Sessions, Now: d.login.Now}.Do
	logout := application.Logout{Sessions: d.Sessions}.Do
	logoutAll := application.LogoutAll{Sessions: d.Sessions}.Do

	bearer, err := logout(t.Context(), first)
	if err != nil || bearer.User.ID != "@alice:example.org" {
		t.Errorf("logout: %+v, %v", bearer, err)
	}
	if _, err := d.Devices.ByID(t.Context(), bearer.User.ID, bearer.Device); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the device: %v", err)
	}
	for name, do := range map[string]func(context.Context, string) (domain.Bearer, error){
		"authenticate": authenticate, "logout": logout, "logout of all": logoutAll,
	} {
		if _, err := do(t.Context(), first); err != domain.ErrUnknownToken {
			t.Errorf("%s after the logout: %v", name, err)
		}
		if _, err := do(t.Context(), ""); err != domain.ErrMissingToken {
			t.Errorf("%s without a token: %v", name, err)
		}
		if _, err := do(t.Context(), "rubbish"); err != domain.ErrUnknownToken {
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
	authenticate := application.Authenticate{Sessions: d.Sessions, Now: d.login.Now}.Do
	user := domain.User{ID: "@alice:example.org", Locked: true}
	if err := d.Users.Update(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if _, err := authenticate(t.Context(), first); err != domain.ErrUserLocked {
		t.Errorf("locked: %v", err)
	}
	if _, err := (application.Logout{Sessions: d.Sessions}).Do(t.Context(), first); err != nil {
		t.Errorf("logout while locked: %v", err)
	}
	user.Deactivated = true
	if err := d.Users.Update(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if _, err := authenticate(t.Context(), second); err != domain.ErrUnknownToken {
		t.Errorf("deactivated: %v", err)
	}
	user.Locked, user.Deactivated = false, false
	if err := d.Users.Update(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if _, err := authenticate(t.Context(), second); err != nil {
		t.Errorf("back again: %v", err)
	}
}

func TestAFaultOfTheStoreIsNeverAnUnknownToken(t *testing.T) {
	d, first, _ := alice(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, do := range map[string]func(context.Context, string) (domain.Bearer, error){
		"authenticate":  application.Authenticate{Sessions: d.Sessions, Now: d.login.Now}.Do,
		"logout":        application.Logout{Sessions: d.Sessions}.Do,
		"logout of all": application.LogoutAll{Sessions: d.Sessions}.Do,
	} {
		if _, err := do(ctx, first); !errors.Is(err, context.Canceled) || errors.Is(err, domain.ErrUnknownToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
