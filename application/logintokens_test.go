package application_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// POST /v1/login/get_token, against what happens meanwhile.
func TestNobodyWhoWasSignedOutMeanwhileGetsALoginToken(t *testing.T) {
	a := newAsking(t)
	bearer := domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}
	if _, err := a.tokens.Issue(t.Context(), bearer, application.Confirmed{}); !errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("the device is gone: %v", err)
	}
	if err := a.Devices.Create(t.Context(), domain.Device{UserID: alices, ID: "PHONE", CreatedAt: at}); err != nil {
		t.Fatal(err)
	}
	set := func(deactivated bool) {
		if _, err := a.Users.Update(t.Context(), alices, func(u *domain.User) error { u.Deactivated = deactivated; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(true)
	if _, err := a.tokens.Issue(t.Context(), bearer, application.Confirmed{}); !errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("the user is deactivated: %v", err)
	}
	set(false)
	token, err := a.tokens.Issue(t.Context(), bearer, application.Confirmed{}) // what was refused cost nothing
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := a.Tickets.ByHash(t.Context(), token.Hash(), at)
	if err != nil || ticket.User != alices || !ticket.Expires.Equal(at.Add(time.Minute)) {
		t.Errorf("got %+v, %v", ticket, err)
	}
	if _, err := a.tokens.Issue(t.Context(), bearer, application.Confirmed{}); !errors.Is(err, domain.ErrLimited) {
		t.Errorf("the second: %v", err)
	}
}
