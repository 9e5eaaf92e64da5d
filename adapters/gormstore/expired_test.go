package gormstore_test

import (
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestAnyNumberOfExpiredRowsIsDeleted(t *testing.T) {
	const many = 2500
	fill := map[string]string{
		"PostgreSQL": "INSERT INTO tickets (hash, expires_at) SELECT n::text::bytea, n FROM generate_series(1, %d) n",
		"SQLite": `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d)
			INSERT INTO tickets (hash, expires_at) SELECT CAST(n AS BLOB), n FROM s`,
	}
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		execute(t, raw(t, url), fmt.Sprintf(fill[dialect(t)], many))
		tickets := store.Repositories().Tickets
		if err := tickets.Create(t.Context(), domain.Ticket{Hash: session("for ever")}, at); err != nil {
			t.Fatal(err)
		}
		n, err := tickets.DeleteExpired(t.Context(), at.Add(many*1e6-2e6))
		if n != many-1 || err != nil {
			t.Errorf("%d were deleted, %v", n, err)
		}
		if left := one[int](t, raw(t, url), "SELECT count(*) FROM tickets"); left != 2 {
			t.Errorf("%d are left", left)
		}
	})
}
