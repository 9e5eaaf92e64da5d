package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// ticket is the user's, and expires so long after noon.
func ticket(name string, user domain.UserID, lasts time.Duration) domain.Ticket {
	return domain.Ticket{Hash: token(name), User: user, Expires: later(lasts)}
}

var ticketPromises = []promise{
	{"a ticket keeps all that it has, a user or none, an end or none", func(t *trial) {
		t.createUsers(alice)
		for _, want := range []domain.Ticket{
			ticket("1", alice, time.Hour), ticket("2", "", time.Hour),
			{Hash: token("3"), User: alice}, {Hash: token("4")},
		} {
			t.addTicket(want)
			t.wantTicket(want, noon)
		}
		t.wantTicket(domain.Ticket{Hash: token("3"), User: alice}, far)
		_, err := t.Tickets.ByHash(t.Context(), token("other"), noon)
		t.wantError(err, domain.ErrNotFound)
	}},
	{"a ticket expires to the millisecond", func(t *trial) {
		t.createUsers(alice)
		want := ticket("t", alice, time.Minute)
		t.addTicket(want)
		t.wantTicket(want, later(time.Minute-moment))
		for _, now := range []time.Time{later(time.Minute), later(time.Hour)} {
			_, err := t.Tickets.ByHash(t.Context(), token("t"), now)
			t.wantError(err, domain.ErrNotFound)
			_, err = t.Tickets.Spend(t.Context(), token("t"), now)
			t.wantError(err, domain.ErrNotFound)
		}
	}},
	{"Spend returns a ticket, once", func(t *trial) {
		t.createUsers(alice)
		for _, want := range []domain.Ticket{ticket("t", alice, time.Minute), {Hash: token("t")}} {
			t.addTicket(want)
			t.addTicket(ticket("other", alice, time.Minute))
			got, err := t.Tickets.Spend(t.Context(), token("t"), later(time.Minute-moment))
			t.wantError(err, nil)
			t.wantEqual(got, want)
			_, err = t.Tickets.Spend(t.Context(), token("t"), noon)
			t.wantError(err, domain.ErrNotFound)
			_, err = t.Tickets.ByHash(t.Context(), token("t"), noon)
			t.wantError(err, domain.ErrNotFound)
			_, err = t.Tickets.Spend(t.Context(), token("other"), noon)
			t.wantError(err, nil)
		}
	}},
	{"tickets' DeleteAll deletes the user's, and no others", func(t *trial) {
		t.createUsers(alice, bob)
		t.addTicket(ticket("1", alice, time.Minute))
		t.addTicket(domain.Ticket{Hash: token("2"), User: alice})
		his, nobodys := ticket("3", bob, time.Minute), ticket("4", "", time.Minute)
		t.addTicket(his)
		t.addTicket(nobodys)
		for _, user := range []domain.UserID{alice, alice, nobody} {
			t.wantError(t.Tickets.DeleteAll(t.Context(), user), nil)
		}
		for _, name := range []string{"1", "2"} {
			_, err := t.Tickets.ByHash(t.Context(), token(name), noon)
			t.wantError(err, domain.ErrNotFound)
		}
		t.wantTicket(his, noon)
		t.wantTicket(nobodys, noon)
	}},
	{"tickets' DeleteExpired deletes those that have expired, to the millisecond, and says how many", func(t *trial) {
		t.createUsers(alice)
		kept := []domain.Ticket{ticket("kept", alice, time.Minute+moment), {Hash: token("for ever"), User: alice}, {Hash: token("nobody's")}}
		for _, one := range append(kept, ticket("1", alice, time.Minute), ticket("2", "", time.Second), ticket("3", alice, -time.Hour)) {
			t.addTicket(one)
		}
		for _, want := range []int{3, 0} {
			n, err := t.Tickets.DeleteExpired(t.Context(), later(time.Minute))
			t.wantError(err, nil)
			t.wantEqual(n, want)
		}
		for _, one := range kept {
			t.wantTicket(one, noon)
		}
		// They are gone, and not only expired.
		for _, name := range []string{"1", "2", "3"} {
			_, err := t.Tickets.ByHash(t.Context(), token(name), noon.Add(-1000*time.Hour))
			t.wantError(err, domain.ErrNotFound)
			t.addTicket(ticket(name, alice, time.Minute))
		}
	}},
	{"of 20 concurrent Spends of one ticket exactly one succeeds", func(t *trial) {
		t.createUsers(alice)
		for range 5 {
			t.addTicket(ticket("t", alice, time.Minute))
			errs := together(20, func(int) error {
				_, err := t.Tickets.Spend(t.Context(), token("t"), noon)
				return err
			})
			t.wantOneSuccess(errs, domain.ErrNotFound)
		}
	}},
	{"of 20 transactions that spend one ticket exactly one does what it is good for", func(t *trial) {
		t.createUsers(alice)
		t.addTicket(ticket("t", alice, time.Minute))
		all := names("", 20)
		errs := together(20, func(i int) error {
			return t.transact(func(tx *trial) error {
				if _, err := tx.Tickets.Spend(t.Context(), token("t"), noon); err != nil {
					return err
				}
				_, err := tx.Sessions.SignIn(t.Context(), login(alice, domain.DeviceID(all[i]), all[i]))
				return err
			})
		})
		t.wantOneSuccess(errs, domain.ErrNotFound)
		t.wantEqual(len(t.countLive(all)), 1)
	}},
	{"a ticket that has expired is replaced, and no other", func(t *trial) {
		t.createUsers(alice)
		t.addTicket(ticket("t", alice, time.Minute))
		anew := ticket("t", "", time.Hour)
		t.wantError(t.Tickets.Create(t.Context(), anew, later(time.Minute-moment)), domain.ErrExists)
		t.wantTicket(ticket("t", alice, time.Minute), noon)
		t.wantError(t.Tickets.Create(t.Context(), anew, later(time.Minute)), nil)
		t.wantTicket(anew, later(time.Minute))
		t.addTicket(domain.Ticket{Hash: token("for ever")})
		t.wantError(t.Tickets.Create(t.Context(), domain.Ticket{Hash: token("for ever"), User: alice}, far), domain.ErrExists)
	}},
	{"of 20 concurrent Creates of one that has expired exactly one succeeds", func(t *trial) {
		t.addTicket(ticket("t", "", time.Minute))
		errs := together(20, func(int) error {
			return t.Tickets.Create(t.Context(), ticket("t", "", time.Hour), later(time.Minute))
		})
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
	{"of 20 concurrent Creates of one ticket exactly one succeeds", func(t *trial) {
		errs := together(20, func(int) error { return t.Tickets.Create(t.Context(), ticket("t", "", time.Minute), noon) })
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
}

// wantTicket wants the ticket to be there at the time.
func (t *trial) wantTicket(want domain.Ticket, now time.Time) {
	t.Helper()
	got, err := t.Tickets.ByHash(t.Context(), want.Hash, now)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}
