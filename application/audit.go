package application

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	// auditRoom is how many records wait to be written down at most: some seconds
	// of a server's work, and some megabytes.
	auditRoom = 10_000
	// recordsAtOnce is how many are written down with one call.
	recordsAtOnce = 500
)

// AuditRules say what becomes of audit records. The zero AuditRules keep none.
type AuditRules struct {
	// Enabled says that they are kept.
	Enabled bool
	// Retention is how long; 0: for ever.
	Retention time.Duration
}

// Audit remembers who did what, and writes it down some time later: no request
// waits for that. It may be used concurrently.
type Audit struct {
	records ports.AuditRepository
	rules   AuditRules
	now     Clock

	writing sync.Mutex // held by whoever writes down
	mu      sync.Mutex // guards waiting
	waiting []domain.AuditRecord
}

// NewAudit makes one in which nothing waits.
func NewAudit(records ports.AuditRepository, rules AuditRules, now Clock) *Audit {
	return &Audit{records: records, rules: rules, now: now}
}

// Note keeps a record, if it is one to be kept ([domain.AuditRecord.IsKept]). It
// returns false if there was no room for it: records are made faster than they
// are written down, or not written down at all.
func (a *Audit) Note(record domain.AuditRecord) bool {
	if !a.rules.Enabled || !record.IsKept() {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.waiting) >= auditRoom {
		return false
	}
	a.waiting = append(a.waiting, record.Escaped())
	return true
}

// Write writes down what waits. What could not be written waits for the next
// time.
func (a *Audit) Write(ctx context.Context) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	for {
		batch := a.next()
		if len(batch) == 0 {
			return nil
		}
		if err := a.records.Add(ctx, batch); err != nil {
			return fmt.Errorf("%d records wait: %w", a.count(), err)
		}
		a.forget(len(batch))
	}
}

func (a *Audit) next() []domain.AuditRecord {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.waiting[:min(len(a.waiting), recordsAtOnce)])
}

// forget forgets the first n. They were written down.
func (a *Audit) forget(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = slices.Delete(a.waiting, 0, n)
	if len(a.waiting) == 0 {
		a.waiting = nil // after a rush, the room is given back
	}
}

func (a *Audit) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.waiting)
}

// CleanUp deletes the records that were kept long enough.
func (a *Audit) CleanUp(ctx context.Context) error {
	if a.rules.Retention == 0 {
		return nil
	}
	_, err := a.records.DeleteBefore(ctx, a.now().Add(-a.rules.Retention))
	return err
}
