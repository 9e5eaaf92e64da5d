package gormstore_test

import (
	"context"
	"database/sql"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/contract"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

// Sign-ins go in groups and tokens are known in memory, or neither.

func TestStorageOnPostgreSQL(t *testing.T) {
	url := postgres.Open(t)
	migrated(t, openPostgres(t, url))
	contract.Storage(t, func(t *testing.T) ports.Storage { return caching(t, openPostgres(t, emptied(t, url))) })
}

func TestStorageOnPostgreSQLWithoutGroupsAndTokensInMemory(t *testing.T) {
	url := postgres.Open(t)
	migrated(t, openPostgres(t, url))
	contract.Storage(t, func(t *testing.T) ports.Storage {
		return closed(t)(gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: emptied(t, url)}))
	})
}

// emptied deletes all rows of a database that was migrated, which takes a tenth of what
// another database does.
func emptied(t *testing.T, url string) string {
	t.Helper()
	db := raw(t, url)
	tables := one[string](t, db, "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'")
	execute(t, db, "TRUNCATE "+tables+" RESTART IDENTITY")
	return url
}

func TestStorageOnSQLite(t *testing.T) {
	contract.Storage(t, func(t *testing.T) ports.Storage {
		return caching(t, migrated(t, openSQLite(t, newFile(t))))
	})
}

func TestStorageOnSQLiteWithoutGroupsAndTokensInMemory(t *testing.T) {
	contract.Storage(t, func(t *testing.T) ports.Storage {
		return migrated(t, closed(t)(gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: newFile(t)})))
	})
}

// caching makes a store know tokens in memory, and waits until it does.
func caching(t testing.TB, store *gormstore.Store) *gormstore.Store {
	t.Helper()
	store.CacheTokens(1000, time.Now)
	wantTrusted(t, store)
	return store
}

// wantTrusted waits until the store knows tokens in memory.
func wantTrusted(t testing.TB, store *gormstore.Store) {
	t.Helper()
	waitFor(t, "a cache of tokens that is used", store.TrustsTokens)
}

// waitFor asks until it is so, for what nothing tells.
func waitFor(t testing.TB, what string, isSo func() bool) {
	t.Helper()
	for start := time.Now(); !isSo(); time.Sleep(time.Millisecond) {
		if time.Since(start) > 15*time.Second {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// onBoth runs a test on an empty, migrated database of each dialect.
func onBoth(t *testing.T, test func(t *testing.T, url string, store *gormstore.Store)) {
	t.Run("PostgreSQL", func(t *testing.T) {
		url := postgres.Open(t)
		test(t, url, migrated(t, openPostgres(t, url)))
	})
	t.Run("SQLite", func(t *testing.T) {
		url := newFile(t)
		test(t, url, migrated(t, openSQLite(t, url)))
	})
}

// dialect is the name of the one that a test on both runs on.
func dialect(t *testing.T) string { return t.Name()[strings.LastIndexByte(t.Name(), '/')+1:] }

// newFile is the URL of an SQLite database that is not there yet, with a name
// that means something in a URL.
func newFile(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "door ward?mode=ro#100%41.db")
}

func openPostgres(t testing.TB, url string) *gormstore.Store {
	t.Helper()
	return closed(t)(gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: url, GroupSignIns: true}))
}

func openSQLite(t testing.TB, url string) *gormstore.Store {
	t.Helper()
	return closed(t)(gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: url, GroupSignIns: true}))
}

// closed closes the store at the end of the test.
func closed(t testing.TB) func(*gormstore.Store, error) *gormstore.Store {
	t.Helper()
	return func(store *gormstore.Store, err error) *gormstore.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		return store
	}
}

func migrated(t testing.TB, store *gormstore.Store) *gormstore.Store {
	t.Helper()
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

// at is when everything happens.
var at = time.UnixMilli(1)

const alice domain.UserID = "@alice:example.org"

// login opens the session of a name, whose first access token has the same name.
func login(user domain.UserID, device domain.DeviceID, name string) domain.SignIn {
	return domain.SignIn{
		Users: []domain.UserID{user}, Create: true,
		Device: device, SessionID: session(name), Pair: domain.Pair{Access: access(name).Token}, At: at,
	}
}

// session is the hash of the id of the session of a name.
func session(name string) domain.TokenHash { return domain.SessionID(name).Hash() }

// access is the first access token of the session of a name.
func access(name string) domain.TokenKey {
	return domain.TokenKey{Session: session(name), Token: domain.Token("access " + name).Hash()}
}

func signIn(ctx context.Context, store ports.Storage, in domain.SignIn) error {
	_, err := store.Repositories().Sessions.SignIn(ctx, in)
	return err
}

// raw opens the database past the store. It is closed at the end of the test.
func raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver, address := "pgx", url
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, address = "sqlite3", "file:"+(&neturl.URL{Path: file}).EscapedPath()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func execute(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// one returns the one value that a query finds.
func one[T any](t testing.TB, db *sql.DB, query string, args ...any) (value T) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}
