package gormstore

import (
	"context"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"
)

const (
	// expiredAtOnce is how many rows one statement deletes (its LIMIT), so that nobody
	// waits for long, and what was done is done.
	expiredAtOnce = 1000
	// expiredPause lies between two of them. It leaves most of the writer's time on
	// SQLite to others, and still keeps up with any number of logins.
	expiredPause = 20 * time.Millisecond
)

// An expiry deletes some rows of a table, the oldest of those that expire between
// two times, and returns when they did.
type expiry func(db *gorm.DB, from, until int64) *gorm.DB

// deleteExpired deletes the rows that expire at a time or before. It takes as long
// as it takes: each statement is a call of its own, and ctx ends it between two. A
// statement begins where the one before ended, and does not pass what that left
// behind.
func deleteExpired(ctx context.Context, c calls, e expiry, until int64) (deleted int, err error) {
	for from := int64(math.MinInt64); ; {
		var gone []int64
		err := c.write(ctx, func(db *gorm.DB) error {
			gone = nil
			return e(db, from, until).Scan(&gone).Error
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
