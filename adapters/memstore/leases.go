package memstore

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// leases is the ports.LeaseRepository.
type leases struct{ calls calls }

func (l leases) ByUser(ctx context.Context, user domain.UserID) (domain.Lease, error) {
	return ask(ctx, l.calls.read, func(v *view) (domain.Lease, error) {
		if err := domain.CheckText(string(user)); err != nil {
			return domain.Lease{}, err
		}
		return v.lease(user), nil
	})
}

func (l leases) Take(ctx context.Context, user domain.UserID, holder string, now, until time.Time) (domain.Lease, error) {
	return ask(ctx, l.calls.write, func(v *view) (domain.Lease, error) {
		if err := domain.CheckText(string(user), holder); err != nil {
			return domain.Lease{}, err
		}
		lease := v.lease(user)
		if lease.HeldFrom(holder, milliseconds(now)) {
			return domain.Lease{}, domain.ErrExists
		}
		lease.Holder, lease.Until = holder, milliseconds(until)
		v.leases.set(user, lease)
		return lease, nil
	})
}

// Put stores a lease of whom it is held by: one that everybody else is kept from.
func (l leases) Put(ctx context.Context, lease domain.Lease, now time.Time) error {
	return l.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(lease.User), lease.Holder); err != nil {
			return err
		}
		stored := v.lease(lease.User)
		if stored.Holder != lease.Holder || !stored.HeldFrom("", milliseconds(now)) {
			return domain.ErrNotFound
		}
		lease.Until, lease.RetryAt = milliseconds(lease.Until), milliseconds(lease.RetryAt)
		v.leases.set(lease.User, lease)
		return nil
	})
}

// lease returns the user's, or one of nobody's.
func (v *view) lease(user domain.UserID) domain.Lease {
	if lease, ok := v.leases.get(user); ok {
		return lease
	}
	return domain.Lease{User: user}
}
