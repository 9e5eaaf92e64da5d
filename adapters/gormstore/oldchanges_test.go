package gormstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

const insertChange = "INSERT INTO token_changes (user_id) VALUES ('%s')"

// What everybody has had a minute for to read is deleted, and nothing that was
// committed since, however early its transaction began.
func TestOldChangesAreDeletedOnceTheyWereRead(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	left := func() string {
		return one[string](t, db, "SELECT coalesce(string_agg(user_id, ' ' ORDER BY user_id), '') FROM token_changes")
	}
	cleanUp := func(after time.Duration, want string) {
		t.Helper()
		store.CleanedUpBefore(after)
		must(t, store.CleanUp(t.Context()))
		if got := left(); got != want {
			t.Errorf("left are %s, want %s", got, want)
		}
	}
	execute(t, db, fmt.Sprintf(insertChange, "a"))
	long, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = long.ExecContext(t.Context(), fmt.Sprintf(insertChange, "b"))
	must(t, err)
	execute(t, db, fmt.Sprintf(insertChange, "c"))

	cleanUp(time.Hour, "a c") // nobody knows yet for how long they are there
	cleanUp(59*time.Second, "a c")
	must(t, long.Commit())
	execute(t, db, fmt.Sprintf(insertChange, "d"))
	cleanUp(time.Minute, "b c d") // b was not there a minute ago, and so c is not known to be old
	cleanUp(time.Second, "b c d")
	cleanUp(time.Hour, "")
}

// A dump of another server brings changes of transactions that are yet to come here.
func TestChangesOfAnotherServerAreDeleted(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	execute(t, db, "INSERT INTO token_changes (xact, user_id) VALUES ('1000000000', 'a')", fmt.Sprintf(insertChange, "b"))
	must(t, store.CleanUp(t.Context()))
	if left := one[string](t, db, "SELECT string_agg(user_id, ' ') FROM token_changes"); left != "b" {
		t.Errorf("left are %s, want b", left)
	}
}

func TestManyOldChangesAreDeleted(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	execute(t, db, "INSERT INTO token_changes (user_id) SELECT 'a' FROM generate_series(1, 2500)")
	for range 2 {
		store.CleanedUpBefore(time.Hour)
		must(t, store.CleanUp(t.Context()))
	}
	if n := one[int](t, db, "SELECT count(*) FROM token_changes"); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// However many old changes there are, a look does not read them.
func TestChangesAreFoundByTheirIndex(t *testing.T) {
	url := postgres.Open(t)
	migrated(t, openPostgres(t, url))
	db := raw(t, url)
	db.SetMaxOpenConns(1) // that has the statements prepared
	execute(t, db, "INSERT INTO token_changes (xact, user_id) SELECT n::text::xid8, 'a' FROM generate_series(1, 30000) n")
	remove := strings.Replace(strings.Replace(gormstore.DeleteOldChanges, "?", "$1", 1), "?", "$2", 1)
	execute(t, db,
		"PREPARE looks (text) AS "+gormstore.ChangesSince,
		"PREPARE removes (bigint, bigint) AS "+remove)
	for _, counted := range []bool{false, true} {
		if counted {
			execute(t, db, "ANALYZE token_changes")
		}
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			execute(t, db, "SET plan_cache_mode = "+mode)
			for _, call := range []string{"looks ('29990:30000:29991,29995')", "removes (0, 30000)"} {
				plan := one[string](t, db, "EXPLAIN (FORMAT JSON) EXECUTE "+call)
				if !strings.Contains(plan, `"token_changes_xact"`) || strings.Contains(plan, "Seq Scan") {
					t.Errorf("%s, counted: %t, %s:\n%s", call, counted, mode, plan)
				}
			}
		}
	}
}

// The pool moves to another server, which gives the same numbers to other transactions.
func TestNoChangesAreDeletedByTheNumbersOfAnotherServer(t *testing.T) {
	server := postgres.StartFor(t)
	url := server.URL("postgres")
	store := migrated(t, openPostgres(t, url))
	must(t, store.CleanUp(t.Context()))
	store.CleanedUpElsewhere()
	store.CleanedUpBefore(time.Hour)
	execute(t, raw(t, url), "INSERT INTO token_changes (user_id) VALUES ('a')")
	must(t, store.CleanUp(t.Context()))
	if n := one[int](t, raw(t, url), "SELECT count(*) FROM token_changes"); n != 1 {
		t.Errorf("%d changes are left", n)
	}
}
