package synapse_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/synapse"
	"github.com/seed-31b6c987/doorward/domain"
)

// An older Synapse has neither refresh tokens, nor users who are locked.
func TestAnOlderSynapseWillDo(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		for _, statement := range []string{
			"ALTER TABLE users DROP COLUMN locked", "ALTER TABLE users DROP COLUMN suspended", "ALTER TABLE users DROP COLUMN approved",
			"ALTER TABLE devices DROP COLUMN hidden", "ALTER TABLE access_tokens DROP COLUMN used", "ALTER TABLE access_tokens DROP COLUMN refresh_token_id",
			"ALTER TABLE access_tokens DROP COLUMN puppets_user_id", "ALTER TABLE access_tokens DROP COLUMN last_validated",
			"ALTER TABLE access_tokens DROP COLUMN valid_until_ms", "DROP TABLE refresh_tokens", "DROP TABLE erased_users",
		} {
			h.must(h.db.Exec(h.Context(), statement))
		}
		h.addAlice()
		h.insert("devices", "user_id", alice, "device_id", "PHONE")
		h.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syt_1")
		h.want(aliceWith(domain.ForeignDevice{
			Device:  domain.Device{ID: "PHONE", CreatedAt: at(1500000000000)},
			Session: domain.ForeignSession{Access: "syt_1", Confirmed: true},
		}))
	})
}

func TestWhatIsNoSynapseIsSaidInOneLine(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.must(h.db.Exec(h.Context(), "ALTER TABLE profiles RENAME TO somebody_elses"))
		_, err := synapse.Open(h.Context(), h.url)
		wantLine(t, err, "not the database of a Synapse: it has no column profiles.user_id")
	})
	t.Chdir(t.TempDir())
	if err := os.WriteFile("text", []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"":                          "must be postgres://user@host/name or sqlite:FILE",
		"mysql://host/name":         "must be postgres://user@host/name or sqlite:FILE",
		"sqlite:":                   "as in sqlite:/data/homeserver.db",
		"sqlite:missing.db":         "there is no SQLite file",
		"sqlite:.":                  "there is no SQLite file",
		"sqlite:text":               "cannot be read: file is not a database",
		"postgres://u:geheim@h:x/d": "malformed",
		"postgres://u:geheim@127.0.0.1:1/d?sslmode=disable": "cannot be reached",
	} {
		_, err := synapse.Open(t.Context(), url)
		wantLine(t, err, want)
	}
	if _, err := os.Stat("missing.db"); err == nil {
		t.Error("a file was made")
	}
}

func wantLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestARoleThatMayNotReadIsSaid(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		if !strings.HasPrefix(h.url, "postgres") {
			return
		}
		h.must(h.db.Exec(h.Context(), "CREATE ROLE stranger LOGIN"))
		h.Cleanup(func() { h.must(h.db.Exec(context.WithoutCancel(h.Context()), "DROP ROLE stranger")) })
		source, err := synapse.Open(h.Context(), strings.Replace(h.url, "doorward@", "stranger@", 1))
		h.must(err)
		h.Cleanup(func() { source.Close() })
		_, err = source.Read(h.Context(), "")
		wantLine(h.T, err, "GRANT SELECT ON ALL TABLES")
	})
}

func TestNamesTellDatabasesApartAndNoSecret(t *testing.T) {
	names := map[string]bool{}
	onBoth(t, func(h *homeserver) {
		name := h.open().Name()
		if name != h.open().Name() || strings.Contains(name, "@") {
			h.Errorf("the name is %q", name)
		}
		names[name] = true
	})
	if len(names) != 2 {
		t.Errorf("got %v", names)
	}
}

func TestAContextThatEndsIsReturned(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		source := h.open()
		cancelled, cancel := context.WithCancel(h.Context())
		cancel()
		if _, err := source.Read(cancelled, ""); !errors.Is(err, context.Canceled) {
			h.Errorf("Read: %v", err)
		}
		if _, err := source.Count(cancelled); !errors.Is(err, context.Canceled) {
			h.Errorf("Count: %v", err)
		}
		if _, err := source.Unowned(cancelled); !errors.Is(err, context.Canceled) {
			h.Errorf("Unowned: %v", err)
		}
	})
}
