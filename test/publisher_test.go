package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/config"
)

const wellKnownOpenID = "/.well-known/openid-configuration"

// A publisher publishes keys over HTTP, and fails when it is told to.
type publisher struct {
	*httptest.Server
	fetches atomic.Int64
	mu      sync.Mutex
	answer  http.HandlerFunc
}

func publish(t *testing.T, keys ...string) *publisher {
	t.Helper()
	p := &publisher{}
	p.publishes(keys...)
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		p.fetches.Add(1)
		p.mu.Lock()
		answer := p.answer
		p.mu.Unlock()
		answer(w, r)
	})
	mux.HandleFunc(wellKnownOpenID, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":"https://login.example","jwks_uri":%q}`, p.URL+"/keys")
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) answers(answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *publisher) publishes(keys ...string) {
	p.answers(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[%s]}`, strings.Join(keys, ","))
	})
}

// byURL trusts whoever signs with the published keys.
func byURL(p *publisher) string {
	return fmt.Sprintf("server_name: example.org\njwt:\n  providers:\n    - {name: corp, jwks_url: %q}\n", p.URL+"/keys")
}

// A watch is a clock that moves when it is told to, also while requests are under
// way.
type watch struct{ at atomic.Int64 }

func newWatch() *watch {
	w := &watch{}
	w.at.Store(time.Now().UnixNano())
	return w
}

func (w *watch) now() time.Time         { return time.Unix(0, w.at.Load()) }
func (w *watch) passes(d time.Duration) { w.at.Add(int64(d)) }

// onEveryVariantAt runs a scenario on a fresh door of each variant, with a clock
// and a publisher of their own.
func onEveryVariantAt(t *testing.T, settings func(*publisher) string, scenario func(t *testing.T, d *door, p *publisher, clock *watch)) {
	t.Helper()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			p, clock, d := publish(t), newWatch(), &door{log: &logBuffer{}}
			d.openAt(t, settings(p), v.url(t), clock.now)
			scenario(t, d, p, clock)
		})
	}
}

// es256 is a token that is signed with the P-256 key, under the name of a key.
func es256(kid string) string {
	return sealed("ES256", p256Key(), fmt.Sprintf(`{"alg":"ES256","kid":%q}`, kid), `{"sub":"alice"}`)
}

// ec is the P-256 key as it is published under a name.
func ec(kid string) string { return jwk(p256Key(), kid, "") }

// wantAnswered wants a login to be answered like that, soon.
func (d *door) wantAnswered(t *testing.T, what, token string, status int, errcode string) {
	t.Helper()
	began := time.Now()
	a := d.login(t, token)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("%s: the login took %v", what, took)
	}
	wantAnswer(t, what, a, status, errcode)
}

// settingsOf reads a configuration as open does.
func settingsOf(t *testing.T, settings string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test", []byte(settings), []string{"DOORWARD_DATABASE_URL=memory:"})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
