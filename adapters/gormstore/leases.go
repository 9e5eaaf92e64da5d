package gormstore

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A leaseRow is a row of the table leases.
type leaseRow struct {
	UserID   string `gorm:"primaryKey"`
	Holder   string
	Until    int64
	Known    bool
	Failures int
	RetryAt  int64
}

// TableName tells GORM the table.
func (leaseRow) TableName() string { return "leases" }

func (r leaseRow) lease() domain.Lease {
	return domain.Lease{
		User: domain.UserID(r.UserID), Holder: r.Holder, Until: fromMillis(r.Until),
		Known: r.Known, Failures: r.Failures, RetryAt: fromMillis(r.RetryAt),
	}
}

// heldLease says of a lease l whether anybody has it, at [heldAt]. The rule is
// that of domain.Lease.HeldFrom.
const heldLease = `l.holder <> '' AND l.until > ? AND l.until <= ?`

// heldAt are the arguments of [heldLease] at a time.
func heldAt(now time.Time) [2]int64 {
	return [2]int64{now.UnixMilli(), now.Add(domain.MaxLease).UnixMilli()}
}

// leases is the ports.LeaseRepository.
type leases struct{ calls calls }

func (l leases) ByUser(ctx context.Context, user domain.UserID) (domain.Lease, error) {
	if err := domain.CheckText(string(user)); err != nil {
		return domain.Lease{}, err
	}
	var row leaseRow
	err := l.calls.read(ctx, func(db *gorm.DB) error {
		return take(db.Where("user_id = ?", string(user)), &row)
	})
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Lease{User: user}, nil
	}
	if err != nil {
		return domain.Lease{}, err
	}
	return row.lease(), nil
}

// takeLease waits for whoever writes the lease, and decides by what that left.
const takeLease = `
INSERT INTO leases AS l (user_id, holder, until, known, failures, retry_at) VALUES (?, ?, ?, false, 0, ?)
ON CONFLICT (user_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE NOT (l.holder <> excluded.holder AND ` + heldLease + `)
RETURNING user_id, holder, until, known, failures, retry_at`

func (l leases) Take(ctx context.Context, user domain.UserID, holder string, now, until time.Time) (domain.Lease, error) {
	if err := domain.CheckText(string(user), holder); err != nil {
		return domain.Lease{}, err
	}
	var row leaseRow
	held := heldAt(now)
	err := l.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Raw(takeLease, string(user), holder, until.UnixMilli(), time.Time{}.UnixMilli(), held[0], held[1]).Scan(&row)
		return orIfNone(result, domain.ErrExists)
	})
	if err != nil {
		return domain.Lease{}, err
	}
	return row.lease(), nil
}

const putLease = `
UPDATE leases AS l SET until = ?, known = ?, failures = ?, retry_at = ?
WHERE user_id = ? AND holder = ? AND ` + heldLease

func (l leases) Put(ctx context.Context, lease domain.Lease, now time.Time) error {
	if err := domain.CheckText(string(lease.User), lease.Holder); err != nil {
		return err
	}
	held := heldAt(now)
	return l.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Exec(putLease, lease.Until.UnixMilli(), lease.Known, lease.Failures, lease.RetryAt.UnixMilli(),
			string(lease.User), lease.Holder, held[0], held[1])
		return orIfNone(result, domain.ErrNotFound)
	})
}
