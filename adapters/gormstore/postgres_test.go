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
	sessions := store.Repositories().Sessions
	in := loginA()
	known := login("@carol:example.org", "d", "of carol")
	known.Link = domain.Link{Provider: "corp", Subject: "carol"}
	if err := signIn(t.Context(), store, known); err != nil {
		t.Fatal(err)
	}
	anew := login("@dora:example.org", "d", "of dora")
	anew.Link = domain.Link{Provider: "corp", Subject: "dora"}
	anew.Profile = domain.Profile{DisplayName: "Dora", AvatarURL: "mxc://x/d", Email: "dora@example.org", Admin: true}
	used := func() error { _, err := sessions.ByAccessToken(t.Context(), access("a"), at); return err }
	for name, c := range map[string]struct {
		call func() error
		want int
	}{
		"SignIn":                      {func() error { return signIn(t.Context(), store, in) }, 1},
		"SignIn of a known identity":  {func() error { return signIn(t.Context(), store, known) }, 1},
		"SignIn of a new one":         {func() error { return signIn(t.Context(), store, anew) }, 1},
		"ByAccessToken":               {used, 1},
		"asking for a stale one":      {func() error { _, err := sessions.ByAccessToken(t.Context(), accessOfA("b"), at); return err }, 1},
		"Refresh":                     {func() error { return refresh(t, sessions, "a", "a") }, 1},
		"a refresh and the first use": {func() error { return errors.Join(refresh(t, sessions, "a", "a"), used()) }, 3},
		"Delete":                      {func() error { _, err := sessions.Delete(t.Context(), in.SessionID); return err }, 1},
		"Record of many":              {func() error { return store.Repositories().Sightings.Record(t.Context(), sightings(1000)) }, 1},
	} {
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
		mark(t, server, name+" begins")
		if err := c.call(); err != nil {
			t.Fatal(name, err)
		}
		mark(t, server, name+" ends")
		_, said, _ := strings.Cut(server.Log(), name+" begins")
		said, _, _ = strings.Cut(said, name+" ends")
		if n := strings.Count(said, "LOG:") - 1; n != c.want { // one is the mark
			t.Errorf("%s: %d statements, want %d:\n%s", name, n, c.want, said)
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
