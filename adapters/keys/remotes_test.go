package keys_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

func TestClosingEndsWhatIsUnderWay(t *testing.T) {
	clock, issuer, asked := newWatch(), newIssuer(t), make(chan struct{})
	issuer.answers(func(_ http.ResponseWriter, r *http.Request) { close(asked); <-r.Context().Done() })
	party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
	done := make(chan error)
	go func() { _, err := party.Keys(context.Background(), "a"); done <- err }()
	<-asked
	party.Close()
	if err := <-done; err == nil {
		t.Error("there are keys")
	}
	clock.passes(time.Hour)
	party.wantUnavailable(t, "")
	if n := issuer.fetches.Load(); n != 1 {
		t.Errorf("%d fetches", n)
	}
}

func TestTheSameSourceKeepsItsKeys(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	source := keys.RemoteSource{Provider: "corp", JWKS: issuer.URL + "/keys", MaxStale: time.Hour, Issuers: []string{"a"}}
	remotes := relying(t, clock, nil, source).Remotes
	first := remotes.Remote(source)
	remotes.Keep([]*keys.Remote{first})
	if remotes.Remote(source) != first {
		t.Error("a source that did not change has other keys")
	}
	for _, change := range []func(*keys.RemoteSource){
		func(s *keys.RemoteSource) { s.Provider = "other" },
		func(s *keys.RemoteSource) { s.JWKS, s.Discovery = "", s.JWKS },
		func(s *keys.RemoteSource) { s.Issuers = []string{"b"} },
		func(s *keys.RemoteSource) { s.Algorithms = []string{"RS256"} },
		func(s *keys.RemoteSource) { s.MaxStale = time.Minute },
	} {
		other := source
		change(&other)
		if remotes.Remote(other) == first {
			t.Errorf("%+v has the keys of %+v", other, source)
		}
	}
}

func TestKeysSayWhereTheyComeFrom(t *testing.T) {
	issuer := newIssuer(t)
	issuer.publishes("a")
	party := relying(t, newWatch(), nil, keys.RemoteSource{JWKS: issuer.URL + "/keys?secret=x"})
	set, err := party.Keys(t.Context(), "a")
	if want := issuer.URL + "/keys (fetched 2026-05-04T12:00:00Z)"; err != nil || set.From != want || set.Issuer != "" {
		t.Errorf("got %+v, %v; want %s", set, err, want)
	}
}

func TestWhatKeysSayOfThemselvesOnlyShortensTheWait(t *testing.T) {
	says := func(directives ...string) http.Header { return http.Header{"Cache-Control": directives} }
	for _, c := range []struct {
		headers []http.Header
		want    time.Duration
	}{
		{[]http.Header{{}}, 30 * time.Second},
		{[]http.Header{says("max-age=86400")}, 30 * time.Second},
		{[]http.Header{says("public, Max-Age=20")}, 20 * time.Second},
		{[]http.Header{says("public", `max-age="15", must-revalidate`)}, 15 * time.Second},
		{[]http.Header{says("max-age=0")}, 10 * time.Second},
		{[]http.Header{says("no-store")}, 30 * time.Second},
		{[]http.Header{says("max-age=-1")}, 30 * time.Second},
		{[]http.Header{says("max-age=99999999999999999999")}, 30 * time.Second},
		{[]http.Header{says("max-age")}, 30 * time.Second},
		{[]http.Header{says("max-age=12"), says("max-age=3600")}, 12 * time.Second},
	} {
		if got := keys.Due(c.headers...); got != c.want {
			t.Errorf("%v: the next fetch comes after %v, want %v", c.headers, got, c.want)
		}
	}
}
