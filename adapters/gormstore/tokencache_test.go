package gormstore_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A change is a write after which alice's token "t" is good for something else.
type change struct {
	what string
	do   func(context.Context, ports.Repositories) error
	is   func(domain.Bearer, error) bool
}

func isGone(_ domain.Bearer, err error) bool { return errors.Is(err, domain.ErrNotFound) }

func isStale(b domain.Bearer, err error) bool { return err == nil && b.Stale }

func deleted(gone []domain.DeviceID, err error) error {
	if err == nil && len(gone) != 1 {
		return errors.New("nothing was deleted")
	}
	return err
}

// changes are all there are.
var changes = []change{
	{"a sign-in on the device", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, login(alice, "d", "u"))
		return err
	}, isGone},
	{"a refresh", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Refresh(ctx, domain.Renewal{
			Token: domain.TokenKey{Session: session("t"), Token: domain.Token("refresh").Hash()},
			Pair:  domain.Pair{Access: access("next").Token}, At: at,
		})
		return err
	}, isStale},
	{"a logout", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Delete(ctx, session("t"))
		return err
	}, isGone},
	{"a logout of all", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.DeleteAll(ctx, session("t"))
		return err
	}, isGone},
	{"a logout at the provider", func(ctx context.Context, r ports.Repositories) error {
		ended, err := r.Sessions.DeleteOfProvider(ctx, session("provider"), "")
		if err == nil && len(ended) != 1 {
			err = errors.New("nothing ended")
		}
		return err
	}, isGone},
	{"a deletion of the device", func(ctx context.Context, r ports.Repositories) error {
		return deleted(r.Devices.Delete(ctx, alice, "d"))
	}, isGone},
	{"a deletion of all devices", func(ctx context.Context, r ports.Repositories) error {
		return deleted(r.Devices.DeleteAll(ctx, alice))
	}, isGone},
	updated("a name", func(u *domain.User) { u.DisplayName = "Alice" }),
	updated("a picture", func(u *domain.User) { u.AvatarURL = "mxc://a/b" }),
	updated("an administrator", func(u *domain.User) { u.Admin = true }),
	updated("a guest", func(u *domain.User) { u.Guest = true }),
	updated("a lock", func(u *domain.User) { u.Locked = true }),
	updated("a suspension", func(u *domain.User) { u.Suspended = true }),
	updated("a deactivation", func(u *domain.User) { u.Deactivated = true }),
	updated("an erasure", func(u *domain.User) { u.Erased = true }),
}

func updated(what string, update func(*domain.User)) change {
	return change{what, func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Users.Update(ctx, alice, func(u *domain.User) error { update(u); return nil })
		return err
	}, isUser(update)}
}

// isUser wants the user to be one whom the update does not change.
func isUser(update func(*domain.User)) func(domain.Bearer, error) bool {
	return func(b domain.Bearer, err error) bool {
		want := b.User
		update(&want)
		return err == nil && b.User == want && !b.Stale
	}
}

// known signs alice in anew, and makes the stores know her token.
func known(t *testing.T, stores ...*gormstore.Store) {
	t.Helper()
	r := stores[0].Repositories()
	in := login(alice, "d", "t")
	in.Refresh, in.ProviderSession = domain.Token("refresh").Hash(), session("provider")
	_, err := r.Users.Update(t.Context(), alice, func(u *domain.User) error { *u = domain.User{}; return nil })
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := r.Devices.DeleteAll(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Sessions.SignIn(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	for _, store := range stores {
		lookedAt(t, store)
		for before := store.TokenCacheStats().Hits; store.TokenCacheStats().Hits == before; {
			if bearer, err := ask(t, store); err != nil || bearer.Stale || bearer.User.ID != alice {
				t.Fatalf("%+v, %v", bearer, err)
			}
		}
	}
}

// lookedAt waits until the store has seen what was written until now, so that no test
// passes because something else is seen.
func lookedAt(t *testing.T, store *gormstore.Store) {
	t.Helper()
	for range 2 { // the first look may have begun before
		before := store.LastLook()
		waitFor(t, "a look", func() bool { return store.IsDeaf() || store.LastLook() != before })
	}
}

func ask(t *testing.T, store *gormstore.Store) (domain.Bearer, error) {
	return store.Repositories().Sessions.ByAccessToken(t.Context(), access("t"), at)
}

// eachChange makes every change, by itself and as part of a transaction.
func eachChange(t *testing.T, store *gormstore.Store, test func(what string, c change, do func() error)) {
	for _, c := range changes {
		test(c.what, c, func() error { return c.do(t.Context(), store.Repositories()) })
		test(c.what+" in a transaction", c, func() error {
			return store.InTransaction(t.Context(), func(r ports.Repositories) error { return c.do(t.Context(), r) })
		})
	}
}

func TestAStoreKnowsAtOnceWhatItChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		caching(t, store).Deafen()
		eachChange(t, store, func(what string, c change, do func() error) {
			known(t, store)
			if err := do(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if bearer, err := ask(t, store); !c.is(bearer, err) {
				t.Errorf("%s: %+v, %v", what, bearer, err)
			}
		})
	})
}

func TestAnotherStoreKnowsWithinASecond(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, other *gormstore.Store) {
		caching(t, other)
		store := caching(t, reopened(t, url))
		for _, c := range changes {
			known(t, other, store)
			if err := c.do(t.Context(), other.Repositories()); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			wantWithinASecond(t, c.what, func() bool { return c.is(ask(t, store)) })
		}
	})
}

// Whoever writes past Doorward is heard of, too.
func TestAStoreKnowsWithinASecondWhatWasWrittenByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		caching(t, store)
		db := raw(t, url)
		statements := map[string]func(domain.Bearer, error) bool{
			"UPDATE devices SET access_expires_at = 1":                   isStale,
			"UPDATE devices SET session_hash = NULL, access_hash = NULL": isGone,
			"DELETE FROM devices":                                        isGone,
			"UPDATE users SET display_name = 'A'":                        isUser(func(u *domain.User) { u.DisplayName = "A" }),
			"UPDATE users SET avatar_url = 'mxc://a/b'":                  isUser(func(u *domain.User) { u.AvatarURL = "mxc://a/b" }),
			"UPDATE users SET admin = true":                              isUser(func(u *domain.User) { u.Admin = true }),
			"UPDATE users SET guest = true":                              isUser(func(u *domain.User) { u.Guest = true }),
			"UPDATE users SET locked = true":                             isUser(func(u *domain.User) { u.Locked = true }),
			"UPDATE users SET suspended = true":                          isUser(func(u *domain.User) { u.Suspended = true }),
			"UPDATE users SET deactivated = true":                        isUser(func(u *domain.User) { u.Deactivated = true }),
			"UPDATE users SET erased = true":                             isUser(func(u *domain.User) { u.Erased = true }),
		}
		for statement, is := range statements {
			known(t, store)
			execute(t, db, statement)
			wantWithinASecond(t, statement, func() bool { return is(ask(t, store)) })
		}
	})
}

func wantWithinASecond(t *testing.T, what string, is func() bool) {
	t.Helper()
	for start := time.Now(); !is(); {
		if time.Since(start) > time.Second {
			t.Fatalf("%s: unknown for %v", what, time.Since(start))
		}
	}
}

// A look-up that began before a write keeps nothing that holds, however late it keeps
// it.
func TestALookUpThatWasOvertakenByAWriteIsNotKept(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		caching(t, store).Deafen()
		eachChange(t, store, func(what string, c change, do func() error) {
			known(t, store)
			store.ForgetAll()
			bearer, err := store.Interrupted(func() {
				if err := do(); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}).ByAccessToken(t.Context(), access("t"), at)
			if err != nil || c.is(bearer, err) {
				t.Fatalf("%s: the look-up did not read before: %+v, %v", what, bearer, err)
			}
			if bearer, err := ask(t, store); !c.is(bearer, err) {
				t.Errorf("%s: %+v, %v", what, bearer, err)
			}
		})
	})
}

// The same, if somebody else writes: it is heard of while the look-up is under way.
func TestALookUpThatWasOvertakenByAnotherStoreIsNotKept(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, other *gormstore.Store) {
		caching(t, other)
		store := caching(t, reopened(t, url))
		for _, c := range changes {
			known(t, other, store)
			store.ForgetAll()
			_, err := store.Interrupted(func() {
				before := store.Changes()
				if err := c.do(t.Context(), other.Repositories()); err != nil {
					t.Fatalf("%s: %v", c.what, err)
				}
				wantWithinASecond(t, c.what, func() bool { return store.Changes() > before })
			}).ByAccessToken(t.Context(), access("t"), at)
			if err != nil {
				t.Fatal(err)
			}
			if bearer, err := ask(t, store); !c.is(bearer, err) {
				t.Errorf("%s: %+v, %v", c.what, bearer, err)
			}
		}
	})
}

func TestTokensExpireByTheCallersClock(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		caching(t, store)
		in := login(alice, "d", "t")
		in.AccessExpires = at.Add(time.Hour)
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
		before := store.TokenCacheStats().Hits
		for i, now := range []time.Time{at, at.Add(time.Hour - 1), at.Add(time.Hour), at.Add(time.Minute), at.AddDate(8000, 0, 0), at.AddDate(-1, 0, 0)} {
			bearer, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access("t"), now)
			if err != nil || bearer.Stale != (i == 2 || i == 4) || !bearer.Expires.Equal(in.AccessExpires) {
				t.Errorf("at %v: %+v, %v", now, bearer, err)
			}
		}
		if hits := store.TokenCacheStats().Hits - before; hits != 5 {
			t.Errorf("%d of 5 were answered from memory", hits)
		}
	})
}

// The first use of a refreshed pair ends the refresh token before; so it is not
// answered from memory, and neither is what is stale.
func TestOnlyTokensInUseAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		caching(t, store)
		known(t, store)
		sessions := store.Repositories().Sessions
		renewal := domain.Renewal{
			Token: domain.TokenKey{Session: session("t"), Token: domain.Token("refresh").Hash()},
			Pair:  domain.Pair{Access: domain.Token("second").Hash(), Refresh: domain.Token("refresh 2").Hash()}, At: at,
		}
		if _, err := sessions.Refresh(t.Context(), renewal); err != nil {
			t.Fatal(err)
		}
		second := domain.TokenKey{Session: session("t"), Token: renewal.Pair.Access}
		lookedAt(t, store)
		before := store.TokenCacheStats()
		for range 3 {
			if bearer, err := ask(t, store); err != nil || !bearer.Stale {
				t.Errorf("the old token: %+v, %v", bearer, err)
			}
		}
		for range 2 {
			if bearer, err := sessions.ByAccessToken(t.Context(), second, at); err != nil || bearer.Stale {
				t.Errorf("the new token: %+v, %v", bearer, err)
			}
		}
		if after := store.TokenCacheStats(); after.Misses-before.Misses != 4 || after.Hits-before.Hits != 1 {
			t.Errorf("before %+v, after %+v", before, after)
		}
		if bearer, err := ask(t, store); err != nil || !bearer.Stale {
			t.Errorf("the old token, while the new one is known: %+v, %v", bearer, err)
		}
		if _, err := sessions.Refresh(t.Context(), renewal); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("the refresh token is not spent: %v", err)
		}
	})
}

func TestTheCacheIsBounded(t *testing.T) {
	store := migrated(t, openSQLite(t, newFile(t)))
	store.CacheTokens(64, time.Now)
	wantTrusted(t, store)
	for i := range 500 {
		if err := signIn(t.Context(), store, login(benchUser(int64(i)), "d", fmt.Sprint("first", i))); err != nil {
			t.Fatal(err)
		}
	}
	sessions := store.Repositories().Sessions
	for i := range 500 {
		for range 2 {
			bearer, err := sessions.ByAccessToken(t.Context(), access(fmt.Sprint("first", i)), at)
			if err != nil || bearer.User.ID != benchUser(int64(i)) {
				t.Fatalf("%+v, %v", bearer, err)
			}
		}
	}
	stats := store.TokenCacheStats()
	if n := store.KnownTokens(); n > 64 || n < 48 || stats.Hits != 500 || stats.Misses != 500 {
		t.Errorf("%d tokens are known, %+v", n, stats)
	}
	// Of what is in use all the time most stays, whatever else comes by.
	before := store.TokenCacheStats().Hits
	for i := range 400 {
		for _, n := range []int{i % 16, 100 + i} {
			if _, err := sessions.ByAccessToken(t.Context(), access(fmt.Sprint("first", n)), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if hits := store.TokenCacheStats().Hits - before; hits < 200 {
		t.Errorf("of 400 look-ups of 16 tokens that are used again and again %d were answered from memory", hits)
	}
}

func TestLongTextsAreNotKept(t *testing.T) {
	store := caching(t, migrated(t, openSQLite(t, newFile(t))))
	known(t, store)
	_, err := store.Repositories().Users.Update(t.Context(), alice, func(u *domain.User) error {
		u.DisplayName = strings.Repeat("x", 600)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := store.TokenCacheStats().Hits
	for range 3 {
		if bearer, err := ask(t, store); err != nil || len(bearer.User.DisplayName) != 600 {
			t.Errorf("%+v, %v", bearer, err)
		}
	}
	if hits := store.TokenCacheStats().Hits; hits != before {
		t.Errorf("%d times it was known", hits-before)
	}
}

// Servers that did not look for long find that changes are missing.
func TestChangesThatAreNoLongerThereOutdateEverything(t *testing.T) {
	url := newFile(t)
	store := caching(t, migrated(t, openSQLite(t, url)))
	known(t, store)
	tx, err := raw(t, url).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE users SET locked = true", "DELETE FROM token_changes",
		fmt.Sprint("INSERT INTO token_changes (n, user_id) VALUES (", math.MaxInt32, ", '@bob:example.org')"),
	} {
		if _, err := tx.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	wantWithinASecond(t, "a lock", func() bool {
		bearer, err := ask(t, store)
		return err == nil && bearer.User.Locked
	})
}

func TestChangesAreNotKeptForEver(t *testing.T) {
	url := newFile(t)
	migrated(t, openSQLite(t, url))
	db := raw(t, url)
	execute(t, db, `
		WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 25000)
		INSERT INTO token_changes (user_id) SELECT '@alice:example.org' FROM numbers`)
	if n := one[int](t, db, "SELECT count(*) FROM token_changes"); n != 10000 {
		t.Errorf("%d are kept", n)
	}
}

// Close leaves no goroutine behind, and no answer.
func TestAClosedStoreKnowsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		caching(t, store)
		known(t, store)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if bearer, err := ask(t, store); err == nil {
			t.Errorf("%+v", bearer)
		}
		stacks := make([]byte, 1<<20)
		if stacks = stacks[:runtime.Stack(stacks, true)]; strings.Contains(string(stacks), "(*Store).watch(") {
			t.Errorf("it still watches:\n%s", stacks)
		}
	})
}

// reopened opens the database another time.
func reopened(t testing.TB, url string) *gormstore.Store {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		return openSQLite(t, url)
	}
	return openPostgres(t, url)
}
