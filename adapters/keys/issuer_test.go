package keys_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/domain"
)

// An issuer publishes keys over HTTP, at /keys and by a discovery document, and
// can be made to fail.
type issuer struct {
	*httptest.Server
	fetches atomic.Int64 // of the set
	mu      sync.Mutex
	answer  http.HandlerFunc
	ended   chan struct{} // is closed at the end of the test, for handlers that hang
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{ended: make(chan struct{})}
	i.publishes()
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		answer := i.answer
		i.mu.Unlock()
		answer(w, r)
	})
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q,"scopes_supported":["openid"]}`, i.URL, i.URL+"/keys")
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(func() { close(i.ended); i.Close() })
	return i
}

// answers makes the set be answered for like that.
func (i *issuer) answers(answer http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = answer
}

// publishes publishes an EC key under each kid, and no others.
func (i *issuer) publishes(kids ...string) { i.says(setOf(kids...)) }

func (i *issuer) says(text string) {
	i.answers(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
}

func setOf(kids ...string) string {
	entries := []any{}
	for _, kid := range kids {
		entries = append(entries, entry(public("ES256"), m{"kid": kid}))
	}
	return set(entries...)
}

// A watch is a clock that moves when it is told to.
type watch struct{ at atomic.Int64 }

func newWatch() *watch {
	w := &watch{}
	w.at.Store(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).UnixNano())
	return w
}

func (w *watch) now() time.Time         { return time.Unix(0, w.at.Load()).UTC() }
func (w *watch) passes(d time.Duration) { w.at.Add(int64(d)) }

// A relyingParty fetches keys.
type relyingParty struct {
	*keys.Remotes
	*keys.Remote
	log *lines
}

// relying makes one that fetches from the source.
func relying(t *testing.T, clock *watch, store keys.Store, source keys.RemoteSource) relyingParty {
	t.Helper()
	if err := source.Check(); err != nil {
		t.Fatal(err)
	}
	source.Provider = "corp"
	if source.MaxStale == 0 {
		source.MaxStale = 24 * time.Hour
	}
	log := &lines{}
	remotes := keys.NewRemotes(store, clock.now, slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(remotes.Close)
	return relyingParty{remotes, remotes.Remote(source), log}
}

// kids asks for a key and returns the ids of all that are there.
func (p relyingParty) kids(t *testing.T, kid string) []string {
	t.Helper()
	before := time.Now()
	set, err := p.Keys(t.Context(), kid)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took > 3*time.Second {
		t.Errorf("a login waits for %v", took)
	}
	ids := []string{}
	for _, key := range set.Keys {
		ids = append(ids, key.ID)
	}
	return ids
}

func (p relyingParty) wantKids(t *testing.T, kid string, want ...string) {
	t.Helper()
	if got := p.kids(t, kid); !slices.Equal(got, want) {
		t.Errorf("got the keys %q, want %q", got, want)
	}
}

func (p relyingParty) wantUnavailable(t *testing.T, says string) {
	t.Helper()
	set, err := p.Keys(t.Context(), "a")
	if !errors.Is(err, domain.ErrUnavailable) || !strings.Contains(err.Error(), says) || len(set.Keys) > 0 {
		t.Errorf("got %v, %v; want that they are unavailable, and %q", set, err, says)
	}
}

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// with returns those that hold a text.
func (l *lines) with(text string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// A shelf is a store in memory.
type shelf struct {
	mu        sync.Mutex
	documents map[string]string
	times     map[string]time.Time
	broken    error
	puts      int
}

func newShelf() *shelf { return &shelf{documents: map[string]string{}, times: map[string]time.Time{}} }

// Put implements keys.Store.
func (s *shelf) Put(_ context.Context, url string, document []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[url], s.times[url] = string(document), at
	s.puts++
	return s.broken
}

// ByURL implements keys.Store.
func (s *shelf) ByURL(_ context.Context, url string) ([]byte, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, time.Time{}, s.broken
	}
	document, ok := s.documents[url]
	if !ok {
		return nil, time.Time{}, domain.ErrNotFound
	}
	return []byte(document), s.times[url], nil
}
