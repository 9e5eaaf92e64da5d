package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An AuditRepository remembers audit records. They outlive the users that they
// are about. Times are kept to the millisecond.
type AuditRepository interface {
	// Add adds records, all or none of them. Those whose id is known are passed
	// over, so whoever does not know whether they were added adds them again.
	Add(ctx context.Context, records []domain.AuditRecord) error

	// List returns the records that are asked for, the newest first, and those of
	// one time by the bytes of their ids, the greatest first.
	List(ctx context.Context, query domain.AuditQuery) ([]domain.AuditRecord, error)

	// DeleteBefore deletes those that are older than a time, and returns how many, a
	// few at a time, as the DeleteExpired of TicketRepository does.
	DeleteBefore(ctx context.Context, t time.Time) (int, error)
}
