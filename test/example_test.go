package test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// A program that embeds Doorward with a database and JWT logins, from exported
// packages only.
func Example_jwtLoginsOnSQLite() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "doorward")
	check(err)
	defer os.RemoveAll(folder)

	// The store. On PostgreSQL it is OpenPostgres, and nothing else changes.
	store, err := gormstore.OpenSQLite(ctx, gormstore.Options{URL: "sqlite:" + filepath.Join(folder, "doorward.db")})
	check(err)
	defer store.Close()
	check(store.Migrate(ctx))
	check(store.BelongTo(ctx, "example.org"))

	// Who signs the tokens, and with which keys.
	static, err := keys.Load(keys.Source{Secret: "0123456789abcdef0123456789abcdef"})
	check(err)
	verifier, err := jwtlogin.New(time.Now, jwtlogin.Provider{
		Name: "corp", Keys: static, Algorithms: static.Algorithms(), Leeway: time.Minute, RegisterUser: true,
	})
	check(err)

	// The API.
	api := httpapi.New(httpapi.API{
		UseCases: application.New(application.Dependencies{
			Server:  "example.org",
			Types:   application.LoginTypes{{Name: jwtlogin.Type, Verifier: verifier}},
			Storage: store,
			Limiter: ratelimit.Unlimited{},
			Hasher:  password.NewHasher(),
			Now:     time.Now,
		}),
		Ping:     store.Ping,
		Settings: httpapi.Settings{ServerName: domain.ServerName("example.org")},
		Now:      time.Now,
	})
	server := httptest.NewServer(api)
	defer server.Close()

	token, err := jwtlogin.Sign("HS256", []byte("0123456789abcdef0123456789abcdef"), "", map[string]any{"sub": "alice"})
	check(err)
	res, err := http.Post(server.URL+"/_matrix/client/v3/login", "application/json",
		strings.NewReader(`{"type":"org.matrix.login.jwt","token":"`+token+`","device_id":"PHONE"}`))
	check(err)
	defer res.Body.Close()
	var session struct {
		UserID   string `json:"user_id"`
		DeviceID string `json:"device_id"`
	}
	check(json.NewDecoder(res.Body).Decode(&session))
	fmt.Println(session.UserID, session.DeviceID)
	// Output: @alice:example.org PHONE
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
