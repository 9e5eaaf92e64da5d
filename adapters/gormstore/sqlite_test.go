package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestOpenSQLiteCreatesTheNamedFileForItsOwnerOnly(t *testing.T) {
	url := newFile(t)
	migrated(t, openSQLite(t, url))
	file := strings.TrimPrefix(url, "sqlite:")
	files, err := filepath.Glob(filepath.Dir(file) + "/*")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, beside := range files {
		info, err := os.Stat(beside)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 || !strings.HasPrefix(beside, file) {
			t.Errorf("%s has mode %v", beside, info.Mode())
		}
	}
}

func TestOpenSQLiteRefusesWhatIsNoFile(t *testing.T) {
	directory := "sqlite:" + t.TempDir()
	for _, url := range []string{"", "sqlite:", "sqlite::memory:", "door.db", "postgres://x/y", directory, "sqlite:/nonexistent/x.db"} {
		if _, err := gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: url}); err == nil {
			t.Errorf("%q was opened", url)
		}
	}
}

func TestOpenSQLiteRefusesAFileOfAnotherKind(t *testing.T) {
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: "sqlite:" + file}); err == nil {
		t.Error("a text was opened as a database")
	}
}

func TestEverySQLiteConnectionIsDurableAndChecksForeignKeys(t *testing.T) {
	store := openSQLite(t, newFile(t))
	for name, pool := range map[string]*sql.DB{"writer": store.Writer(), "reader": store.Reader()} {
		for pragma, want := range map[string]string{
			"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "600",
		} {
			if got := one[string](t, pool, "PRAGMA "+pragma); got != want {
				t.Errorf("%s: %s is %s, want %s", name, pragma, got, want)
			}
		}
	}
	if n := store.Writer().Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections may write", n)
	}
	if _, err := store.Reader().ExecContext(t.Context(), "CREATE TABLE t (id)"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestSQLiteLockedForLongIsUnavailableForWritersAndReadersGoOn(t *testing.T) {
	url := newFile(t)
	store := migrated(t, openSQLite(t, url))
	if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
		t.Fatal(err)
	}
	unlock := lockFile(t, url)

	each(t, 10, func(int) error {
		start := time.Now()
		err := signIn(t.Context(), store, login(alice, "d", "new"))
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || took > 5*time.Second {
			return fmt.Errorf("%w after %v", err, took)
		}
		return nil
	})
	if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access("old"), at); err != nil {
		t.Errorf("the old token: %v", err)
	}

	unlock()
	if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access("new"), at); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the token of a failed login: %v", err)
	}
	if err := signIn(t.Context(), store, login(alice, "d", "new")); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestMigrateWaitsForALockAsLongAsItsContextAllows(t *testing.T) {
	url := newFile(t)
	store := openSQLite(t, url)
	unlock := lockFile(t, url)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := store.Migrate(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	done := make(chan error)
	go func() { done <- store.Migrate(t.Context()) }()
	// Longer than SQLite itself waits.
	time.AfterFunc(time.Second, unlock)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestSQLiteLockedForAMomentIsWaitedFor(t *testing.T) {
	url := newFile(t)
	store := migrated(t, openSQLite(t, url))
	unlock := lockFile(t, url)
	time.AfterFunc(200*time.Millisecond, unlock)
	if err := signIn(t.Context(), store, login(alice, "d", "t")); err != nil {
		t.Error(err)
	}
}

func TestAFullSQLiteIsUnavailableForWritersUntilThereIsRoom(t *testing.T) {
	store := migrated(t, openSQLite(t, newFile(t)))
	if err := signIn(t.Context(), store, login(alice, "first", "old")); err != nil {
		t.Fatal(err)
	}
	pages := one[string](t, store.Writer(), "PRAGMA page_count")
	one[int](t, store.Writer(), "PRAGMA max_page_count = "+pages)
	in := login("@bob:example.org", "d", "new")
	in.DisplayName = strings.Repeat("b", 20_000)
	if err := signIn(t.Context(), store, in); !errors.Is(err, domain.ErrUnavailable) {
		t.Fatalf("full: %v", err)
	}
	if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access("old"), at); err != nil {
		t.Error(err)
	}
	if _, err := store.Repositories().Users.ByID(t.Context(), in.Users[0]); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("half a login: %v", err)
	}
	one[int](t, store.Writer(), "PRAGMA max_page_count = 1000000")
	if err := signIn(t.Context(), store, in); err != nil {
		t.Error(err)
	}
}

// lockFile takes the lock for writing, as another program would, until unlock
// is called.
func lockFile(t *testing.T, url string) (unlock func()) {
	t.Helper()
	conn, err := raw(t, url).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoProgramsMayWriteToOneSQLiteFile(t *testing.T) {
	url := newFile(t)
	stores := []*gormstore.Store{migrated(t, openSQLite(t, url)), openSQLite(t, url)}
	each(t, 200, func(i int) error {
		return signIn(t.Context(), stores[i%2], login(alice, "d", fmt.Sprint(i)))
	})
}

func TestManyProgramsMayOpenAndMigrateANewSQLiteFileAtOnce(t *testing.T) {
	for range 20 {
		url := newFile(t)
		each(t, 8, func(i int) error {
			store, err := gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: url})
			if err != nil {
				return err
			}
			return errors.Join(store.Migrate(t.Context()), store.Close())
		})
	}
}
