package gormstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// watchers finds the connections of those who watch, by what they said last.
const watchers = `
SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_current_snapshot()%' AND datname = current_database()`

// lockedAt locks alice past the store, as another instance would, and says when that was
// committed.
func lockedAt(t *testing.T, server *postgres.Server) time.Time {
	t.Helper()
	if err := server.Exec("UPDATE users SET locked = true"); err != nil {
		t.Fatal(err)
	}
	return time.Now()
}

// wantLockedWithinASecond asks for alice's token until it is known that she is locked,
// or a second is over after which nobody may let her in.
func wantLockedWithinASecond(t *testing.T, store *gormstore.Store, since time.Time) {
	t.Helper()
	ask := func(limit time.Duration) (domain.Bearer, error) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		return store.Repositories().Sessions.ByAccessToken(ctx, access("t"), at)
	}
	for time.Since(since) < time.Second {
		if bearer, err := ask(100 * time.Millisecond); err == nil && bearer.User.Locked {
			t.Logf("known after %v", time.Since(since))
			break
		}
	}
	for range 100 {
		if bearer, err := ask(5 * time.Second); err == nil && !bearer.User.Locked {
			t.Fatalf("let in %v after the lock", time.Since(since))
		} else if err != nil {
			break // the database does not answer, and nobody is let in
		}
	}
}

// wantKnowsAgain wants tokens to be known in memory again.
func wantKnowsAgain(t *testing.T, store *gormstore.Store) {
	t.Helper()
	wantTrusted(t, store)
	known(t, store)
}

func TestNobodyIsLetInWhileNobodyWatches(t *testing.T) {
	for name, down := range map[string]func(t *testing.T, server *postgres.Server, pid int) (up func() error){
		"killed": func(t *testing.T, server *postgres.Server, pid int) func() error {
			execute(t, raw(t, server.URL("postgres")), fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
			return func() error { return nil }
		},
		"frozen": func(t *testing.T, server *postgres.Server, pid int) func() error {
			if err := server.FreezeOne(pid); err != nil {
				t.Fatal(err)
			}
			return func() error { return server.ThawOne(pid) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := postgres.StartFor(t)
			store := caching(t, migrated(t, openPostgres(t, server.URL("postgres"))))
			known(t, store)
			up := down(t, server, one[int](t, raw(t, server.URL("postgres")), watchers))
			wantLockedWithinASecond(t, store, lockedAt(t, server))
			if err := up(); err != nil {
				t.Fatal(err)
			}
			wantKnowsAgain(t, store)
		})
	}
}

// While PostgreSQL is down nobody knows what others do with it; what was locked last is
// not let in for more than a second.
func TestNobodyIsLetInWhilePostgreSQLIsDown(t *testing.T) {
	for name, c := range map[string]struct {
		down, up func(*postgres.Server) error
	}{
		"frozen":  {(*postgres.Server).Freeze, (*postgres.Server).Thaw},
		"stopped": {(*postgres.Server).Halt, (*postgres.Server).Restart},
		"killed":  {(*postgres.Server).Kill, (*postgres.Server).Restart},
	} {
		t.Run(name, func(t *testing.T) {
			server := postgres.StartFor(t)
			store := caching(t, migrated(t, openPostgres(t, server.URL("postgres"))))
			known(t, store)
			since := lockedAt(t, server)
			if err := c.down(server); err != nil {
				t.Fatal(err)
			}
			wantLockedWithinASecond(t, store, since)
			if store.TrustsTokens() {
				t.Error("the cache is used")
			}
			if err := c.up(server); err != nil {
				t.Fatal(err)
			}
			wantKnowsAgain(t, store)
		})
	}
}

// What is committed between a connection and the next, nobody saw. So everything is
// forgotten, and that after it is seen again.
func TestAStoreForgetsWhatItMayHaveMissed(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	var first sync.Once
	isKnown, done := make(chan bool), make(chan uint64, 1)
	store.BeforeWatching(func() {
		select {
		case <-isKnown:
			first.Do(func() { // alice is known, and locked before anybody looks
				if _, err := ask(t, store); err != nil {
					t.Error(err)
				}
				lockedAt(t, server)
				done <- store.Changes()
			})
		default:
		}
	})
	known(t, caching(t, store))
	close(isKnown)
	execute(t, raw(t, server.URL("postgres")), "SELECT pg_terminate_backend(pid) FROM ("+watchers+") w")
	before := <-done
	waitFor(t, "another look", func() bool { return store.Changes() > before })
	if bearer, err := ask(t, store); err != nil || !bearer.User.Locked {
		t.Errorf("%+v, %v", bearer, err)
	}
}

// Trust ends by itself while a look takes long, and comes back with the next one, on the
// same connection.
func TestNothingIsTrustedWhileALookTakesLong(t *testing.T) {
	server := postgres.StartFor(t)
	store := caching(t, migrated(t, openPostgres(t, server.URL("postgres"))))
	known(t, store)
	pid := one[int](t, raw(t, server.URL("postgres")), watchers)
	for range 3 {
		must(t, server.FreezeOne(pid))
		waitFor(t, "the end of trust", func() bool { return !store.TrustsTokens() })
		must(t, server.ThawOne(pid))
		wantTrusted(t, store)
	}
	if after := one[int](t, raw(t, server.URL("postgres")), watchers); after != pid {
		t.Errorf("process %d watches, before it was %d", after, pid)
	}
}

// Transactions end in another order than they begin, and some last for long.
func TestChangesAreSeenInWhateverOrderTheyAreCommitted(t *testing.T) {
	url := postgres.Open(t)
	store, db := caching(t, migrated(t, openPostgres(t, url))), raw(t, url)
	known(t, store)
	first, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = first.ExecContext(t.Context(), "UPDATE users SET locked = true WHERE id = $1", string(alice))
	must(t, err)
	for i := range 5 {
		before := store.Changes()
		must(t, signIn(t.Context(), store, login(benchUser(1), "d", fmt.Sprint("b", i))))
		if i > 0 { // the first one replaced nothing
			// Forgotten here, and forgotten once more when it is seen.
			wantWithinASecond(t, "a later transaction", func() bool { return store.Changes() >= before+2 })
		}
		if bearer, err := ask(t, store); err != nil || bearer.User.Locked {
			t.Fatalf("%+v, %v", bearer, err)
		}
	}
	must(t, first.Commit())
	wantWithinASecond(t, "the first transaction", func() bool {
		bearer, err := ask(t, store)
		return err == nil && bearer.User.Locked
	})
}

// More changes than a look reads outdate everything.
func TestManyChangesAtOnceAreSeen(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		caching(t, store)
		known(t, store)
		tx, err := raw(t, url).BeginTx(t.Context(), nil)
		must(t, err)
		for _, statement := range []string{`
			WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9000)
			INSERT INTO token_changes (user_id) SELECT '@bob:example.org' FROM numbers`, "UPDATE users SET locked = true",
		} {
			_, err := tx.ExecContext(t.Context(), statement)
			must(t, err)
		}
		must(t, tx.Commit())
		wantWithinASecond(t, "a lock", func() bool {
			bearer, err := ask(t, store)
			return err == nil && bearer.User.Locked
		})
	})
}

// Whoever did not look for long may have missed what was deleted since, however short
// that time was by its own clock.
func TestWhoeverDidNotLookForLongForgetsEverything(t *testing.T) {
	log := openPostgres(t, postgres.Open(t))
	migrated(t, log)
	next, sleep := log.ChangeLog(t)
	for i, c := range []struct {
		slept time.Duration
		want  bool
	}{{0, true}, {0, false}, {29 * time.Second, false}, {31 * time.Second, true}, {0, false}, {-time.Hour, true}, {0, false}} {
		sleep(c.slept)
		if all := next(); all != c.want {
			t.Errorf("%d: after %v: everything %t", i, c.slept, all)
		}
	}
}

// changed returns of how many users' changes others are told while do is done.
func changed(t *testing.T, db *sql.DB, do func()) int {
	t.Helper()
	execute(t, db, "DELETE FROM token_changes")
	do()
	return one[int](t, db, "SELECT count(*) FROM token_changes WHERE user_id = '"+string(alice)+"'")
}

// To tell others costs, so it is done only for tokens that somebody may know.
func TestOthersAreToldOnlyOfTokensThatDie(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	r := store.Repositories()
	refresh := func(from, to string, now time.Time) {
		t.Helper()
		_, err := r.Sessions.Refresh(t.Context(), domain.Renewal{
			Token: domain.TokenKey{Session: session("t"), Token: domain.Token(from).Hash()}, At: now,
			Pair: domain.Pair{Access: domain.Token("access" + to).Hash(), AccessExpires: now.Add(time.Minute), Refresh: domain.Token(to).Hash()},
		})
		must(t, err)
	}
	for _, c := range []struct {
		what string
		do   func()
		want int
	}{
		{"a first login", func() {
			in := login(alice, "d", "t")
			in.Refresh = domain.Token("refresh").Hash()
			must(t, signIn(t.Context(), store, in))
		}, 0},
		{"a new device", func() { must(t, signIn(t.Context(), store, login(alice, "e", "e"))) }, 0},
		{"a refresh", func() { refresh("refresh", "2", at) }, 1},
		{"another, while nobody has used the tokens", func() { refresh("refresh", "3", at) }, 0},
		{"the first use", func() {
			_, err := r.Sessions.ByAccessToken(t.Context(), domain.TokenKey{Session: session("t"), Token: domain.Token("access3").Hash()}, at)
			must(t, err)
		}, 0},
		{"a refresh long after the token expired", func() { refresh("3", "4", at.Add(time.Hour)) }, 1},
		{"an update that changes nothing", func() {
			_, err := r.Users.Update(t.Context(), alice, func(*domain.User) error { return nil })
			must(t, err)
		}, 0},
		{"a password", func() { must(t, r.Passwords.Put(t.Context(), alice, "hash")) }, 0},
		{"a name of a device", func() { must(t, r.Devices.Rename(t.Context(), alice, "e", "name")) }, 0},
		{"a sighting", func() {
			must(t, r.Sightings.Record(t.Context(), []domain.Sighting{{User: alice, Device: "e", Seen: domain.Seen{At: at.Add(time.Hour)}}}))
		}, 0},
		{"a lock", func() {
			_, err := r.Users.Update(t.Context(), alice, func(u *domain.User) error { u.Locked = true; return nil })
			must(t, err)
		}, 1},
		{"a logout of the one of two devices that is in use", func() {
			_, err := r.Devices.DeleteAll(t.Context(), alice)
			must(t, err)
		}, 1},
	} {
		if got := changed(t, db, c.do); got != c.want {
			t.Errorf("%s: %d changes, want %d", c.what, got, c.want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A look-up between the end of a transaction's work and its commit reads what was
// before, and what it read does not hold after the commit.
func TestALookUpDuringACommitIsNotKept(t *testing.T) {
	url := postgres.Open(t)
	store, db := caching(t, migrated(t, openPostgres(t, url))), raw(t, url)
	execute(t, db,
		"CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END'",
		"CREATE CONSTRAINT TRIGGER slow_commit AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()")
	store.Deafen()
	for what, lock := range map[string]func() error{
		"a call": func() error {
			_, err := store.Repositories().Users.Update(t.Context(), alice, func(u *domain.User) error { u.Locked = true; return nil })
			return err
		},
		"a transaction": func() error {
			return store.InTransaction(t.Context(), func(r ports.Repositories) error {
				_, err := r.Users.Update(t.Context(), alice, func(u *domain.User) error { u.Locked = true; return nil })
				return err
			})
		},
	} {
		known(t, store)
		holder, err := db.BeginTx(t.Context(), nil)
		must(t, err)
		_, err = holder.ExecContext(t.Context(), "SELECT pg_advisory_xact_lock(1)")
		must(t, err)
		done := make(chan error)
		go func() { done <- lock() }()
		awaitWaiting(t, db, "commit")
		store.ForgetAll()
		if bearer, err := ask(t, store); err != nil || bearer.User.Locked {
			t.Errorf("%s: locked before the commit: %+v, %v", what, bearer, err)
		}
		must(t, holder.Rollback())
		must(t, <-done)
		if bearer, err := ask(t, store); err != nil || !bearer.User.Locked {
			t.Errorf("%s: %+v, %v", what, bearer, err)
		}
	}
}
