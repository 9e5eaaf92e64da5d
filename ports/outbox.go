package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An OutboxRepository keeps what the homeserver has not heard yet. Times are kept
// to the millisecond. Users need not exist (any more).
type OutboxRepository interface {
	// Add appends notices, in their order. Their ids do not count; each gets one that
	// is greater than those of all notices of the same user that were added before,
	// as long as whoever adds one has locked the user or has its lease. It returns
	// the ids, or domain.ErrInvalidParam for texts that cannot be stored.
	Add(ctx context.Context, notices ...domain.Notice) ([]int64, error)

	// List returns the first notices of the user, at most so many, in the order of
	// their ids.
	List(ctx context.Context, user domain.UserID, limit int) ([]domain.Notice, error)

	// Delete forgets notices. Those that are not there are as good as forgotten.
	Delete(ctx context.Context, ids ...int64) error

	// Due returns users of whom there are notices, whose lease nobody has, and who
	// need not wait longer ([domain.Lease.RetryAt]); at most so many, and those with
	// the oldest notices first.
	Due(ctx context.Context, now time.Time, limit int) ([]domain.UserID, error)

	// Backlog returns how much there is.
	Backlog(ctx context.Context) (domain.Backlog, error)
}

// A LeaseRepository keeps who may tell the homeserver about which user. Times are
// kept to the millisecond. Users need not exist.
type LeaseRepository interface {
	// ByUser returns the lease of the user, which may be nobody's; if none was ever
	// taken, one of nobody's with the user alone.
	ByUser(ctx context.Context, user domain.UserID) (domain.Lease, error)

	// Take gives the lease of the user to the holder until a time, or returns
	// domain.ErrExists if somebody else has it ([domain.Lease.HeldFrom]). Whoever has it
	// already, has it until the new time. The rest of it stays as it is. Of several
	// concurrent calls exactly one gets it.
	Take(ctx context.Context, user domain.UserID, holder string, now, until time.Time) (domain.Lease, error)

	// Put stores the whole lease, or returns domain.ErrNotFound if the holder does
	// not have it at the time: it ended, or somebody else has it. Inside a transaction
	// nobody else takes it until that ends. A lease that ends now is given back.
	Put(ctx context.Context, lease domain.Lease, now time.Time) error
}
