package gormstore

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"
)

// oldChanges are those that were committed at a time that is past.
type oldChanges struct {
	mu    sync.Mutex
	until int64 // the last transaction before which none was under way; 0: unknown yet
	at    int64 // when that was, by the server's clock
	// server says which one that was, by when it started: another one, be it a standby
	// that took over or one with a dump, may give the same numbers to transactions
	// that are yet to come.
	server int64
}

const (
	endedNow = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1,
	(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
	(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint`

	// deleteStrayChanges deletes those of transactions that are yet to come: another
	// server made them, and they came with a dump.
	deleteStrayChanges = `DELETE FROM token_changes WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())`

	deleteOldChanges = `DELETE FROM token_changes WHERE ctid = ANY (ARRAY (
	SELECT ctid FROM token_changes WHERE xact >= ?::bigint::text::xid8 AND xact <= ?::bigint::text::xid8
	ORDER BY xact LIMIT 1000))
RETURNING xact::text::bigint`
)

// deleteChanges implements dialect. It deletes what had been committed when it was
// last called, if that is long enough ago for everybody to have read it.
func (postgres) deleteChanges(ctx context.Context, s *Store) error {
	s.old.mu.Lock()
	defer s.old.mu.Unlock()
	var until, at, server int64
	err := s.write(ctx, func(db *gorm.DB) error {
		if err := db.Exec(deleteStrayChanges).Error; err != nil {
			return err
		}
		return db.Raw(endedNow).Row().Scan(&until, &at, &server)
	})
	isKnown := s.old.until != 0 && s.old.server == server
	if err != nil || isKnown && at-s.old.at < changesKept.Milliseconds() {
		return err
	}
	if isKnown {
		if _, err := deleteExpired(ctx, s, oldestChangesExpire, s.old.until); err != nil {
			return err
		}
	}
	s.old.until, s.old.at, s.old.server = until, at, server
	return nil
}

func oldestChangesExpire(db *gorm.DB, from, until int64) *gorm.DB {
	return db.Raw(deleteOldChanges, max(from, 0), until)
}

// deleteChanges implements dialect. A trigger does it.
func (sqlite) deleteChanges(context.Context, *Store) error { return nil }

// changesKept is how long changes are kept at least. Whoever has not looked for half
// of that may have missed some.
const changesKept = time.Minute
