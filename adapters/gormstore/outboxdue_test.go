package gormstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// fillOutbox adds two notices, one far behind the other, and a lease of nobody's
// for each of 50,000 users. The query for the numbers up to one is the dialect's.
func fillOutbox(dialect string) []string {
	numbers := map[string]string{
		"PostgreSQL": "(SELECT n FROM generate_series(1, %d) n) s",
		"SQLite":     "(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) SELECT n FROM r) s",
	}[dialect]
	return []string{
		"INSERT INTO outbox (user_id, kind, device_id, body, created_at) " +
			"SELECT '@user' || (n % 50000) || ':x', 'device_deleted', 'd', '', n FROM " + fmt.Sprintf(numbers, 100_000),
		"INSERT INTO leases (user_id, holder, until, known, failures, retry_at) " +
			"SELECT '@user' || (n - 1) || ':x', '', 0, true, 0, 0 FROM " + fmt.Sprintf(numbers, 50_000),
	}
}

// However many notices wait, and whether PostgreSQL has counted them or not, Due
// walks the first of them: it sorts none, and reads no other.
func TestDueWalksTheFirstNoticesOnPostgreSQL(t *testing.T) {
	url := postgres.Open(t)
	migrated(t, openPostgres(t, url))
	db := raw(t, url)
	db.SetMaxOpenConns(1) // that has the query prepared
	execute(t, db, fillOutbox("PostgreSQL")...)
	query := gormstore.FirstNotices
	for i := range strings.Count(query, "?") {
		query = strings.Replace(query, "?", fmt.Sprint("$", i+1), 1)
	}
	execute(t, db, "PREPARE due (bigint, bigint, bigint, bigint) AS "+query)
	for _, counted := range []string{"SELECT 1", "ANALYZE outbox, leases"} {
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			execute(t, db, counted, "SET plan_cache_mode = "+mode)
			plan := one[string](t, db, "EXPLAIN (FORMAT JSON) EXECUTE due (1, 1, 60001, 1000)")
			for what, want := range map[string]bool{`"outbox_pkey"`: true, `"leases_pkey"`: true, "Seq Scan": false, "Sort": false} {
				if strings.Contains(plan, what) != want {
					t.Errorf("%s, %s: %s is in the plan: %t\n%s", counted, mode, what, !want, plan)
				}
			}
		}
	}
}

// Due goes on behind the first notices, and in the end looks at all.
func TestDueOfAHundredThousandNoticesFindsWhoeverIsDue(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		db, outbox := raw(t, url), store.Repositories().Outbox
		execute(t, db, fillOutbox(dialect(t))...)
		for behind, want := range map[int][]domain.UserID{
			0:      {"@user1:x", "@user2:x"},
			999:    {"@user1000:x", "@user1001:x"},
			9_999:  {"@user10000:x", "@user10001:x"},
			49_998: {"@user49999:x", "@user0:x"},
			50_000: nil,
		} {
			execute(t, db, "UPDATE leases SET retry_at = 0",
				fmt.Sprintf("UPDATE leases SET retry_at = 1001 WHERE user_id IN (SELECT user_id FROM outbox WHERE created_at <= %d)", behind))
			due, err := outbox.Due(t.Context(), time.UnixMilli(1000), 2)
			if err != nil || fmt.Sprint(due) != fmt.Sprint(want) {
				t.Errorf("behind %d: %v, %v; want %v", behind, due, err, want)
			}
		}
		want := domain.Backlog{Notices: 100_000, Oldest: time.UnixMilli(1).UTC()}
		if b, err := outbox.Backlog(t.Context()); err != nil || b != want {
			t.Errorf("%+v, %v", b, err)
		}
	})
}
