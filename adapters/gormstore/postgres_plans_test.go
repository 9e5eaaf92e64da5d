package gormstore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// A plan outlives the state of the tables for which it was made. So it reads no table
// from end to end, not even one of five rows.
func TestPlansForSmallTablesAreGoodForLargeOnes(t *testing.T) {
	store := migrated(t, openPostgres(t, postgres.Open(t)))
	for i := range 5 {
		must(t, signIn(t.Context(), store, login(benchUser(int64(i)), "d", fmt.Sprint(i))))
	}
	conn, err := store.Writer().Conn(t.Context())
	must(t, err)
	defer conn.Close()
	run := func(statement string) {
		t.Helper()
		if _, err := conn.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Fatal(err)
		}
	}
	run("ANALYZE")
	// A table that has no index for it is read all the same, and not with a compiler.
	run("INSERT INTO server (name, only_row) VALUES ('example.org', 1)")
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN SELECT name FROM server")
	must(t, err)
	for rows.Next() {
		var line string
		must(t, rows.Scan(&line))
		if strings.Contains(line, "JIT") {
			t.Error(line)
		}
	}
	must(t, rows.Err())
	run("SET plan_cache_mode = force_generic_plan")
	for name, statement := range gormstore.HotStatements {
		parameters := 1
		for strings.Contains(statement, fmt.Sprint("$", parameters+1)) {
			parameters++
		}
		run("PREPARE " + name + " AS " + statement)
		explain := "EXPLAIN (FORMAT JSON) EXECUTE " + name + " (" + strings.Repeat("NULL, ", parameters-1) + "NULL)"
		var plan string
		must(t, conn.QueryRowContext(t.Context(), explain).Scan(&plan))
		if strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "Index") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}
