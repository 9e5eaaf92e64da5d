package gormstore

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// firstNotices walks the first notices, whatever there are, and asks for each
// whether somebody may tell the homeserver of its user. An expression is no join:
// no database is tempted to read all leases for it.
const firstNotices = `
SELECT user_id, coalesce((
	SELECT l.retry_at <= ? AND NOT (` + heldLease + `) FROM leases l WHERE l.user_id = o.user_id
), true) AS free
FROM outbox o ORDER BY seq LIMIT ?`

const dueOfAll = `
SELECT user_id FROM outbox o
WHERE NOT EXISTS (SELECT 1 FROM leases l WHERE l.user_id = o.user_id AND (l.retry_at > ? OR ` + heldLease + `))
GROUP BY user_id ORDER BY min(seq) LIMIT ?`

// firstLooks are how many notices Due looks at, if so many wait, before it looks
// at all.
var firstLooks = []int{1000, 10000}

// A waiting notice is one of those that Due looks at.
type waiting struct {
	UserID domain.UserID
	Free   bool
}

// Due looks at the first notices, mostly: a thousand take some 5 milliseconds,
// however many wait. It looks at all only if most of the first 10,000 are of
// users who have to wait; a million take less than a second then.
func (o outbox) Due(ctx context.Context, now time.Time, limit int) (due []domain.UserID, err error) {
	ms, held := now.UnixMilli(), heldAt(now)
	err = o.calls.read(ctx, func(db *gorm.DB) error {
		for _, many := range firstLooks {
			var first []waiting
			if err := db.Raw(firstNotices, ms, held[0], held[1], many).Scan(&first).Error; err != nil {
				return err
			}
			due = dueOf(first, limit)
			if len(due) == limit || len(first) < many {
				return nil
			}
		}
		due = nil
		return db.Raw(dueOfAll, ms, held[0], held[1], limit).Scan(&due).Error
	})
	if err != nil {
		return nil, err
	}
	return due, nil
}

// dueOf returns the users of the notices about whom the homeserver may be told,
// each once.
func dueOf(notices []waiting, limit int) (due []domain.UserID) {
	seen := map[domain.UserID]bool{}
	for _, n := range notices {
		if n.Free && !seen[n.UserID] && len(due) < limit {
			seen[n.UserID] = true
			due = append(due, n.UserID)
		}
	}
	return due
}
