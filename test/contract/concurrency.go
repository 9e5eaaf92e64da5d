package contract

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/domain"
)

var concurrencyPromises = []promise{
	{"of 20 concurrent Creates of one user exactly one succeeds", func(t *trial) {
		errs := together(20, func(int) error { return t.Users.Create(t.Context(), domain.User{ID: alice}) })
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
	{"50 first logins of one user at once all succeed, and one creates the user", func(t *trial) {
		// A database opens connections for the first users: they hardly meet.
		for round := range 5 {
			user := domain.UserID(fmt.Sprintf("@user%d:example.org", round))
			name := func(i int) string { return fmt.Sprint(user, i) }
			var created atomic.Int32
			errs := together(50, func(i int) error {
				out, err := t.Sessions.SignIn(t.Context(), login(user, domain.DeviceID(name(i)), name(i)))
				if out.Created {
					created.Add(1)
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			t.wantEqual(created.Load(), int32(1))
			for i := range 50 {
				t.wantBearer(name(i), user, domain.DeviceID(name(i)))
			}
		}
	}},
	{"50 logins at once on one device all succeed and leave one device with one token", func(t *trial) {
		errs := together(50, func(i int) error {
			_, err := t.Sessions.SignIn(t.Context(), login(alice, "d", fmt.Sprint(i)))
			return err
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantEqual(t.countLive(names("", 50)), map[domain.DeviceID]int{"d": 1})
		t.wantDevices(alice, "d")
	}},
	{"of 20 concurrent Deletes of one token exactly one succeeds", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		errs := together(20, func(int) error {
			_, err := t.Sessions.Delete(t.Context(), session("t"))
			return err
		})
		t.wantOneSuccess(errs, domain.ErrNotFound)
	}},
	{"of concurrent Deletes and DeleteAlls of one token exactly one succeeds", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		calls := []ending{t.Sessions.Delete, t.Sessions.DeleteAll}
		errs := together(20, func(i int) error {
			_, err := calls[i%2](t.Context(), session("t"))
			return err
		})
		t.wantOneSuccess(errs, domain.ErrNotFound)
	}},
	{"logins, Deletes and DeleteAlls at once leave as many tokens as devices", func(t *trial) {
		const logins = 200
		var issued atomic.Int64
		end := []ending{t.Sessions.Delete, t.Sessions.Delete, t.Sessions.DeleteAll}
		errs := together(10, func(worker int) error {
			for {
				i := int(issued.Add(1)) - 1
				if i >= logins {
					return nil
				}
				device := domain.DeviceID(fmt.Sprint(i % 3))
				if _, err := t.Sessions.SignIn(t.Context(), login(alice, device, fmt.Sprint(i))); err != nil {
					return err
				}
				if i%4 == 0 {
					_, err := end[worker%len(end)](t.Context(), session(fmt.Sprint(i)))
					if err != nil && !errors.Is(err, domain.ErrNotFound) {
						return err
					}
				}
			}
		})
		t.wantError(errors.Join(errs...), nil)
		list, err := t.Devices.List(t.Context(), alice)
		if err != nil {
			t.Fatal(err)
		}
		want := map[domain.DeviceID]int{}
		for _, device := range list {
			want[device.ID] = 1
		}
		t.wantEqual(t.countLive(names("", logins)), want)
	}},
	{"a session that DeleteAll could see is gone when it returns", func(t *trial) {
		for round := range 20 {
			name := func(what string) string { return fmt.Sprint(what, round) }
			t.signIn(login(alice, "key", name("key")))
			errs := together(4, func(i int) error {
				device := domain.DeviceID(fmt.Sprint(i))
				if i > 0 {
					_, err := t.Sessions.SignIn(t.Context(), login(alice, device, name(string(device)+"-")))
					return err
				}
				_, err := t.Sessions.DeleteAll(t.Context(), session(name("key")))
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			t.wantDead(name("key"))
			for _, device := range []domain.DeviceID{"1", "2", "3"} {
				_, err := t.Devices.ByID(t.Context(), alice, device)
				t.wantEqual(t.isLive(name(string(device)+"-")), err == nil)
			}
		}
	}},
	{"a user who is locked while it signs in gets no session after Update returned", func(t *trial) {
		t.signIn(login(alice, "d", "first"))
		var locked atomic.Bool
		errs := together(10, func(i int) error {
			if i == 0 {
				_, err := t.Users.Update(t.Context(), alice, lock)
				locked.Store(true)
				return err
			}
			for round := range 10 {
				tooLate := locked.Load()
				_, err := t.Sessions.SignIn(t.Context(), login(alice, "d", fmt.Sprint(i, "-", round)))
				if err == nil && tooLate || err != nil && !errors.Is(err, domain.ErrUserLocked) {
					return fmt.Errorf("locked before: %t, got %w", tooLate, err)
				}
			}
			return nil
		})
		t.wantError(errors.Join(errs...), nil)
	}},
}

// lock locks a user.
func lock(user *domain.User) error {
	user.Locked = true
	return nil
}

// countLive counts the living access tokens of each device among those.
func (t *trial) countLive(tokens []string) map[domain.DeviceID]int {
	t.Helper()
	live := map[domain.DeviceID]int{}
	for _, access := range tokens {
		bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), noon)
		if err == nil && !bearer.Stale {
			live[bearer.Device]++
		} else if err != nil && !errors.Is(err, domain.ErrNotFound) {
			t.Fatal(err)
		}
	}
	return live
}

// wantOneSuccess wants exactly one nil among the errors, and the others to be
// the given one.
func (t *trial) wantOneSuccess(errs []error, other error) {
	t.Helper()
	successes := 0
	for _, err := range errs {
		if err == nil {
			successes++
			continue
		}
		t.wantError(err, other)
	}
	t.wantEqual(successes, 1)
}
