package gormstore_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// A request is one for tokens, on alice's device "d".
type request func(*testing.T, ports.SessionRepository) error

// signInAfter opens alice's session of a name, so long after "a" was opened.
func signInAfter(d time.Duration, name string) request {
	return func(t *testing.T, sessions ports.SessionRepository) error {
		in := login(alice, "d", name)
		in.At = at.Add(d)
		_, err := sessions.SignIn(t.Context(), in)
		return err
	}
}

// refreshAfter refreshes the pair "a" of the session "a", so long after that was
// opened.
func refreshAfter(d time.Duration, next string) request {
	return func(t *testing.T, sessions ports.SessionRepository) error {
		_, err := sessions.Refresh(t.Context(), domain.Renewal{
			Token: domain.TokenKey{Session: session("a"), Token: pairOf("a").Refresh}, Pair: pairOf(next), At: at.Add(d),
		})
		return err
	}
}

func wantLives(t *testing.T, store ports.Storage, token domain.TokenKey) {
	t.Helper()
	bearer, err := store.Repositories().Sessions.ByAccessToken(t.Context(), token, at)
	if err != nil || bearer.Stale {
		t.Errorf("the tokens that were given out last: stale %t, %v", bearer.Stale, err)
	}
}

func TestWhatPostgreSQLTakesUpTooLateReplacesNoTokensThatWereGivenOutMeanwhile(t *testing.T) {
	const soon, afterwards = time.Second, 6 * time.Second
	for name, c := range map[string]struct {
		late, meanwhile request
		lives           domain.TokenKey
	}{
		"a sign-in, after another":   {signInAfter(soon, "late"), signInAfter(afterwards, "other"), access("other")},
		"a sign-in, after a refresh": {signInAfter(soon, "late"), refreshAfter(afterwards, "b"), accessOfA("b")},
		"a refresh, after another":   {refreshAfter(soon, "late"), refreshAfter(afterwards, "b"), accessOfA("b")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := postgres.StartFor(t)
			url := server.URL("postgres")
			db, store := raw(t, url), migrated(t, openPostgres(t, url))
			slow := closed(t)(gormstore.OpenPostgres(t.Context(),
				gormstore.Options{URL: url + "&application_name=slow", MaxConnections: 1}))
			// So that the driver need not ask how the statements look.
			if err := errors.Join(signIn(t.Context(), slow, loginA()), refresh(t, slow.Repositories().Sessions, "a", "a")); err != nil {
				t.Fatal(err)
			}
			const process = "FROM pg_stat_activity WHERE application_name = 'slow'"
			pid := one[int](t, db, "SELECT pid "+process)

			if err := server.FreezeOne(pid); err != nil {
				t.Fatal(err)
			}
			if err := c.late(t, slow.Repositories().Sessions); !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("what is late got %v", err)
			}
			if err := c.meanwhile(t, store.Repositories().Sessions); err != nil {
				t.Fatal(err)
			}
			if err := server.ThawOne(pid); err != nil {
				t.Fatal(err)
			}
			await(t, db, "SELECT count(*) = 0 "+process)
			wantLives(t, store, c.lives)
		})
	}
}

// Clocks differ, and are set back. Whoever asks last has the tokens that live.
func TestAClockThatIsBehindKeepsNobodyOut(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		sessions := store.Repositories().Sessions
		for _, c := range []struct {
			request
			lives domain.TokenKey
		}{
			{signInAfter(2*time.Hour, "first"), access("first")},
			{signInAfter(time.Hour, "second"), access("second")},
			{func(t *testing.T, _ ports.SessionRepository) error { return signIn(t.Context(), store, loginA()) }, accessOfA("a")},
			{refreshAfter(-time.Hour, "b"), accessOfA("b")},
			{signInAfter(-2*time.Hour, "last"), access("last")},
		} {
			if err := c.request(t, sessions); err != nil {
				t.Fatal(err)
			}
			wantLives(t, store, c.lives)
		}
	})
}

// Of sign-ins at once the last to be written lives, whatever times they have.
func TestSignInsAtOnceOfDifferentTimesAllSucceedAndOneLives(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		sessions := store.Repositories().Sessions
		for round := range 20 {
			const many = 8
			name := func(i int) string { return fmt.Sprint(round, "-", i) }
			each(t, many, func(i int) error { return signInAfter(time.Duration(-i)*time.Second, name(i))(t, sessions) })
			living := 0
			for i := range many {
				if _, err := sessions.ByAccessToken(t.Context(), access(name(i)), at); err == nil {
					living++
				}
			}
			if living != 1 {
				t.Errorf("round %d: %d live", round, living)
			}
		}
	})
}
