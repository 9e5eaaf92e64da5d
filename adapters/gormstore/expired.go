package gormstore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"
)

const (
	// expiredAtOnce is how many rows one statement deletes, so that nobody waits for
	// long, and what was done is done.
	expiredAtOnce = 1000
	// expiredPause lies between two of them. It leaves most of the writer's time on
	// SQLite to others, and still keeps up with any number of logins.
	expiredPause = 20 * time.Millisecond
)

// An expiry says of a table by which key its rows are known, and which column tells
// when they expire. It has an index.
type expiry struct{ table, key, column string }

// deleteExpired deletes the rows that expire at a time or before. It takes as long
// as it takes: each statement is a call of its own, and ctx ends it between two. A
// statement begins where the one before ended, and does not pass what that left
// behind.
func deleteExpired(ctx context.Context, c calls, e expiry, until int64) (deleted int, err error) {
	for from := int64(math.MinInt64); ; {
		var gone []int64
		err := c.write(ctx, func(db *gorm.DB) error {
			gone = nil
			return db.Raw(deleteSome(db.Name(), e), from, until, until).Scan(&gone).Error
		})
		deleted += len(gone)
		// Where another instance does the same, that has the rest.
		if err != nil || len(gone) < expiredAtOnce {
			return deleted, err
		}
		from = slices.Max(gone)
		select {
		case <-ctx.Done():
			return deleted, ctx.Err()
		case <-time.After(expiredPause):
		}
	}
}

// oldest finds the keys of some rows. An array is looked up in the index of the
// keys, where a list may be compared with each row of a table that is not large.
var oldest = map[string]string{
	"postgres": "%s = ANY (ARRAY (SELECT %[1]s FROM %s WHERE %[3]s >= ? AND %[3]s <= ? ORDER BY %[3]s LIMIT %d))",
	"sqlite":   "%s IN (SELECT %[1]s FROM %s WHERE %[3]s >= ? AND %[3]s <= ? ORDER BY %[3]s LIMIT %d)",
}

// deleteSome looks at the time once more: a row may have been given another one
// while the statement waited for it.
func deleteSome(dialect string, e expiry) string {
	keys := fmt.Sprintf(oldest[dialect], e.key, e.table, e.column, expiredAtOnce)
	return fmt.Sprintf("DELETE FROM %s WHERE %s AND %[3]s <= ? RETURNING %[3]s", e.table, keys, e.column)
}
