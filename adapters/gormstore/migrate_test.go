package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// onBothEmpty runs a test on an empty database of each dialect.
func onBothEmpty(t *testing.T, test func(t *testing.T, url string, open func() *gormstore.Store)) {
	t.Run("PostgreSQL", func(t *testing.T) {
		url := postgres.Open(t)
		test(t, url, func() *gormstore.Store { return openPostgres(t, url) })
	})
	t.Run("SQLite", func(t *testing.T) {
		url := newFile(t)
		test(t, url, func() *gormstore.Store { return openSQLite(t, url) })
	})
}

func TestMigrationStatusSaysWhatWasAppliedAndWhen(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, _ string, open func() *gormstore.Store) {
		store := open()
		before := status(t, store)
		if len(before) == 0 || before[0].Version != 1 || before[0].Name != "accounts" || !before[0].AppliedAt.IsZero() {
			t.Fatalf("before: %+v", before)
		}
		migrated(t, store)
		for _, migration := range status(t, store) {
			if age := time.Since(migration.AppliedAt); age < -2*time.Second || age > time.Minute {
				t.Errorf("%+v was applied %v ago", migration, age)
			}
		}
	})
}

func TestLookingAtTheSchemaChangesNothing(t *testing.T) {
	tables := map[string]string{
		"PostgreSQL": "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
		"SQLite":     "SELECT count(*) FROM sqlite_schema",
	}
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		store := open()
		status(t, store)
		if err := store.CheckSchema(t.Context()); err == nil {
			t.Error("an empty database passes")
		}
		if n := one[int](t, raw(t, url), tables[dialect(t)]); n != 0 {
			t.Errorf("there are %d tables", n)
		}
	})
}

func TestCheckSchemaTellsWhatToDo(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		store := open()
		wantText(t, store.CheckSchema(t.Context()), "run doorward migrate up")
		if err := store.Ping(t.Context()); err == nil {
			t.Error("a database without tables can be used")
		}
		migrated(t, store)
		if err := store.CheckSchema(t.Context()); err != nil {
			t.Error(err)
		}
		execute(t, raw(t, url), "INSERT INTO doorward_migrations (version_id, is_applied) VALUES (999, true)")
		wantText(t, store.CheckSchema(t.Context()), "newer doorward")
		wantText(t, store.Migrate(t.Context()), "newer doorward")
	})
}

func TestMigrateMayRunTwiceAndByManyAtOnce(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		var stores []*gormstore.Store
		for range 4 {
			stores = append(stores, open())
		}
		var wg sync.WaitGroup
		for _, store := range stores {
			wg.Go(func() {
				for range 2 {
					if err := store.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for version, times := range timesApplied(t, url) {
			if times != 1 {
				t.Errorf("version %d was applied %d times", version, times)
			}
		}
	})
}

func TestAMigrationThatFailsHalfWayLeavesNothing(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, url string, open func() *gormstore.Store) {
		store, db := open(), raw(t, url)
		// The first migration comes to the table devices after others.
		execute(t, db, "CREATE TABLE devices (stranger integer)")
		wantText(t, store.Migrate(t.Context()), "devices")
		if _, err := db.ExecContext(t.Context(), "SELECT id FROM users"); err == nil {
			t.Error("the table users was left")
		}
		wantText(t, store.CheckSchema(t.Context()), "run doorward migrate up")

		execute(t, db, "DROP TABLE devices")
		migrated(t, store)
		if err := signIn(t.Context(), store, login(alice, "d", "t")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAMigrationThatIsKilledHalfWayLeavesNothing(t *testing.T) {
	url := postgres.Open(t)
	store, db := openPostgres(t, url), raw(t, url)
	goOn := stopMigrations(t, db)
	done := make(chan error)
	go func() { done <- store.Migrate(t.Context()) }()
	pid := awaitWaiting(t, db, "CREATE TABLE devices%")
	execute(t, db, "SELECT pg_terminate_backend("+pid+")")
	if err := <-done; err == nil {
		t.Fatal("a killed migration succeeded")
	}
	goOn()
	migrated(t, store)
}

func TestASecondMigrationWaitsForTheFirst(t *testing.T) {
	url := postgres.Open(t)
	first, second, db := openPostgres(t, url), openPostgres(t, url), raw(t, url)
	goOn := stopMigrations(t, db)
	done := make(chan error)
	go func() { done <- first.Migrate(t.Context()) }()
	awaitWaiting(t, db, "CREATE TABLE devices%")
	go func() { done <- second.Migrate(t.Context()) }()
	await(t, db, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND state = 'idle'")
	goOn()
	if err := errors.Join(<-done, <-done); err != nil {
		t.Error(err)
	}
}

// stopMigrations makes them wait, half-way, until goOn is called: for somebody
// who is about to create a table of the same name.
func stopMigrations(t *testing.T, db *sql.DB) (goOn func()) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.ExecContext(t.Context(), "CREATE TABLE devices (stranger integer)"); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMigrateReturnsTheContextsError(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, _ string, open func() *gormstore.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := open().Migrate(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func status(t *testing.T, store *gormstore.Store) []gormstore.Migration {
	t.Helper()
	list, err := store.MigrationStatus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func timesApplied(t *testing.T, url string) map[int64]int {
	t.Helper()
	rows, err := raw(t, url).QueryContext(t.Context(), "SELECT version_id FROM doorward_migrations")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	times := map[int64]int{}
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			t.Fatal(err)
		}
		times[version]++
	}
	if err := rows.Err(); err != nil || len(times) < 2 {
		t.Fatal(times, err)
	}
	return times
}

func wantText(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("got %v, want an error that says %q", err, text)
	}
}
