package gormstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// manyExpired is how many rows of each table expire: in all, a hundred thousand.
const manyExpired = 34_000

// numbers is a query for the numbers n from 1 to manyExpired.
var numbers = map[string]string{
	"PostgreSQL": fmt.Sprintf("(SELECT n FROM generate_series(1, %d) n) s", manyExpired),
	"SQLite":     fmt.Sprintf("(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) SELECT n FROM r) s", manyExpired),
}

// expiring are the tables from which rows are deleted when it is time, each with
// how many rows are made that expire one after another.
var expiring = []struct {
	table, key, column string
	fill               string
	clean              func(context.Context, ports.Repositories, time.Time) (int, error)
}{
	{
		"tickets", "hash", "expires_at",
		"INSERT INTO tickets (hash, expires_at) SELECT CAST(CAST(n AS text) AS %s), n FROM ",
		func(ctx context.Context, r ports.Repositories, t time.Time) (int, error) {
			return r.Tickets.DeleteExpired(ctx, t)
		},
	},
	{
		"interactions", "id", "expires_at",
		`INSERT INTO interactions (id, operation, params, password_hash, created_at, expires_at, done)
			SELECT CAST(CAST(n AS text) AS %s), 'register', '', '', 0, n, false FROM `,
		func(ctx context.Context, r ports.Repositories, t time.Time) (int, error) {
			return r.Interactions.DeleteExpired(ctx, t)
		},
	},
	{
		"audit_records", "id", "at",
		`INSERT INTO audit_records (id, at, event, result, reason, detail, login_type, provider, key_id, subject,
				verified, user_id, user_created, device_id, actor, address)
			SELECT CAST(n AS text), n, 'login', 'ok', '', '', '', 'corp', '%.0s', '', true, '@user' || n || ':x', false, 'PHONE', '', '192.0.2.1' FROM `,
		func(ctx context.Context, r ports.Repositories, t time.Time) (int, error) {
			return r.Audit.DeleteBefore(ctx, t.Add(time.Millisecond))
		},
	},
}

// fillExpiring adds many rows to a table of a dialect.
func fillExpiring(statement, dialect string) string {
	bytes := map[string]string{"PostgreSQL": "bytea", "SQLite": "BLOB"}[dialect]
	return fmt.Sprintf(statement, bytes) + numbers[dialect]
}

// However many rows have expired, whoever signs in meanwhile has a turn after each
// thousand of them.
func TestADoorStaysOpenWhileAnyNumberOfExpiredRowsIsDeleted(t *testing.T) {
	const clients = 4
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		db := raw(t, url)
		for _, e := range expiring {
			execute(t, db, fillExpiring(e.fill, dialect(t)))
		}
		var stop atomic.Bool
		loads := make(chan load, clients)
		for i := range clients {
			go func() {
				loads <- signInUntil(stop.Load, store, domain.DeviceID(fmt.Sprint(i)))
			}()
		}
		began := time.Now()
		for _, e := range expiring {
			n, err := e.clean(t.Context(), store.Repositories(), time.UnixMilli(manyExpired-1))
			if n != manyExpired-1 || err != nil {
				t.Errorf("%s: %d were deleted, %v", e.table, n, err)
			}
			if left := one[int](t, db, "SELECT count(*) FROM "+e.table); left != 1 {
				t.Errorf("%s: %d are left", e.table, left)
			}
		}
		stop.Store(true)
		t.Logf("%d rows were deleted in %v", len(expiring)*manyExpired, time.Since(began))
		for range clients {
			l := <-loads
			t.Logf("%d sign-ins, of which one took %v", l.signIns, l.longest)
			if batches := len(expiring) * manyExpired / 1000; l.err != nil || l.signIns < batches || l.longest > time.Second {
				t.Errorf("%d sign-ins during %d batches, one of %v, %v", l.signIns, batches, l.longest, l.err)
			}
		}
	})
}

// A load is what became of a client.
type load struct {
	signIns int
	longest time.Duration
	err     error
}

// signInUntil signs somebody in again and again.
func signInUntil(stopped func() bool, store ports.Storage, device domain.DeviceID) (l load) {
	for ; l.err == nil && !stopped(); l.signIns++ {
		began := time.Now()
		l.err = signIn(context.Background(), store, login(alice, device, fmt.Sprint(device, " ", l.signIns)))
		l.longest = max(l.longest, time.Since(began))
	}
	return l
}

// Only so many rows are deleted by one statement, which PostgreSQL counts.
func TestExpiredRowsAreDeletedAFewAtATime(t *testing.T) {
	url := postgres.Open(t)
	r, db := migrated(t, openPostgres(t, url)).Repositories(), raw(t, url)
	execute(t, db, "CREATE TABLE deletions (rows bigint NOT NULL)",
		`CREATE FUNCTION count_deleted() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN INSERT INTO deletions SELECT count(*) FROM gone; RETURN NULL; END $$`)
	for _, e := range expiring {
		execute(t, db, fillExpiring(e.fill, "PostgreSQL"), "DELETE FROM "+e.table+" WHERE "+e.column+" > 2500", "DELETE FROM deletions",
			"CREATE TRIGGER counted AFTER DELETE ON "+e.table+" REFERENCING OLD TABLE AS gone EXECUTE FUNCTION count_deleted()")
		if _, err := e.clean(t.Context(), r, time.UnixMilli(manyExpired)); err != nil {
			t.Fatal(err)
		}
		if got := one[string](t, db, "SELECT string_agg(rows::text, ' ' ORDER BY rows DESC) FROM deletions"); got != "1000 1000 500" {
			t.Errorf("%s: deleted %s at a time", e.table, got)
		}
	}
}

// Whether PostgreSQL has counted the rows or not, it finds them by an index of the
// time, and deletes what it found there and then. Once it has counted, which it
// does by itself, it reads only those.
func TestExpiredRowsAreFoundByAnIndexOnPostgreSQL(t *testing.T) {
	url := postgres.Open(t)
	migrated(t, openPostgres(t, url))
	db := raw(t, url)
	db.SetMaxOpenConns(1) // that has the statement prepared
	for _, e := range expiring {
		statement := gormstore.DeletesExpired[e.table]["postgres"]
		for i := range strings.Count(statement, "?") {
			statement = strings.Replace(statement, "?", fmt.Sprint("$", i+1), 1)
		}
		execute(t, db, fillExpiring(e.fill, "PostgreSQL"), "PREPARE "+e.table+" (bigint, bigint, bigint) AS "+statement)
		for _, counted := range []bool{false, true} {
			if counted {
				execute(t, db, "ANALYZE "+e.table)
			}
			for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
				execute(t, db, "SET plan_cache_mode = "+mode)
				plan := one[string](t, db, "EXPLAIN (FORMAT JSON) EXECUTE "+e.table+" (1, 30000, 30000)")
				wanted := map[string]bool{`"` + e.table + "_" + e.column + `"`: true, `"` + e.table + `_pkey"`: true, "Seq Scan": false}
				if counted {
					wanted["Sort"] = false
				}
				for what, want := range wanted {
					if strings.Contains(plan, what) != want {
						t.Errorf("%s, counted: %t, %s: %s is in the plan: %t\n%s", e.table, counted, mode, what, !want, plan)
					}
				}
			}
		}
	}
}

func TestExpiredRowsAreFoundByAnIndexOnSQLite(t *testing.T) {
	url := newFile(t)
	migrated(t, openSQLite(t, url))
	db := raw(t, url)
	for _, e := range expiring {
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+gormstore.DeletesExpired[e.table]["sqlite"], 1, 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		all := strings.Join(plan, "\n")
		for what, want := range map[string]bool{
			"SEARCH " + e.table + " USING INDEX sqlite_autoindex_" + e.table + "_1 (" + e.key + "=?)": true,
			"INDEX " + e.table + "_" + e.column + " (":                                                true,
			"SCAN": false, "TEMP B-TREE": false,
		} {
			if strings.Contains(all, what) != want {
				t.Errorf("%s: %s is in the plan: %t\n%s", e.table, what, !want, all)
			}
		}
	}
}

// A row whose time was moved while its deletion waited for it stays.
func TestWhatIsGivenMoreTimeIsNotDeletedAsExpired(t *testing.T) {
	url := postgres.Open(t)
	store := migrated(t, openPostgres(t, url))
	db, interactions := raw(t, url), store.Repositories().Interactions
	id := session("i")
	if err := interactions.Create(t.Context(), domain.Interaction{ID: id, Operation: "register", CreatedAt: at, Expires: at}); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), "UPDATE interactions SET expires_at = 1000000"); err != nil {
		t.Fatal(err)
	}
	deleted := make(chan int, 1)
	go func() {
		n, err := interactions.DeleteExpired(t.Context(), at)
		if err != nil {
			t.Error(err)
		}
		deleted <- n
	}()
	const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
	for deadline := time.Now().Add(10 * time.Second); one[int](t, db, waiting) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the deletion does not wait for the row")
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := <-deleted; n != 0 {
		t.Errorf("%d were deleted", n)
	}
}
