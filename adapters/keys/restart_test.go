package keys_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/domain"
)

func sourcesOf(i *issuer) map[string]keys.RemoteSource {
	return map[string]keys.RemoteSource{
		"by URL":       {JWKS: i.URL + "/keys"},
		"by discovery": {Discovery: i.URL + wellKnown},
	}
}

func TestARestartDuringAnOutageUsesTheStoredSet(t *testing.T) {
	issuer := newIssuer(t)
	for name, source := range sourcesOf(issuer) {
		for how, outage := range map[string]http.HandlerFunc{
			"down": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
			"hung": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				clock, store := newWatch(), newShelf()
				issuer.publishes("a", "b")
				before := relying(t, clock, store, source)
				before.wantKids(t, "a", "a", "b")
				before.Close() // what is to be stored is stored
				issuer.answers(outage)

				clock.passes(24 * time.Hour)
				after := relying(t, clock, store, source)
				after.wantKids(t, "a", "a", "b")
				after.wantKids(t, "unknown", "a", "b")
				clock.passes(time.Second)
				after.wantUnavailable(t, "")
			})
		}
	}
}

func TestAfterARestartWhatIsPublishedCounts(t *testing.T) {
	issuer := newIssuer(t)
	for name, source := range sourcesOf(issuer) {
		t.Run(name, func(t *testing.T) {
			clock, store := newWatch(), newShelf()
			issuer.publishes("a")
			before := relying(t, clock, store, source)
			before.wantKids(t, "a", "a")
			before.Close()
			issuer.publishes("b")
			relying(t, clock, store, source).wantKids(t, "a", "b")
		})
	}
}

func TestWhatIsStoredIsJudgedAnew(t *testing.T) {
	clock, store, issuer := newWatch(), newShelf(), newIssuer(t)
	issuer.publishes("a")
	before := relying(t, clock, store, keys.RemoteSource{Discovery: issuer.URL + wellKnown})
	before.wantKids(t, "a", "a")
	before.Close()
	issuer.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
	after := relying(t, clock, store, keys.RemoteSource{Discovery: issuer.URL + wellKnown, Issuers: []string{"https://other.example"}})
	after.wantUnavailable(t, "not in issuers")
	if len(after.log.with("stored keys cannot be used")) != 1 {
		t.Error("nobody is told")
	}
}

func TestAStoreThatFailsTakesNothingAway(t *testing.T) {
	clock, store, issuer := newWatch(), newShelf(), newIssuer(t)
	store.broken = fmt.Errorf("%w: frozen", domain.ErrUnavailable)
	issuer.publishes("a")
	party := relying(t, clock, store, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	party.wantKids(t, "a", "a")
	party.Close()
	if len(party.log.with("keys could not be stored")) != 1 || len(party.log.with("stored keys cannot be used")) != 1 {
		t.Error("nobody is told")
	}
}

// What does not change is written once a minute, so that its age is known.
func TestAnUnchangedSetIsSeldomStored(t *testing.T) {
	clock, store, issuer := newWatch(), newShelf(), newIssuer(t)
	issuer.publishes("a")
	party := relying(t, clock, store, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	for range 10 {
		if err := party.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock.passes(10 * time.Second)
	}
	issuer.publishes("b")
	if err := party.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	party.Close()
	if store.puts != 3 {
		t.Errorf("stored %d times in 100 seconds, want at the begin, after a minute, and at the change", store.puts)
	}
}
