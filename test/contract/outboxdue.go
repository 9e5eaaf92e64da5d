package contract

import (
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var duePromises = []promise{
	{"Due returns users of whom there are notices, each once, those with the oldest first", func(t *trial) {
		t.wantDue(noon, 10)
		t.createUsers("@dora:example.org")
		ids := t.addNotices(notice(carol, ""), notice(alice, ""), notice(carol, ""), notice(bob, ""), notice(alice, ""))
		for limit, want := range [][]domain.UserID{nil, {carol}, {carol, alice}, {carol, alice, bob}, {carol, alice, bob}} {
			t.wantDue(noon, limit, want...)
		}
		t.deleteNotices(ids[0], ids[1])
		t.wantDue(noon, 10, carol, bob, alice)
		t.deleteNotices(ids[2:]...)
		t.wantDue(noon, 10)
	}},
	{"Due passes over users whose lease somebody has, to the millisecond", func(t *trial) {
		t.addNotices(notice(alice, ""), notice(bob, ""), notice(alice, ""))
		t.take(alice, "one", noon, later(time.Minute))
		t.wantDue(noon, 10, bob)
		t.wantDue(later(time.Minute-moment), 10, bob)
		t.wantDue(later(time.Minute), 10, alice, bob)
		t.wantDue(later(time.Minute), 1, alice)
		t.take(bob, "two", noon, later(time.Second))
		t.wantDue(noon, 10)
	}},
	{"Due passes over no user whose lease ends too far away to be one", func(t *trial) {
		t.addNotices(notice(alice, ""))
		t.take(alice, "one", noon, later(domain.MaxLease+moment))
		t.wantDue(noon, 10, alice)
		t.wantDue(noon.Add(999*time.Microsecond), 10, alice)
		t.wantDue(later(moment), 10)
	}},
	{"Due returns users whose lease was given back, and to whom nothing is delivered yet", func(t *trial) {
		t.addNotices(notice(alice, ""))
		lease := t.take(alice, "one", noon, later(time.Minute))
		lease.Until, lease.Known = later(time.Second), true
		t.putLease(lease, later(time.Second))
		t.wantDue(later(time.Second), 10, alice)
	}},
	{"Due passes over users who need not be told of yet, to the millisecond", func(t *trial) {
		t.addNotices(notice(alice, ""), notice(bob, ""))
		t.pause(alice, later(time.Hour+999*time.Microsecond))
		t.wantDue(noon, 10, bob)
		t.wantDue(later(time.Hour-moment), 10, bob)
		t.wantDue(later(time.Hour), 10, alice, bob)
		t.take(alice, "one", later(time.Hour), later(time.Hour+time.Minute))
		t.wantDue(later(time.Hour), 10, bob)
	}},
	{"Due finds those who are due behind however many notices of others", func(t *trial) {
		for _, many := range []int{999, 1, 9000, 1500} {
			t.addNotices(slices.Repeat([]domain.Notice{notice(carol, "")}, many)...)
			t.pause(carol, later(time.Hour))
			ids := t.addNotices(notice(bob, ""), notice(alice, ""))
			t.wantDue(noon, 10, bob, alice)
			t.wantDue(noon, 1, bob)
			t.wantDue(later(time.Hour), 2, carol, bob)
			t.deleteNotices(ids...)
			t.wantDue(noon, 10)
		}
	}},
	{"Due keeps the order of those before and behind many notices of others", func(t *trial) {
		t.addNotices(notice(bob, ""))
		t.addNotices(slices.Repeat([]domain.Notice{notice(carol, "")}, 10500)...)
		t.addNotices(notice(alice, ""), notice(bob, ""))
		t.pause(carol, later(time.Hour))
		t.wantDue(noon, 3, bob, alice)
		t.wantDue(noon, 2, bob, alice)
		t.wantDue(later(time.Hour), 3, bob, carol, alice)
	}},
}

func (t *trial) wantDue(now time.Time, limit int, want ...domain.UserID) {
	t.Helper()
	got, err := t.Outbox.Due(t.Context(), now, limit)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}

// pause has a delivery of the user's notices fail at noon.
func (t *trial) pause(user domain.UserID, retryAt time.Time) {
	t.Helper()
	lease := t.take(user, "pausing", noon, later(time.Second))
	lease.Until, lease.Failures, lease.RetryAt = noon, lease.Failures+1, retryAt
	t.putLease(lease, noon)
}
