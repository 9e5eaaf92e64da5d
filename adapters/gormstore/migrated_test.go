package gormstore_test

import (
	"errors"
	"os"
	"testing"
	"time"

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

func TestDevicesFromBeforeRefreshTokensStaySignedIn(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		migrateTo(t, url, 1)
		hash := domain.Token("old").Hash()
		db := raw(t, url)
		execute(t, db, "INSERT INTO users (id, display_name, created_at) VALUES ('@alice:example.org', '', 0)")
		if _, err := db.ExecContext(t.Context(),
			"INSERT INTO devices (user_id, device_id, display_name, created_at, access_hash) VALUES ('@alice:example.org', 'd', '', 0, $1)",
			hash[:]); err != nil {
			t.Fatal(err)
		}
		store := migrated(t, open())
		sessions := store.Repositories().Sessions
		far := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		bearer, err := sessions.ByAccessToken(t.Context(), hash, far)
		if err != nil || bearer.Stale || bearer.Device != "d" || bearer.User.ID != alice {
			t.Errorf("%+v, %v", bearer, err)
		}
		if one[int](t, db, "SELECT count(*) FROM devices WHERE confirmed AND refresh_hash IS NULL") != 1 {
			t.Error("the device has a refresh token, or one that waits for its first use")
		}
		for _, token := range []domain.TokenHash{{}, hash} {
			r := domain.Renewal{Token: token, Pair: domain.Pair{Access: domain.Token("new").Hash()}, At: at}
			if _, err := sessions.Refresh(t.Context(), r); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("refresh: %v", err)
			}
		}
		if err := signIn(t.Context(), store, login(alice, "d", "new")); err != nil {
			t.Fatal(err)
		}
		if _, err := sessions.ByAccessToken(t.Context(), hash, at); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("the old token after another login: %v", err)
		}
	})
}
