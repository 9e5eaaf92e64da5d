package keys_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

func TestANewKeyWorksAndAnOldOneGoes(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantKids(t, "a", "a")

	issuer.publishes("a", "b")
	clock.passes(9 * time.Second)
	party.wantKids(t, "b", "a") // not yet: the last fetch was 9 seconds ago
	clock.passes(time.Second)
	party.wantKids(t, "b", "a", "b")

	// Nobody polls, and nobody asks for another key: it is refused all the same.
	issuer.publishes("b")
	clock.passes(44 * time.Second)
	party.wantKids(t, "a", "a", "b")
	clock.passes(time.Second)
	party.wantKids(t, "a", "b")
}

func TestSixtyUnknownKeyIDsCauseAtMostSixFetchesAMinute(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.Keep([]*keys.Remote{party.Remote})
	ctx, stop := context.WithCancel(t.Context())
	var polling sync.WaitGroup
	polling.Go(func() { party.Poll(ctx) })
	defer polling.Wait()
	defer stop()
	for minute := range 3 {
		before := issuer.fetches.Load()
		for i := range 60 {
			party.wantKids(t, fmt.Sprintf("unknown %d", i), "a")
			clock.passes(time.Second)
		}
		if n := issuer.fetches.Load() - before; n > 6 || n < 2 {
			t.Errorf("minute %d: %d fetches", minute, n)
		}
	}
}

func TestPollingFindsOutByItself(t *testing.T) {
	clock, issuer, asked := newWatch(), newIssuer(t), make(chan struct{}, 100)
	issuer.answers(func(w http.ResponseWriter, _ *http.Request) { asked <- struct{}{}; fmt.Fprint(w, setOf("a")) })
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.Keep([]*keys.Remote{party.Remote})
	ctx, stop := context.WithCancel(t.Context())
	var polling sync.WaitGroup
	polling.Go(func() { party.Poll(ctx) })
	<-asked // at once
	party.wantKids(t, "a", "a")
	clock.passes(30 * time.Second)
	<-asked
	stop()
	polling.Wait()
	clock.passes(30 * time.Second)
	if len(asked) > 0 {
		t.Error("it goes on polling")
	}
}

func TestTheLastGoodSetSurvivesAnOutageForADayAndNoLonger(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantKids(t, "a", "a")
	issuer.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	clock.passes(24 * time.Hour)
	party.wantKids(t, "a", "a")
	clock.passes(time.Second)
	party.wantUnavailable(t, "status 503")
	if n := len(party.log.with("cannot be fetched")); n != 1 {
		t.Errorf("the outage is logged %d times", n)
	}
	issuer.publishes("b")
	clock.passes(10 * time.Second)
	party.wantKids(t, "b", "b")
	if n := len(party.log.with("can be fetched again")); n != 1 {
		t.Errorf("the end of the outage is logged %d times", n)
	}
}

func TestWithoutKeysYetTheyAreUnavailable(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.says("<html>")
	party := relying(t, clock, newShelf(), keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantUnavailable(t, "no JWK set")
	issuer.publishes("a")
	party.wantUnavailable(t, "no JWK set") // not yet looked at again
	clock.passes(10 * time.Second)
	party.wantKids(t, "a", "a")
}

func TestAnEmptySetTakesAllKeysBack(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantKids(t, "a", "a")
	issuer.publishes()
	clock.passes(time.Minute)
	party.wantKids(t, "a")
	if len(party.log.with("nobody can sign in")) != 1 {
		t.Error("nobody is told")
	}
}

func TestManyLoginsCauseOneFetch(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	asked, goOn := make(chan struct{}, 100), make(chan struct{})
	issuer.answers(func(w http.ResponseWriter, _ *http.Request) { asked <- struct{}{}; <-goOn; fmt.Fprint(w, setOf("a")) })
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if set, err := party.Keys(t.Context(), "a"); err != nil || len(set.Keys) != 1 {
				t.Errorf("got %v, %v", set, err)
			}
		})
	}
	<-asked
	// Whoever goes away takes the fetch from nobody.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	party.Keys(gone, "a")
	close(goOn)
	all.Wait()
	if n := issuer.fetches.Load(); n != 1 {
		t.Errorf("%d fetches", n)
	}
}

func TestAClockThatIsSetBackStopsNothing(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, newShelf(), keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantKids(t, "a", "a")
	issuer.publishes("b")
	clock.passes(-24 * time.Hour)
	party.wantKids(t, "b", "b")
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 100 * 365 * 24 * time.Hour} {
		clock.passes(jump)
		party.wantKids(t, "b", "b")
	}
}

func TestTheHostIsAskedOnlyForChanges(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	var unchanged int
	version := "1"
	issuer.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == version && r.Header.Get("If-Modified-Since") == "Mon, 04 May 2026 12:00:00 GMT" {
			unchanged++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", version)
		w.Header().Set("Last-Modified", "Mon, 04 May 2026 12:00:00 GMT")
		fmt.Fprint(w, setOf("key "+version))
	})
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys", MaxStale: time.Minute})
	for range 3 { // what is confirmed does not grow old
		party.wantKids(t, "key 1", "key 1")
		clock.passes(50 * time.Second)
	}
	if unchanged != 2 {
		t.Errorf("%d of 3 answers were that nothing has changed", unchanged)
	}
	version = "2"
	party.wantKids(t, "key 2", "key 2")
}
