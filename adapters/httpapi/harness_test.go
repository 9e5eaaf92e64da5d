package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	loginPath  = "/_matrix/client/v3/login"
	whoamiPath = "/_matrix/client/v3/account/whoami"
)

// badges is a login type of the provider gate: the token "badge of NAME" proves to
// be NAME, "old badge" is genuine and has expired, and others find the verifier's
// faults.
type badges struct{ seen chan domain.Credential }

func (b badges) Verify(ctx context.Context, cred domain.Credential) (domain.Claims, error) {
	if b.seen != nil {
		b.seen <- cred
	}
	if cred.Token == nil {
		return domain.Claims{}, domain.Refuse(domain.ErrForbidden, "missing_badge", "Show your badge")
	}
	switch token := *cred.Token; token {
	case "old badge":
		expired := domain.Refuse(domain.ErrForbidden, "expired_badge", "Badge has expired")
		return domain.Claims{}, domain.Trace(expired, domain.Evidence{Provider: "gate", KeyID: "k1", Subject: "Al", Verified: true}, "")
	case "broken badge":
		return domain.Claims{}, errors.New("reader on fire")
	case "bomb":
		panic("bang")
	case "abort":
		panic(http.ErrAbortHandler)
	case "unreachable":
		return domain.Claims{}, domain.ErrUnavailable
	case "waits for the client":
		<-ctx.Done()
		return domain.Claims{}, ctx.Err()
	default:
		name, ok := strings.CutPrefix(token, "badge of ")
		if !ok {
			return domain.Claims{}, domain.ErrForbidden
		}
		return domain.Claims{
			Localpart: name, Register: name != "stranger", Evidence: domain.Evidence{Provider: "gate", KeyID: "k1", Subject: name},
		}, nil
	}
}

// A door is an API in front of a store, and what it logs and observes.
type door struct {
	http.Handler
	store ports.Storage
	log   *lines
	saw   *observed
}

func newDoor(change ...func(*httpapi.API)) door {
	d := door{store: memstore.New(), log: &lines{}, saw: &observed{}}
	api := api(d.store, badges{})
	api.Log = slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	api.Observer = d.saw
	for _, c := range change {
		c(&api)
	}
	d.Handler = httpapi.New(api)
	return d
}

// api is an API over a store, whose one login type is badges.
func api(store ports.Storage, verifier ports.TokenVerifier) httpapi.API {
	const server = domain.ServerName("example.org")
	return httpapi.API{
		UseCases: application.New(application.Dependencies{
			Server:  server,
			Types:   application.LoginTypes{{Name: "org.example.badge", Verifier: verifier, Interactive: application.Always}},
			Storage: store,
			Limiter: ratelimit.Unlimited{},
			Hasher:  password.NewHasher(),
			Now:     time.Now,
		}),
		Ping:     store.Ping,
		Settings: httpapi.Settings{ServerName: server},
		Now:      time.Now,
	}
}

// An answered request.
type answered struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (a answered) errcode() string {
	code, _ := a.body["errcode"].(string)
	return code
}

// do sends a request whose headers are "Name: value".
func (d door) do(t testing.TB, method, target, body string, headers ...string) answered {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return d.send(t, r)
}

func (d door) send(t testing.TB, r *http.Request) answered {
	t.Helper()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return readAnswer(t, w.Result())
}

func readAnswer(t testing.TB, res *http.Response) answered {
	t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answered{status: res.StatusCode, header: res.Header, text: string(text)}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			t.Fatalf("body %q: %v", text, err)
		}
	}
	return a
}

// login signs name in on the device and returns the token.
func (d door) login(t testing.TB, name, device string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{
		"type": "org.example.badge", "token": "badge of " + name, "device_id": device,
	})
	a := d.do(t, "POST", loginPath, string(body))
	token, _ := a.body["access_token"].(string)
	if a.status != http.StatusOK || token == "" {
		t.Fatalf("login answers %d %s", a.status, a.text)
	}
	return token
}

// update changes a user that exists.
func (d door) update(t testing.TB, id domain.UserID, change func(*domain.User)) {
	t.Helper()
	_, err := d.store.Repositories().Users.Update(t.Context(), id, func(u *domain.User) error { change(u); return nil })
	if err != nil {
		t.Fatal(err)
	}
}
