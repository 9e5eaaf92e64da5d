package application_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// User-Interactive API in the REST API: stages are completed in the order of the
// flow, each once.
func TestStagesAreCompletedInTheirOrder(t *testing.T) {
	a := newAsking(t)
	a.mustHaveToken(t, "welcome", 1)
	first := a.challenged(t, registration(map[string]any{}), nil)
	want := &domain.Challenge{
		Session: first.Session, Flows: []domain.Flow{{application.RegistrationTokenStage, application.TermsStage}},
		Params: map[string]any{application.TermsStage: map[string]any{"policies": map[string]any{"privacy": map[string]any{
			"version": "1",
			"en":      map[string]string{"name": "Privacy", "url": "https://example.org/en"},
			"de":      map[string]string{"name": "Datenschutz", "url": "https://example.org/de"},
		}}}},
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	s := first.Session
	const token, terms = application.RegistrationTokenStage, application.TermsStage
	a.challenged(t, with(registration(nil), s, terms), domain.ErrForbidden)
	a.challenged(t, with(registration(nil), s, application.DummyStage), domain.ErrForbidden)
	a.challenged(t, with(registration(nil), s, "shown", string(alices)), domain.ErrForbidden)
	a.challenged(t, with(registration(nil), s, token), domain.ErrMissingParam)
	a.challenged(t, with(registration(nil), s, token, "unknown"), domain.ErrForbidden)
	a.challenged(t, with(registration(nil), s, token, "welcome"), nil, token)
	a.challenged(t, with(registration(nil), s, token, "unknown"), nil, token) // it is completed
	a.challenged(t, with(registration(nil), s, ""), nil, token)
	got := a.confirmed(t, with(registration(nil), s, terms))
	for range 2 { // until it is carried out, it stays confirmed
		if again := a.confirmed(t, with(registration(nil), s, terms)); cmp.Diff(got.Params, again.Params) != "" || again.Done {
			t.Errorf("got %+v; want %+v", again, got)
		}
	}
	stored, err := a.Interactions.ByID(t.Context(), s.Hash(), at)
	if err != nil || !slices.Equal(stored.Accepted, []string{"privacy 1"}) || stored.RegistrationToken != "welcome" {
		t.Errorf("got %+v, %v", stored, err)
	}
}

// Token-authenticated registration: a session holds the use that it was given,
// as long as it lasts.
func TestARegistrationTokenIsHeldByTheSession(t *testing.T) {
	a := newAsking(t)
	a.mustHaveToken(t, "welcome", 1)
	const stage = application.RegistrationTokenStage
	a.challenged(t, with(registration(nil), "", stage, "welcome"), nil, stage)
	a.challenged(t, with(registration(nil), "", stage, "welcome"), domain.ErrForbidden)
	*a.clock = at.Add(time.Hour)
	a.challenged(t, with(registration(nil), "", stage, "welcome"), nil, stage)
}

// Rate limiting: what cannot be wrong is no guess.
func TestOnlyStagesThatCanBeGuessedAreLimited(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(nil), nil).Session
	for range 3 {
		a.challenged(t, with(deletion(nil), s, "shown", "x"), domain.ErrForbidden)
	}
	for name, req := range map[string]application.Confirmation{
		"a proof": with(deletion(nil), s, "shown", string(alices)), "a token": with(registration(nil), "", application.RegistrationTokenStage, "x"),
	} {
		if _, err := a.Do(t.Context(), req); !errors.Is(err, domain.ErrLimited) {
			t.Errorf("%s: %v", name, err)
		}
	}
	req := with(deletion(nil), s, "shown", string(alices))
	req.Address = "192.0.2.2"
	a.confirmed(t, req)
	a.Registration = application.RegistrationStages{}
	a.confirmed(t, with(registration(nil), "", application.DummyStage))
}

func TestAUserWithoutAWayToConfirmIsRefused(t *testing.T) {
	a := newAsking(t)
	a.Types = a.Types[1:]
	if _, err := a.Do(t.Context(), deletion(nil)); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}
