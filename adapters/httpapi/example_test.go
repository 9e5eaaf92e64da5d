package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// badgeReader is a login type of its own: it lets in whoever has a badge. The
// login request brings the badge's number in a field of its own.
type badgeReader map[string]string // from the number to the holder's name

// Verify implements ports.TokenVerifier.
func (b badgeReader) Verify(_ context.Context, cred domain.Credential) (domain.Claims, error) {
	number, _ := cred.Extra["number"].(string)
	holder, ok := b[number]
	if !ok {
		return domain.Claims{}, domain.Refuse(domain.ErrForbidden, "unknown_badge", "Nobody has this badge")
	}
	return domain.Claims{Localpart: holder, Register: true}, nil
}

// A program that embeds Doorward makes the API of a store and its login types,
// serves it, and protects endpoints of its own with the same sessions.
func Example() {
	store := memstore.New()
	const server = domain.ServerName("example.org")
	api := httpapi.API{
		UseCases: application.New(application.Dependencies{
			Server:  server,
			Types:   application.LoginTypes{{Name: "org.example.login.badge", Verifier: badgeReader{"0042": "alice"}}},
			Storage: store,
			Limiter: ratelimit.Unlimited{},
			Hasher:  password.NewHasher(),
			Now:     time.Now,
		}),
		Ping:     store.Ping,
		Settings: httpapi.Settings{ServerName: server},
		Log:      slog.New(slog.DiscardHandler),
		Now:      time.Now,
	}
	greet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := httpapi.BearerFrom(r.Context())
		fmt.Fprintf(w, "Hello %s!", bearer.User.ID.Localpart())
	})
	mux := http.NewServeMux()
	mux.Handle("/", httpapi.New(api))
	mux.Handle("/hello", httpapi.RequireUser(api.Authenticate, api.Log)(greet))
	homeserver := httptest.NewServer(mux)
	defer homeserver.Close()

	res, err := http.Post(homeserver.URL+"/_matrix/client/v3/login", "application/json",
		strings.NewReader(`{"type": "org.example.login.badge", "number": "0042", "device_id": "TERMINAL"}`))
	if err != nil {
		panic(err)
	}
	var session struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil {
		panic(err)
	}
	res.Body.Close()

	for _, path := range []string{"/_matrix/client/v3/account/whoami", "/hello"} {
		res, err := http.Get(homeserver.URL + path + "?access_token=" + session.AccessToken)
		if err != nil {
			panic(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		fmt.Println(string(text))
	}
	// Output:
	// {"user_id":"@alice:example.org","device_id":"TERMINAL","is_guest":false}
	// Hello alice!
}
