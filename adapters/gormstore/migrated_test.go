package gormstore_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

// migrateTo brings an empty database to an old version of the schema.
func migrateTo(t *testing.T, url string, version int64) {
	t.Helper()
	dialect, files := goose.DialectPostgres, "migrations/postgres"
	if url[:7] == "sqlite:" {
		dialect, files = goose.DialectSQLite3, "migrations/sqlite"
	}
	provider, err := goose.NewProvider(dialect, raw(t, url), os.DirFS(files), goose.WithTableName("doorward_migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

// Tokens from before hold no id of their session, so their devices end. All
// else stays.
func TestUsersFromBeforeStayAndSignInAgain(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		migrateTo(t, url, 2)
		db := raw(t, url)
		execute(t, db,
			"INSERT INTO server (name, only_row) VALUES ('example.org', 1)",
			"INSERT INTO users (id, display_name, created_at, locked) VALUES ('@alice:example.org', 'Älice', 7, false), ('@bob:example.org', '', 8, true)",
		)
		hash := session("any hash")
		if _, err := db.ExecContext(t.Context(), `
			INSERT INTO links (provider, issuer, subject, user_id, created_at, key) VALUES ('corp', '', 's', '@alice:example.org', 7, $1)`,
			hash[:]); err != nil {
			t.Fatal(err)
		}
		for _, device := range []string{"d", "e"} {
			if _, err := db.ExecContext(t.Context(), `
				INSERT INTO devices (user_id, device_id, display_name, created_at, access_hash, refresh_hash, previous_access_hash, previous_refresh_hash)
				VALUES ('@alice:example.org', $1, '', 0, $2, $3, $4, $5)`,
				device, append(hash[:], device+"1"...), append(hash[:], device+"2"...), append(hash[:], device+"3"...), append(hash[:], device+"4"...),
			); err != nil {
				t.Fatal(err)
			}
		}
		store := migrated(t, open())
		if err := store.CheckServer(t.Context(), "example.org"); err != nil {
			t.Error(err)
		}
		r := store.Repositories()
		got, total, err := r.Users.List(t.Context(), domain.UserQuery{Limit: 10})
		want := []domain.User{
			{ID: alice, DisplayName: "Älice", CreatedAt: time.UnixMilli(7).UTC()},
			{ID: "@bob:example.org", CreatedAt: time.UnixMilli(8).UTC(), Locked: true},
		}
		if diff := cmp.Diff(want, got); diff != "" || total != 2 || err != nil {
			t.Errorf("%d users, %v: %s", total, err, diff)
		}
		if _, err := r.Passwords.ByUser(t.Context(), alice); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("a password: %v", err)
		}
		if n := one[int](t, db, "SELECT count(*) FROM links"); n != 1 {
			t.Errorf("%d links", n)
		}
		if list, err := r.Devices.List(t.Context(), alice); err != nil || len(list) > 0 {
			t.Errorf("devices %v, %v", list, err)
		}
		in, err := r.Sessions.SignIn(t.Context(), login(alice, "d", "new"))
		if err != nil || in.Created || !in.NewDevice {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// A refresh changes its row in place only if no index holds what it changes.
func TestDevicesAreIndexedByTheirIDsAndSessionsAlone(t *testing.T) {
	indexed := map[string]string{
		"PostgreSQL": `SELECT string_agg(DISTINCT a.attname::text, ' ') FROM pg_index i
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = 'devices'::regclass`,
		"SQLite": `SELECT group_concat(name, ' ') FROM (SELECT DISTINCT c.name
			FROM pragma_index_list('devices') i, pragma_index_info(i.name) c ORDER BY c.name)`,
	}
	onBoth(t, func(t *testing.T, url string, _ *gormstore.Store) {
		if got := one[string](t, raw(t, url), indexed[dialect(t)]); got != "device_id provider_session session_hash user_id" {
			t.Errorf("indexed: %s", got)
		}
	})
}
