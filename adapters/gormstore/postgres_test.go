package gormstore_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestHotPathsAreOneStatementOnPostgreSQL(t *testing.T) {
	server := postgres.StartFor(t, "log_statement=all")
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	in := login(alice, "d", "t")
	for name, call := range map[string]func() error{
		"SignIn": func() error { return signIn(t.Context(), store, in) },
		"ByAccessToken": func() error {
			_, err := store.Repositories().Sessions.ByAccessToken(t.Context(), in.Access, at)
			return err
		},
		"Delete": func() error {
			_, err := store.Repositories().Sessions.Delete(t.Context(), in.Access)
			return err
		},
	} {
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
		mark(t, server, name+" begins")
		if err := call(); err != nil {
			t.Fatal(name, err)
		}
		mark(t, server, name+" ends")
		_, said, _ := strings.Cut(server.Log(), name+" begins")
		said, _, _ = strings.Cut(said, name+" ends")
		if n := strings.Count(said, "LOG:"); n != 2 { // one is the mark
			t.Errorf("%s: %d statements:\n%s", name, n-1, said)
		}
	}
}

// mark writes a line into the log of the server, and waits until it is there.
func mark(t *testing.T, server *postgres.Server, text string) {
	t.Helper()
	if err := server.Exec("SELECT '" + text + "'"); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(server.Log(), text); {
		if time.Now().After(deadline) {
			t.Fatalf("%q does not reach the log", text)
		}
	}
}

func TestOpenPostgresWarnsOfSettingsThatForget(t *testing.T) {
	// The server of the tests runs with fsync=off.
	var log bytes.Buffer
	url := postgres.Open(t) + "&synchronous_commit=off"
	closed(t)(gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: url, Log: slog.New(slog.NewTextHandler(&log, nil))}))
	for _, setting := range []string{"setting=synchronous_commit", "setting=fsync"} {
		if !strings.Contains(log.String(), setting) {
			t.Errorf("%s is not in the log:\n%s", setting, &log)
		}
	}
}

func TestOpenPostgresIsSilentAboutADurableServer(t *testing.T) {
	var log bytes.Buffer
	url := postgres.StartFor(t, postgres.Durable...).URL("postgres")
	closed(t)(gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: url, Log: slog.New(slog.NewTextHandler(&log, nil))}))
	if log.Len() > 0 {
		t.Errorf("logged: %s", &log)
	}
}

func TestOpenPostgresRefusesAnotherEncoding(t *testing.T) {
	server := postgres.StartFor(t)
	err := server.Exec("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
	if err != nil {
		t.Fatal(err)
	}
	_, err = gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: server.URL("latin")})
	wantText(t, err, "UTF8")
}

func TestOpenPostgresOfNoServerIsUnavailableAndKeepsThePassword(t *testing.T) {
	for url, want := range map[string]error{
		"postgres://joe:hunter2@127.0.0.1:1/x":         domain.ErrUnavailable,
		"postgres://joe:hunter2@/x?host=/nonexistent":  domain.ErrUnavailable,
		"postgres://joe:hunter2@host:port/x":           nil,
		"postgres://joe:hunter2@host/x?sslmode=absurd": nil,
		"postgres://joe:hun%ter2@host/x":               nil,
	} {
		_, err := gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: url})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if strings.Contains(err.Error(), "hun") {
			t.Errorf("the password is told: %v", err)
		}
	}
}
