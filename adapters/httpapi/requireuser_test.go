package httpapi_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// guarded is a homeserver's endpoint behind RequireUser; it answers who asks.
func guarded(d door, sessions ports.SessionRepository) door {
	endpoint := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, ok := httpapi.BearerFrom(r.Context())
		if !ok {
			panic("nobody asks")
		}
		_, _ = io.WriteString(w, `{"who":"`+string(bearer.User.ID)+` on `+string(bearer.Device)+`"}`)
	})
	d.Handler = httpapi.RequireUser(application.Authenticate{Sessions: sessions, Now: time.Now}, slog.New(slog.NewJSONHandler(d.log, nil)))(endpoint)
	return d
}

func TestAnEndpointBehindRequireUserKnowsItsUser(t *testing.T) {
	d := newDoor()
	token := d.login(t, "alice", "D")
	d = guarded(d, d.store.Repositories().Sessions)
	for _, a := range []answered{
		d.do(t, "GET", "/sync", "", "Authorization: Bearer "+token),
		d.do(t, "GET", "/sync?access_token="+token, ""),
	} {
		if a.status != 200 || a.body["who"] != "@alice:example.org on D" {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
}

func TestRequireUserRefusesOthers(t *testing.T) {
	d := newDoor()
	locked := d.login(t, "alice", "D")
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
	d = guarded(d, d.store.Repositories().Sessions)
	for header, want := range map[string]string{
		"X: none":                         "M_MISSING_TOKEN",
		"Authorization: Bearer rubbish":   "M_UNKNOWN_TOKEN",
		"Authorization: Bearer " + locked: "M_USER_LOCKED",
	} {
		a := d.do(t, "GET", "/sync", "", header)
		if a.status != 401 || a.errcode() != want || a.header.Get("Access-Control-Allow-Origin") != "*" ||
			a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s %v", header, a.status, a.text, a.header)
		}
	}
	if log := d.log.entries(t, "whose request it is could not be found out"); len(log) != 0 {
		t.Errorf("clients' faults are logged as ours: %v", log)
	}
}

func TestRequireUserAnswersOptionsItself(t *testing.T) {
	d := newDoor()
	d = guarded(d, d.store.Repositories().Sessions)
	a := d.do(t, "OPTIONS", "/sync", "")
	if a.status != 204 || a.header.Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("%d %v", a.status, a.header)
	}
}

func TestRequireUserNeverBlamesTheUserForTheStore(t *testing.T) {
	d := guarded(newDoor(), brokenSessions{err: errors.New("disk on fire")})
	a := d.do(t, "GET", "/sync", "", "Authorization: Bearer "+string(domain.NewToken(domain.AccessToken, domain.NewSessionID())))
	if a.status != 500 || a.errcode() != "M_UNKNOWN" {
		t.Errorf("%d %s", a.status, a.text)
	}
	log := d.log.entries(t, "whose request it is could not be found out")
	if len(log) != 1 || log[0]["cause"] != "disk on fire" {
		t.Errorf("log %v", log)
	}
}

func TestRequireUserDoesNotComplainOfClientsThatWentAway(t *testing.T) {
	d := guarded(newDoor(), brokenSessions{err: context.Canceled})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/sync", nil)
	r.Header.Set("Authorization", "Bearer "+string(domain.NewToken(domain.AccessToken, domain.NewSessionID())))
	d.send(t, r)
	if log := d.log.String(); log != "" {
		t.Errorf("log %s", log)
	}
}

func TestNobodyIsInAContextThatSawNoRequireUser(t *testing.T) {
	if bearer, ok := httpapi.BearerFrom(t.Context()); ok {
		t.Errorf("%v", bearer)
	}
}

// brokenSessions is a store that cannot say whose a token is.
type brokenSessions struct {
	ports.SessionRepository
	err error
}

func (b brokenSessions) ByAccessToken(context.Context, domain.TokenKey, time.Time) (domain.Bearer, error) {
	return domain.Bearer{}, b.err
}
