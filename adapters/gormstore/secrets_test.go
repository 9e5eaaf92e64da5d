package gormstore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/logger"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestLogsAndErrorsHoldNoTokenAndNoName(t *testing.T) {
	for name, open := range map[string]func(*testing.T, *slog.Logger) (*gormstore.Store, error){
		"PostgreSQL": func(t *testing.T, log *slog.Logger) (*gormstore.Store, error) {
			return gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: postgres.Open(t), Log: log})
		},
		"SQLite": func(t *testing.T, log *slog.Logger) (*gormstore.Store, error) {
			return gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: newFile(t), Log: log})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var said record
			log.SetOutput(&said)
			defer log.SetOutput(os.Stderr)
			usual := logger.Default
			logger.Default = logger.New(log.New(&said, "gorm ", 0), logger.Config{LogLevel: logger.Info})
			defer func() { logger.Default = usual }()
			store := migrated(t, closed(t)(open(t, slog.New(slog.NewJSONHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})))))
			provoke(t, store, &said)

			hash := access("secret-session").Token
			for _, secret := range []string{
				"secret-", string(hash[:]), hex.EncodeToString(hash[:]), base64.StdEncoding.EncodeToString(hash[:]),
				strings.Trim(fmt.Sprint(hash[:]), "[]"),
			} {
				if strings.Contains(strings.ToLower(said.String()), strings.ToLower(secret)) {
					t.Errorf("%q is said in:\n%s", secret, said.String())
				}
			}
			if !strings.Contains(said.String(), "migrat") {
				t.Error("the log was not recorded")
			}
		})
	}
}

// provoke signs in, and makes the store fail in every way that knows a secret.
func provoke(t *testing.T, store *gormstore.Store, said *record) {
	t.Helper()
	in := login("@secret-user:example.org", "secret-device", "secret-session")
	in.DisplayName, in.DeviceName = "secret-name", "secret-device-name"
	in.Link = domain.Link{Provider: "p", Issuer: "secret-issuer", Subject: "secret-subject"}
	if err := signIn(t.Context(), store, in); err != nil {
		t.Fatal(err)
	}
	sign := func() error { return signIn(t.Context(), store, in) }
	in.Device = "secret-other"
	said.failure(t, sign)
	in.Users = []domain.UserID{"@secret\x00:x"}
	said.failure(t, sign)
	in.Users = []domain.UserID{"@secret-user:example.org"}

	calls := append(secretCalls(t, store.Repositories()), sign)
	execute(t, store.Writer(),
		"ALTER TABLE devices RENAME COLUMN session_hash TO moved",
		"ALTER TABLE devices RENAME COLUMN last_seen_agent TO moved_too",
		"ALTER TABLE users RENAME COLUMN password_hash TO moved",
		"ALTER TABLE third_party_ids RENAME TO moved_ids",
		"ALTER TABLE tickets RENAME TO moved_tickets",
		"ALTER TABLE interactions RENAME TO moved_interactions",
		"ALTER TABLE outbox RENAME TO moved_outbox",
		"ALTER TABLE leases RENAME TO moved_leases",
	)
	said.failure(t, calls...)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	said.failure(t, calls...)
}

// secretCalls are calls with secrets.
func secretCalls(t *testing.T, r ports.Repositories) []func() error {
	ctx, key := t.Context(), access("secret-session")
	const (
		user     domain.UserID       = "@secret-user:example.org"
		password domain.PasswordHash = "secret-hash"
	)
	return []func() error{
		func() error { _, err := r.Sessions.ByAccessToken(ctx, key, at); return err },
		func() error {
			_, err := r.Sessions.Refresh(ctx, domain.Renewal{Token: key, Pair: pairOf("secret-session"), At: at})
			return err
		},
		func() error { _, err := r.Sessions.Delete(ctx, key.Session); return err },
		func() error { _, err := r.Sessions.DeleteAll(ctx, key.Session); return err },
		func() error {
			seen := domain.Seen{At: at, Address: "secret-address", UserAgent: "secret-agent"}
			return r.Sightings.Record(ctx, []domain.Sighting{{User: user, Device: "secret-device", Seen: seen}})
		},
		func() error { return r.Passwords.Put(ctx, user, password) },
		func() error { return r.Passwords.Replace(ctx, user, password, "secret-other") },
		func() error {
			return r.ThirdPartyIDs.Create(ctx, domain.ThirdPartyID{User: user, Medium: domain.Email, Address: "secret@example.org"})
		},
		func() error { return r.Tickets.Create(ctx, domain.Ticket{Hash: key.Token, User: user}, at) },
		func() error { _, err := r.Tickets.Spend(ctx, key.Token, at); return err },
		func() error {
			return r.Interactions.Create(ctx, domain.Interaction{
				ID: key.Token, User: user, Params: "secret-params", Password: password,
				RegistrationToken: "secret-registration", Accepted: []string{"secret-policy"},
			})
		},
		func() error { _, err := r.RegistrationTokens.ByToken(ctx, "secret-registration", at); return err },
		func() error {
			_, err := r.Outbox.Add(ctx, domain.Notice{User: user, Kind: domain.UserRenamed, Text: "secret-name"})
			return err
		},
		func() error { _, err := r.Leases.Take(ctx, user, "secret-holder", at, at); return err },
		func() error { _, _, err := r.DeadSessions.List(ctx, key.Session, at); return err },
	}
}

// A record is what was logged, and the errors that were returned.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// failure writes down how the calls fail.
func (r *record) failure(t *testing.T, calls ...func() error) {
	t.Helper()
	for i, call := range calls {
		err := call()
		if err == nil {
			t.Errorf("call %d succeeded", i)
		}
		fmt.Fprintln(r, err)
	}
}
