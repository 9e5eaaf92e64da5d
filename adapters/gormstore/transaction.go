package gormstore

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/ports"
)

// InTransaction implements [ports.Storage]. It calls do again if the database
// gave the transaction up in favour of another; all of it has four seconds.
func (s *Store) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	if s.cache == nil {
		return s.inTransaction(ctx, do)
	}
	var changed noted
	err := s.inTransaction(ctx, func(r ports.Repositories) error { return do(watched(r, &changed)) })
	s.cache.forget(changed.users...)
	return err
}

func (s *Store) inTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	var inside error // of do, or of a call that it overlooked: explained already
	err := s.limited(ctx, func(limit context.Context) error {
		inside = nil
		deadline, _ := limit.Deadline()
		return s.writer.WithContext(limit).Transaction(func(db *gorm.DB) error {
			tx := &transaction{store: s, db: db, deadline: deadline}
			inside = do(s.repositories(tx))
			failure := tx.failure()
			if failure == nil {
				return inside
			}
			if inside == nil {
				inside = failure
			}
			return failure
		})
	})
	if inside != nil {
		return inside
	}
	return err
}

// A transaction lets several calls share one transaction of the database.
type transaction struct {
	store    *Store
	db       *gorm.DB
	deadline time.Time

	mu     sync.Mutex
	failed error // why the transaction cannot be committed
}

func (t *transaction) read(ctx context.Context, do func(*gorm.DB) error) error {
	return t.call(ctx, do)
}

func (t *transaction) readAndWrite(ctx context.Context, do func(reader, writer *gorm.DB) error) error {
	return t.call(ctx, func(db *gorm.DB) error { return do(db, db) })
}

func (t *transaction) directly(ctx context.Context, do func(context.Context, direct) error) error {
	return t.call(ctx, func(db *gorm.DB) error {
		return do(db.Statement.Context, direct{reader: db.Statement.ConnPool, writer: db.Statement.ConnPool})
	})
}

func (t *transaction) write(ctx context.Context, do func(*gorm.DB) error) error {
	return t.call(ctx, do)
}

func (t *transaction) transact(ctx context.Context, do func(*gorm.DB) error) error {
	return t.call(ctx, do)
}

// call runs do. After an error of the database nothing more is done: SQLite may
// have rolled back, and would make every further statement a transaction of its
// own.
func (t *transaction) call(ctx context.Context, do func(*gorm.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil {
		return t.failed
	}
	limit, cancel := context.WithDeadline(ctx, t.deadline)
	defer cancel()
	err := do(t.db.WithContext(limit))
	if err == nil || isAnswer(err) {
		return err
	}
	t.failed = t.store.meaning(ctx, limit, err)
	return t.failed
}

func (t *transaction) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}
