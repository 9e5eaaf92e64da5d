package contract

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/domain"
)

var refreshRacePromises = []promise{
	{"20 refreshes of one token at once all succeed, and one pair of tokens lives", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		errs := together(20, func(i int) error {
			_, err := t.Sessions.Refresh(t.Context(), renewal("a", fmt.Sprint(i)))
			return err
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantEqual(t.countLive(20), map[domain.DeviceID]int{"d": 1})
		t.wantUnknown("a")
		t.wantEqual(t.countBranches(20), 1)
	}},
	{"20 uses of a new token at once all succeed", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "b")
		errs := together(20, func(int) error {
			bearer, err := t.Sessions.ByAccessToken(t.Context(), token("b"), noon)
			if bearer.Stale {
				err = errors.New("stale")
			}
			return err
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantUnknown("a")
	}},
	{"either the new token is used or the old one exchanged again, never both", func(t *trial) {
		for round := range 50 {
			name := func(what string) string { return fmt.Sprint(what, round) }
			t.signIn(refreshable(alice, "d", name("a")))
			t.refresh(name("a"), name("b"))
			errs := together(2, func(i int) error {
				if i == 0 {
					_, err := t.Sessions.Refresh(t.Context(), renewal(name("a"), name("c")))
					return err
				}
				_, err := t.Sessions.ByAccessToken(t.Context(), token(name("b")), noon)
				return err
			})
			t.wantOneSuccess(errs, domain.ErrNotFound)
		}
	}},
	{"of concurrent Refreshes and Deletes of a session, nothing lives after a Delete", func(t *trial) {
		for round := range 10 {
			name := func(i int) string { return fmt.Sprint(round, "-", i) }
			t.signIn(refreshable(alice, "d", name(0)))
			calls := []tokenCall{t.Sessions.Delete, t.Sessions.DeleteAll}
			errs := together(10, func(i int) error {
				if i == 0 {
					_, err := calls[round%2](t.Context(), token(name(0)))
					return err
				}
				_, err := t.Sessions.Refresh(t.Context(), renewal(name(0), name(i)))
				if errors.Is(err, domain.ErrNotFound) {
					return nil
				}
				return err
			})
			// The token may have been refreshed, but not twice: nobody used another.
			t.wantError(errors.Join(errs...), nil)
			for i := range 10 {
				t.wantUnknown(name(i))
				t.wantDead(name(i))
			}
			t.wantDevices(alice)
		}
	}},
	{"100 refreshes, logins, uses and Deletes at once leave a device with one pair, or neither", func(t *trial) {
		for round := range 3 {
			t.signIn(refreshable(alice, "d", "0"))
			var last atomic.Int64
			errs := together(100, func(i int) error {
				name, latest := fmt.Sprint(i+1), fmt.Sprint(last.Load())
				var err error
				switch i % 10 {
				case 0:
					_, err = t.Sessions.SignIn(t.Context(), refreshable(alice, "d", name))
				case 1:
					_, err = t.Sessions.Delete(t.Context(), token(latest))
				case 2, 3:
					_, err = t.Sessions.ByAccessToken(t.Context(), token(latest), noon)
				default:
					_, err = t.Sessions.Refresh(t.Context(), renewal(latest, name))
				}
				if err == nil && (i%10 == 0 || i%10 > 3) {
					last.Store(int64(i + 1))
				}
				if errors.Is(err, domain.ErrNotFound) {
					return nil
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			list, err := t.Devices.List(t.Context(), alice)
			if err != nil {
				t.Fatal(err)
			}
			live := t.countLive(101)
			if live["d"] != len(list) || t.countBranches(101) != len(list) {
				t.Fatalf("round %d: %d devices, %v living access tokens", round, len(list), live)
			}
		}
	}},
}

// countBranches counts how many of the refresh tokens of the pairs "0" to "n-1"
// can be exchanged, after their access tokens were used.
func (t *trial) countBranches(n int) (branches int) {
	t.Helper()
	for i := range n {
		next := fmt.Sprint("next of ", i)
		_, err := t.Sessions.Refresh(t.Context(), renewal(fmt.Sprint(i), next))
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		branches++
		t.wantLive(noon, next)
	}
	return branches
}
