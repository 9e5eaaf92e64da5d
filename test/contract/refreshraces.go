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
		all := names("a/", 20)
		errs := together(20, func(i int) error {
			_, err := t.Sessions.Refresh(t.Context(), renewal("a", all[i]))
			return err
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantEqual(t.countLive(all), map[domain.DeviceID]int{"d": 1})
		t.wantUnknown("a")
		t.wantEqual(t.countBranches(all), 1)
	}},
	{"20 uses of a new token at once all succeed", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/b")
		errs := together(20, func(int) error {
			bearer, err := t.Sessions.ByAccessToken(t.Context(), key("a/b"), noon)
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
			a := fmt.Sprint(round)
			t.signIn(refreshable(alice, "d", a))
			t.refresh(a, a+"/b")
			errs := together(2, func(i int) error {
				if i == 0 {
					_, err := t.Sessions.Refresh(t.Context(), renewal(a, a+"/c"))
					return err
				}
				bearer, err := t.Sessions.ByAccessToken(t.Context(), key(a+"/b"), noon)
				if bearer.Stale {
					err = domain.ErrNotFound
				}
				return err
			})
			t.wantOneSuccess(errs, domain.ErrNotFound)
		}
	}},
	{"of concurrent Refreshes and ends of a session, nothing lives after the end", func(t *trial) {
		for name, end := range t.endings() {
			all := append(names(name+"/", 10), name)
			t.signIn(refreshable(alice, "d", name))
			errs := together(10, func(i int) error {
				if i == 0 {
					_, err := end(t.Context(), session(name))
					return err
				}
				_, err := t.Sessions.Refresh(t.Context(), renewal(name, all[i]))
				if errors.Is(err, domain.ErrNotFound) {
					return nil
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			t.wantUnknown(all...)
			t.wantDead(all...)
			t.wantDevices(alice)
		}
	}},
	{"100 refreshes, logins, uses and Deletes at once leave a device with one pair, or neither", func(t *trial) {
		for round := range 3 {
			first := fmt.Sprint("round ", round)
			t.signIn(refreshable(alice, "d", first))
			var last atomic.Pointer[string]
			last.Store(&first)
			all := make([]string, 100)
			errs := together(len(all), func(i int) error {
				latest := *last.Load()
				all[i] = fmt.Sprint(latest, "/", i)
				var err error
				switch i % 10 {
				case 0:
					all[i] = fmt.Sprint("login ", round, " ", i)
					_, err = t.Sessions.SignIn(t.Context(), refreshable(alice, "d", all[i]))
				case 1:
					_, err = t.Sessions.Delete(t.Context(), session(latest))
				case 2, 3:
					_, err = t.Sessions.ByAccessToken(t.Context(), key(latest), noon)
				default:
					_, err = t.Sessions.Refresh(t.Context(), renewal(latest, all[i]))
				}
				if err == nil && (i%10 == 0 || i%10 > 3) {
					last.Store(&all[i])
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
			all = append(all, first)
			live := t.countLive(all)
			if live["d"] != len(list) || t.countBranches(all) != len(list) {
				t.Fatalf("round %d: %d devices, %v living access tokens", round, len(list), live)
			}
		}
	}},
}

// names returns n names that begin alike.
func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(prefix, i)
	}
	return all
}

// countBranches counts how many of the refresh tokens of the pairs can be
// exchanged, after their access tokens were used.
func (t *trial) countBranches(pairs []string) (branches int) {
	t.Helper()
	for _, name := range pairs {
		next := name + "/next"
		_, err := t.Sessions.Refresh(t.Context(), renewal(name, next))
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
