package application_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// wants is a provider whose tokens are what it wants.
type wants domain.ProviderLogout

func (w wants) VerifyLogout(context.Context, string, string) (domain.ProviderLogout, error) {
	return domain.ProviderLogout(w), nil
}

// leave has the provider end what it wants.
func (d door) leave(t *testing.T, wanted domain.ProviderLogout) (application.ProviderLogoutResult, error) {
	t.Helper()
	return application.ProviderLogout{
		Tokens: wants(wanted), Storage: d.storage, Limiter: ratelimit.Unlimited{}, Now: d.login.Now,
	}.Do(t.Context(), "corp", "token", "192.0.2.1")
}

// loginFrom signs in on a device, from a session at the provider.
func (d door) loginFrom(t *testing.T, device, sid string) domain.Token {
	t.Helper()
	claims := linked("alice", "1", false)
	if sid != "" {
		claims.ProviderSession = domain.ProviderSession("corp", "", sid)
	}
	d.login.Types[0].Verifier = says{claims: claims}
	req := request()
	req.DeviceID = &device
	result, err := d.login.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return result.AccessToken
}

func TestAProviderEndsAllSessionsOfAUserAndWhatElseActsAsIt(t *testing.T) {
	d := newDoor(says{})
	token := d.loginFrom(t, "PHONE", "")
	ticket := domain.Ticket{Hash: domain.TokenHash{7}, User: alices}
	if err := d.Tickets.Create(t.Context(), ticket, at); err != nil {
		t.Fatal(err)
	}
	result, err := d.leave(t, domain.ProviderLogout{Link: ofAlice, Evidence: domain.Evidence{Provider: "corp"}})
	if err != nil || result.User != alices || len(result.Devices) > 0 || result.Evidence.Provider != "corp" {
		t.Errorf("got %+v, %v", result, err)
	}
	if _, err := d.authenticate().Do(t.Context(), shows(token)); !errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("the session: %v", err)
	}
	if _, err := d.Tickets.ByHash(t.Context(), ticket.Hash, at); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the ticket: %v", err)
	}
}

func TestAProviderEndsOneSessionAndSaysWhichDeviceWent(t *testing.T) {
	d := newDoor(says{})
	d.loginFrom(t, "PHONE", "s")
	token := d.loginFrom(t, "TABLET", "")
	result, err := d.leave(t, domain.ProviderLogout{Session: domain.ProviderSession("corp", "", "s")})
	if err != nil || result.User != alices || !slices.Equal(result.Devices, []domain.DeviceID{"PHONE"}) {
		t.Errorf("got %+v, %v", result, err)
	}
	if _, err := d.authenticate().Do(t.Context(), shows(token)); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

// What a token ends, and that it was used, is written as one.
func TestATokenThatWasUsedEndsNothing(t *testing.T) {
	d := newDoor(says{})
	used := domain.Refuse(domain.ErrForbidden, "used", "It was used")
	wanted := domain.ProviderLogout{
		Link: ofAlice, Evidence: domain.Evidence{Provider: "corp"},
		Once: domain.Once{Key: domain.TokenHash{1}, Until: at.Add(time.Minute), Used: used},
	}
	if result, err := d.leave(t, wanted); err != nil || result.User != "" {
		t.Errorf("before anybody is there: %+v, %v", result, err)
	}
	token := d.loginFrom(t, "PHONE", "")
	_, err := d.leave(t, wanted)
	var traced domain.Traced
	if !errors.Is(err, domain.ErrForbidden) || !errors.As(err, &traced) || traced.User != alices || traced.Provider != "corp" {
		t.Errorf("got %#v", err)
	}
	if _, err := d.authenticate().Do(t.Context(), shows(token)); err != nil {
		t.Errorf("the session: %v", err)
	}
}

func TestWhereThereIsNoProviderNobodyEndsAnything(t *testing.T) {
	_, err := application.ProviderLogout{}.Do(t.Context(), "corp", "token", "")
	if !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
