package contract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// soon is how long a test waits for what is not to happen.
const soon = 150 * time.Millisecond

var leasePromises = []promise{
	{"a lease that nobody ever took is nobody's", func(t *trial) {
		t.take(alice, "one", noon, later(time.Second))
		t.wantLease(domain.Lease{User: bob})
		t.wantLease(domain.Lease{User: "@Alice:example.org"})
	}},
	{"Take gives the lease until a time, to the millisecond, and needs no user", func(t *trial) {
		odd := noon.In(time.FixedZone("east", 5*3600)).Add(999 * time.Microsecond)
		want := domain.Lease{User: alice, Holder: "one", Until: later(time.Second)}
		t.wantEqual(t.take(alice, "one", noon, odd.Add(time.Second)), want)
		t.wantLease(want)
	}},
	{"Take gives what nobody else has, and leaves the rest of it as it is", func(t *trial) {
		const end = time.Minute / 2
		for i, c := range []struct {
			name, holder string
			now          time.Duration
			want         error
		}{
			{"the holder's own", "one", 0, nil},
			{"the holder's own that ended", "one", time.Hour, nil},
			{"another's", "two", 0, domain.ErrExists},
			{"another's, of a name that looks alike", "One", 0, domain.ErrExists},
			{"another's that ends in a moment", "two", end - moment, domain.ErrExists},
			{"another's that ends in less", "two", end - time.Microsecond, domain.ErrExists},
			{"another's that ends now", "two", end, nil},
			{"another's that ended", "two", time.Hour, nil},
			{"another's that lasts as long as one may", "two", end - domain.MaxLease, domain.ErrExists},
			{"another's that lasts longer", "two", end - domain.MaxLease - moment, nil},
		} {
			user := domain.UserID(fmt.Sprintf("@user%d:example.org", i))
			before := t.take(user, "one", noon, later(end))
			before.Known, before.Failures, before.RetryAt = true, 7, later(time.Hour)
			t.putLease(before, noon)
			until := later(c.now + time.Second)
			want := before
			if c.want == nil {
				want.Holder, want.Until = c.holder, until
			}
			got, err := t.Leases.Take(t.Context(), user, c.holder, later(c.now), until)
			if !errors.Is(err, c.want) || err == nil && difference(want, got) != "" {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
			t.wantLease(want)
		}
	}},
	{"Put stores all of a lease, to the millisecond", func(t *trial) {
		lease := t.take(alice, "one", noon, later(time.Second))
		for i := range 2 {
			lease.Until, lease.Known, lease.Failures, lease.RetryAt = later(time.Minute), i == 0, 7-i, later(time.Hour)
			want := lease
			lease.Until, lease.RetryAt = lease.Until.Add(999*time.Microsecond), lease.RetryAt.Add(999*time.Microsecond)
			t.putLease(lease, later(time.Second-moment))
			t.wantLease(want)
		}
		t.putLease(domain.Lease{User: alice, Holder: "one"}, noon)
		t.wantLease(domain.Lease{User: alice, Holder: "one"})
	}},
	{"Put of what the holder does not have is ErrNotFound, and changes nothing", func(t *trial) {
		lease := t.take(alice, "one", noon, later(time.Second))
		t.take(bob, "", noon, later(time.Second))
		for name, c := range map[string]struct {
			user   domain.UserID
			holder string
			now    time.Duration
		}{
			"another's":                 {alice, "two", 0},
			"nobody's, by another":      {alice, "", 0},
			"one that ends now":         {alice, "one", time.Second},
			"one that ended":            {alice, "one", time.Hour},
			"one that ends too far off": {alice, "one", time.Second - domain.MaxLease - moment},
			"one that nobody took":      {carol, "one", 0},
			"nobody's":                  {bob, "", 0},
		} {
			put := domain.Lease{User: c.user, Holder: c.holder, Until: later(time.Hour), Known: true}
			if err := t.Leases.Put(t.Context(), put, later(c.now)); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.wantLease(lease)
		t.wantLease(domain.Lease{User: bob, Until: later(time.Second)})
		t.wantLease(domain.Lease{User: carol})
		taken := t.take(alice, "two", later(time.Second), later(2*time.Second))
		t.wantError(t.Leases.Put(t.Context(), lease, noon), domain.ErrNotFound)
		t.wantLease(taken)
	}},
	{"a lease that is given back can be taken at once, and not be put again", func(t *trial) {
		lease := t.take(alice, "one", noon, later(time.Minute))
		lease.Until = later(time.Second)
		t.putLease(lease, later(time.Second))
		t.wantError(t.Leases.Put(t.Context(), lease, later(time.Second)), domain.ErrNotFound)
		t.take(alice, "two", later(time.Second), later(time.Minute))
	}},
	{"of 20 who take a lease at once exactly one gets it, be it new or not", func(t *trial) {
		for round := range 10 {
			now, until := later(time.Duration(round)*time.Second), later(time.Duration(round+1)*time.Second)
			for _, user := range []domain.UserID{alice, domain.UserID(fmt.Sprintf("@user%d:example.org", round))} {
				errs := together(20, func(i int) error {
					_, err := t.Leases.Take(t.Context(), user, fmt.Sprint(i), now, until)
					return err
				})
				t.wantOneSuccess(errs, domain.ErrExists)
				lease, err := t.Leases.ByUser(t.Context(), user)
				t.wantError(err, nil)
				for i, err := range errs {
					t.wantEqual(lease.Holder == fmt.Sprint(i), err == nil)
				}
			}
		}
	}},
	{"Put in a transaction keeps others out until that ends", func(t *trial) {
		for undone, want := range map[error]error{nil: nil, errOwn: domain.ErrExists} {
			user := domain.UserID(fmt.Sprintf("@user of %v:example.org", undone))
			given := t.take(user, "one", noon, later(time.Minute))
			given.Until = later(time.Second)
			err := t.transact(func(tx *trial) error {
				tx.putLease(given, later(time.Second))
				t.wantWaits(func(ctx context.Context) error {
					_, err := t.Leases.Take(ctx, user, "two", later(time.Second), later(time.Minute))
					return err
				})
				return undone
			})
			t.wantError(err, undone)
			_, err = t.Leases.Take(t.Context(), user, "two", later(time.Second), later(time.Minute))
			t.wantError(err, want)
		}
	}},
	{"whoever waited for a transaction takes the lease only if that leaves it to be taken", func(t *trial) {
		for round := range 10 {
			user := domain.UserID(fmt.Sprintf("@user%d:example.org", round))
			lease := t.take(user, "one", noon, later(time.Second))
			lease.Until = later(time.Minute)
			done := make(chan error, 1)
			t.wantError(t.transact(func(tx *trial) error {
				tx.putLease(lease, noon)
				go func() { // to whom the lease has ended, as it was
					_, err := t.Leases.Take(t.Context(), user, "two", later(time.Second), later(time.Minute))
					done <- err
				}()
				return nil
			}), nil)
			t.wantError(<-done, domain.ErrExists)
			t.wantLease(lease)
		}
	}},
}

// take takes a lease and wants success.
func (t *trial) take(user domain.UserID, holder string, now, until time.Time) domain.Lease {
	t.Helper()
	lease, err := t.Leases.Take(t.Context(), user, holder, now, until)
	t.wantError(err, nil)
	return lease
}

func (t *trial) putLease(lease domain.Lease, now time.Time) {
	t.Helper()
	t.wantError(t.Leases.Put(t.Context(), lease, now), nil)
}

func (t *trial) wantLease(want domain.Lease) {
	t.Helper()
	got, err := t.Leases.ByUser(t.Context(), want.User)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}

// wantWaits wants a call not to end before a transaction that is under way.
func (t *trial) wantWaits(call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	t.wantError(call(ctx), context.DeadlineExceeded)
}
