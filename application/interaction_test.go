package application_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// User-Interactive API in the REST API: "the same request". Those who register may
// say later what they did not say at first.
func TestParametersAreRememberedAndNeverChange(t *testing.T) {
	a := newAsking(t)
	secret, other := "pässword", "password"
	s := a.challenged(t, registration(nil), nil).Session
	req := with(registration(map[string]any{"username": "carol"}), s, "")
	a.challenged(t, req, nil)
	req.Params, req.Password = map[string]any{"device_id": "PHONE", "inhibit_login": true, "devices": []string{"x"}}, &secret
	a.challenged(t, req, nil)
	a.challenged(t, req, nil)
	for _, params := range []map[string]any{{"username": "Carol"}, {"inhibit_login": false}, {"devices": []string{"x", "y"}}, {"username": nil}} {
		if _, err := a.Do(t.Context(), with(registration(params), s, "")); !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%v: %v", params, err)
		}
	}
	req = with(registration(nil), s, "")
	req.Password = &other
	if _, err := a.Do(t.Context(), req); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("another password: %v", err)
	}
	a.mustHaveToken(t, "welcome", 1)
	a.challenged(t, with(registration(nil), s, application.RegistrationTokenStage, "welcome"), nil, application.RegistrationTokenStage)
	got := a.confirmed(t, with(registration(map[string]any{"late": "x"}), s, application.TermsStage))
	want := map[string]any{"username": "carol", "device_id": "PHONE", "inhibit_login": true, "devices": []any{"x"}, "late": "x"}
	if diff := cmp.Diff(want, got.Params); diff != "" || got.Password != "hash of pässword" {
		t.Errorf("%s; the password is %q", diff, got.Password)
	}
}

func TestNothingIsAddedToWhatSomebodyConfirmed(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(nil), nil).Session
	token := string(alices)
	if err := a.Complete(t.Context(), application.Auth{Session: string(s), Stage: "shown", Token: &token}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(t.Context(), with(deletion(map[string]any{"devices": []string{"x"}}), s, "")); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if got := a.confirmed(t, with(deletion(nil), s, "")); len(got.Params) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestOfDifferentParametersAtOnceTheFirstAreRemembered(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(nil), nil).Session
	second := "hashed while the first request is remembered"
	late := with(deletion(map[string]any{"devices": []string{"late"}}), s, "shown", string(alices))
	late.Password = &second
	a.Hasher = interrupted{do: func() {
		a.challenged(t, with(deletion(map[string]any{"devices": []string{"first"}}), s, ""), nil)
	}}
	if _, err := a.Do(t.Context(), late); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	got := a.confirmed(t, with(deletion(nil), s, "shown", string(alices)))
	if diff := cmp.Diff(map[string]any{"devices": []any{"first"}}, got.Params); diff != "" || got.Password != "" {
		t.Errorf("%s; the password is %q", diff, got.Password)
	}
}

func TestASessionConfirmsOnlyTheRequestItIsFor(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(nil), nil).Session
	for name, change := range map[string]func(*application.Confirmation){
		"another operation": func(c *application.Confirmation) { c.Operation = "DELETE /devices/x" },
		"another user":      func(c *application.Confirmation) { c.User = bobs },
		"a registration":    func(c *application.Confirmation) { c.Operation, c.User = application.RegisterOperation, "" },
		"bob's proof":       func(c *application.Confirmation) { bob := string(bobs); c.Auth.Token = &bob },
	} {
		req := with(deletion(nil), s, "shown", string(alices))
		change(&req)
		if _, err := a.Do(t.Context(), req); !errors.Is(err, domain.ErrForbidden) || errors.Is(err, domain.ErrUnconfirmed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.confirmed(t, with(deletion(nil), s, "shown", string(alices)))
}

func TestASessionLastsAnHour(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(map[string]any{"devices": []string{"x"}}), nil).Session
	*a.clock = at.Add(time.Hour - time.Millisecond)
	a.confirmed(t, with(deletion(nil), s, "shown", string(alices)))
	*a.clock = at.Add(time.Hour)
	fresh := a.challenged(t, with(deletion(nil), s, "shown", string(alices)), nil)
	if fresh.Session == s {
		t.Error("the expired session is offered again")
	}
	if stage, err := a.Stage(t.Context(), string(s), "shown"); !errors.Is(err, domain.ErrInvalidParam) {
		t.Errorf("its page: %+v, %v", stage, err)
	}
}
