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
	// auditRoom is how many records wait to be written down at most: some megabytes.
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
	// much receives when enough waits for a call of its own: whoever then writes it
	// down at once has room for what else comes.
	much chan struct{}

	writing sync.Mutex             // held by whoever writes down
	mu      sync.Mutex             // guards the others
	waiting [][]domain.AuditRecord // in batches, of which the last grows
	count   int                    // of those that wait or are being written down
}

// NewAudit makes one in which nothing waits.
func NewAudit(records ports.AuditRepository, rules AuditRules, now Clock) *Audit {
	return &Audit{records: records, rules: rules, now: now, much: make(chan struct{}, 1)}
}

// Note keeps a record, if it is one to be kept ([domain.AuditRecord.IsKept]). It
// returns false if there was no room for it: records are made faster than they
// are written down, or not written down at all.
func (a *Audit) Note(record domain.AuditRecord) bool {
	if !a.rules.Enabled || !record.IsKept() {
		return true
	}
	record = record.Escaped()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count >= auditRoom {
		return false
	}
	last := len(a.waiting) - 1
	if last < 0 || len(a.waiting[last]) == recordsAtOnce {
		a.waiting = append(a.waiting, nil)
		last++
	}
	a.waiting[last] = append(a.waiting[last], record)
	if a.count++; len(a.waiting[last]) == recordsAtOnce {
		select {
		case a.much <- struct{}{}:
		default: // it is said already
		}
	}
	return true
}

// Write writes down what waits, and of what comes meanwhile as many as make a whole
// batch. What could not be written waits for the next time.
func (a *Audit) Write(ctx context.Context) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	for left := a.kept(); ; {
		batch := a.take(left > 0)
		if len(batch) == 0 {
			return nil
		}
		err := a.records.Add(ctx, batch)
		if a.done(batch, err == nil); err != nil {
			return fmt.Errorf("%d records wait: %w", a.kept(), err)
		}
		left -= len(batch)
	}
}

// kept is how many records are not written down.
func (a *Audit) kept() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// take takes out the batch that has waited longest, if it is whole or may be a part.
func (a *Audit) take(part bool) (batch []domain.AuditRecord) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.waiting) == 0 || !part && len(a.waiting[0]) < recordsAtOnce {
		return nil
	}
	batch = a.waiting[0]
	a.waiting = slices.Delete(a.waiting, 0, 1)
	return batch
}

// done puts a batch back that was not written down.
func (a *Audit) done(batch []domain.AuditRecord, written bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if written {
		a.count -= len(batch)
	} else {
		a.waiting = slices.Insert(a.waiting, 0, batch)
	}
}

// CleanUp deletes the records that were kept long enough.
func (a *Audit) CleanUp(ctx context.Context) error {
	if a.rules.Retention == 0 {
		return nil
	}
	_, err := a.records.DeleteBefore(ctx, a.now().Add(-a.rules.Retention))
	return err
}
