// Package memstore keeps everything in memory, for tests and trials: what it
// knows ends with the process. It promises what a database promises. Changes
// are isolated until they are committed, readers do not wait for writers, and a
// cancelled context, a refused call or a panic leaves nothing behind.
package memstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// writerWait is how long a call waits for the transaction that is under way
// before it returns domain.ErrUnavailable.
const writerWait = 4 * time.Second

// A Store is a [ports.Storage] in memory. It may be used concurrently.
type Store struct {
	writer    chan struct{} // holds one value: whoever takes it may write
	mu        sync.RWMutex  // guards committed
	committed *tables
}

// New makes an empty store.
func New() *Store {
	s := &Store{writer: make(chan struct{}, 1), committed: newTables()}
	s.writer <- struct{}{}
	return s
}

// Ping implements [ports.Storage].
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// Repositories implements [ports.Storage].
func (s *Store) Repositories() ports.Repositories { return repositories(s) }

// CleanUp implements [ports.Storage]. There is nothing to clean up.
func (s *Store) CleanUp(ctx context.Context) error { return ctx.Err() }

// InTransaction implements [ports.Storage]. It calls do once.
func (s *Store) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	return s.write(ctx, func(v *view) error {
		tx := &transaction{view: v}
		defer tx.end()
		return do(repositories(tx))
	})
}

// read shows do what is committed. It implements calls.
func (s *Store) read(ctx context.Context, do func(*view) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return do(newView(s.committed))
}

// write commits the changes of do if it returns nil and ctx has not ended. It
// implements calls.
func (s *Store) write(ctx context.Context, do func(*view) error) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer func() { s.writer <- struct{}{} }()

	// Only the writer changes what is committed, so it reads without mu.
	v := newView(s.committed)
	if err := do(v); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.commit()
	return nil
}

func (s *Store) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	timer := time.NewTimer(writerWait)
	defer timer.Stop()
	select {
	case <-s.writer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("%w: a transaction does not end", domain.ErrUnavailable)
	}
}
