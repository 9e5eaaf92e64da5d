package gormstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// crowd is how many sign in at once: so most of them go in groups.
const crowd = 64

func user(i int) domain.UserID { return domain.UserID(fmt.Sprintf("@user%d:example.org", i)) }

func TestOfACrowdOnTwoInstancesEveryoneIsSignedInAndOneTokenOfADeviceLives(t *testing.T) {
	url := postgres.Open(t)
	stores := []*gormstore.Store{migrated(t, openPostgres(t, url)), openPostgres(t, url)}
	var created atomic.Int32
	name := func(i int) string { return fmt.Sprint("crowd", i) }
	each(t, 8*crowd, func(i int) error {
		// Of 8 users, each on 4 devices: who comes to either instance is by chance.
		out, err := stores[i%2].Repositories().Sessions.SignIn(t.Context(), login(user(i/2%8), domain.DeviceID(fmt.Sprint(i/16%4)), name(i)))
		if out.Created {
			created.Add(1)
		}
		return err
	})
	if created.Load() != 8 {
		t.Errorf("%d users were created", created.Load())
	}
	living := map[string]int{}
	for i := range 8 * crowd {
		bearer, err := stores[0].Repositories().Sessions.ByAccessToken(t.Context(), access(name(i)), at)
		if err == nil {
			living[fmt.Sprint(bearer.User.ID, bearer.Device)]++
		} else if !errors.Is(err, domain.ErrNotFound) {
			t.Fatal(err)
		}
	}
	for device, n := range living {
		if n != 1 {
			t.Errorf("%s has %d living tokens", device, n)
		}
	}
	if len(living) != 32 {
		t.Errorf("%d devices have a token that lives", len(living))
	}
}

// A first login, under a name that is another's on the other instance, is the one
// thing for which a statement of many fails.
func TestOneIdentityUnderManyNamesOnTwoInstancesGetsOneUserAndStopsNobodyElse(t *testing.T) {
	url := postgres.Open(t)
	stores := []*gormstore.Store{migrated(t, openPostgres(t, url)), openPostgres(t, url)}
	for round := range 10 {
		link := domain.Link{Provider: "corp", Subject: fmt.Sprint(round)}
		var mu sync.Mutex
		owners := map[domain.UserID]bool{}
		each(t, crowd, func(i int) error {
			in := login(domain.UserID(fmt.Sprintf("@%d-%d:x", round, i)), "d", fmt.Sprint(round, " ", i))
			if i%4 == 0 {
				in.Link = link
			}
			out, err := stores[i/4%2].Repositories().Sessions.SignIn(t.Context(), in)
			if i%4 == 0 && err == nil {
				mu.Lock()
				defer mu.Unlock()
				owners[out.User.ID] = true
			}
			return err
		})
		if len(owners) != 1 {
			t.Errorf("one identity is %d users", len(owners))
		}
	}
}

func TestWhoeverWaitsForALockHoldsNobodyElseUp(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
		t.Fatal(err)
	}
	tx := lockUser(t, db)
	waiting := make(chan error, crowd)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range crowd {
		go func() {
			waiting <- signIn(ctx, store, login(alice, domain.DeviceID(fmt.Sprint(i)), fmt.Sprint("blocked", i)))
		}()
	}
	// More than once, and while the lock is held.
	for round := range 3 {
		each(t, crowd, func(i int) error {
			return signIn(t.Context(), store, login(user(i), "d", fmt.Sprint(round, " ", i)))
		})
	}
	if n := len(waiting); n > 0 {
		t.Errorf("%d did not wait for the lock: %v", n, <-waiting)
	}
	if n := one[int](t, db, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"); n > 1 {
		t.Errorf("those who wait for one user use %d connections", n)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range crowd {
		if err := <-waiting; err != nil {
			t.Error(err)
		}
	}
}

func TestNoSignInThatWasAcknowledgedIsLostWhenConnectionsAreKilled(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	var acknowledged sync.Map
	var refused atomic.Int32
	done := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := server.Exec(terminateOthers); err != nil {
					t.Error(err)
				}
			}
		}
	})
	each(t, crowd, func(i int) error {
		for round := range 8 {
			name := fmt.Sprint(i, " ", round)
			err := signIn(t.Context(), store, login(user(i%16), domain.DeviceID(name), name))
			switch {
			case err == nil:
				acknowledged.Store(name, true)
			case errors.Is(err, domain.ErrUnavailable):
				refused.Add(1)
			default:
				return err
			}
		}
		return nil
	})
	close(done)
	killer.Wait()
	n := 0
	acknowledged.Range(func(name, _ any) bool {
		n++
		if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access(name.(string)), at); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return true
	})
	t.Logf("%d signed in, %d refused", n, refused.Load())
	if n == 0 {
		t.Error("nobody was signed in")
	}
}

func TestOneWhoFailsInAGroupFailsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		if err := signIn(t.Context(), store, login(alice, "d", "taken")); err != nil {
			t.Fatal(err)
		}
		for round := range 5 {
			each(t, crowd, func(i int) error {
				bob := domain.UserID(fmt.Sprintf("@bob%d-%d:x", round, i))
				in := login(bob, "d", fmt.Sprint(round, " ", i))
				if i%8 > 0 {
					return signIn(t.Context(), store, in)
				}
				in.SessionID = session("taken") // no server issues one twice
				if err := signIn(t.Context(), store, in); err == nil {
					return errors.New("two devices have one session")
				}
				if _, err := store.Repositories().Users.ByID(t.Context(), bob); !errors.Is(err, domain.ErrNotFound) {
					return fmt.Errorf("half a login: %w", err)
				}
				return nil
			})
		}
	})
}

func TestOfImpatientCallersInGroupsEachGetsItsContextsErrorOrIsSignedIn(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		each(t, 4*crowd, func(i int) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%8)*time.Millisecond)
			defer cancel()
			name := fmt.Sprint(i)
			if i%2 == 0 {
				ctx = t.Context()
			}
			err := signIn(ctx, store, login(user(i%8), domain.DeviceID(name), name))
			if i%2 > 0 && errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, domain.ErrUnavailable) {
				return nil
			}
			if err == nil {
				_, err = store.Repositories().Sessions.ByAccessToken(t.Context(), access(name), at)
			}
			return err
		})
	})
}

func TestCloseWhileACrowdSignsInLeavesNobodyWaiting(t *testing.T) {
	for name, open := range map[string]func() (*gormstore.Store, error){
		"PostgreSQL": func() (*gormstore.Store, error) {
			return gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: postgres.Open(t), GroupSignIns: true})
		},
		"SQLite": func() (*gormstore.Store, error) {
			return gormstore.OpenSQLite(t.Context(), gormstore.Options{URL: newFile(t), GroupSignIns: true})
		},
	} {
		store, err := open()
		if err != nil {
			t.Fatal(err)
		}
		migrated(t, store)
		var signedIn, started sync.WaitGroup
		started.Add(crowd)
		for i := range crowd {
			signedIn.Go(func() {
				for round := 0; ; round++ {
					err := signIn(t.Context(), store, login(user(i), "d", fmt.Sprint(i, " ", round)))
					if round == 0 {
						started.Done()
					}
					if err != nil {
						return
					}
				}
			})
		}
		started.Wait()
		if err := store.Close(); err != nil {
			t.Error(name, err)
		}
		signedIn.Wait()
	}
}
