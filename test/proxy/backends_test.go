package proxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// What a request can come to: one of the two that are behind the proxy, or nobody.
const (
	doorward   = "doorward"
	homeserver = "homeserver"
	nobody     = "refused"
)

// A sight is a request as one behind the proxy saw it.
type sight struct {
	backend, method, uri, host string
	header                     http.Header
	body                       []byte // its beginning
}

// backends are those behind the proxy. They answer 200 to everything, with their
// name, and remember what they saw.
type backends struct {
	doorward, homeserver string // their addresses

	mu   sync.Mutex
	seen []sight
}

const nameHeader = "X-Answered-By"

func newBackends(t *testing.T) *backends {
	t.Helper()
	b := &backends{}
	for name, address := range map[string]*string{doorward: &b.doorward, homeserver: &b.homeserver} {
		server := httptest.NewServer(b.named(name))
		t.Cleanup(server.Close)
		*address = server.Listener.Addr().String()
	}
	return b
}

func (b *backends) named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 4096))
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
		}
		if err != nil {
			return // the proxy gave the request up
		}
		b.mu.Lock()
		b.seen = append(b.seen, sight{name, r.Method, r.RequestURI, r.Host, r.Header.Clone(), body})
		b.mu.Unlock()
		w.Header().Set(nameHeader, name)
	})
}

// take returns what was seen since it was last asked.
func (b *backends) take() []sight {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := b.seen
	b.seen = nil
	return seen
}
