package keys

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Store keeps documents that were fetched over a restart (ports.KeySetRepository
// is one).
type Store interface {
	// Put keeps the document that a URL had at a time.
	Put(ctx context.Context, url string, document []byte, fetchedAt time.Time) error
	// ByURL returns it, or domain.ErrNotFound.
	ByURL(ctx context.Context, url string) (document []byte, fetchedAt time.Time, err error)
}

// Remotes are the keys that are fetched, of all providers. They may be used
// concurrently.
type Remotes struct {
	client *http.Client
	store  Store // nil: nothing is stored
	now    func() time.Time
	log    *slog.Logger

	mu      sync.Mutex
	polled  []*Remote
	life    context.Context // of all fetches
	end     context.CancelFunc
	working sync.WaitGroup
}

// NewRemotes makes one that fetches nothing yet. Ages are told by now. With a nil
// store nothing is stored, and nothing is remembered.
func NewRemotes(store Store, now func() time.Time, log *slog.Logger) *Remotes {
	r := &Remotes{client: newClient(), store: store, now: now, log: log}
	r.life, r.end = context.WithCancel(context.Background())
	return r
}

// Remote returns the keys of a source: those that are polled already, or new
// ones, which are fetched when they are asked for.
func (r *Remotes) Remote(source RemoteSource) *Remote {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.IndexFunc(r.polled, func(p *Remote) bool { return p.source.equal(source) }); i >= 0 {
		return r.polled[i]
	}
	return &Remote{source: source, all: r}
}

// Keep makes Poll fetch these from now on, and no others.
func (r *Remotes) Keep(polled []*Remote) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.polled = slices.Clone(polled)
}

// Poll fetches what is due until ctx ends.
func (r *Remotes) Poll(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		r.mu.Lock()
		polled := r.polled
		r.mu.Unlock()
		for _, remote := range polled {
			remote.poll()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// start does something in the background; false: everything has been closed.
func (r *Remotes) start(do func(ctx context.Context)) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.life.Err() != nil {
		return false
	}
	r.working.Go(func() { do(r.life) })
	return true
}

// Close ends all fetches and waits until what they brought is stored. No new one
// begins.
func (r *Remotes) Close() {
	r.mu.Lock()
	r.end()
	r.mu.Unlock()
	r.working.Wait()
	r.client.CloseIdleConnections()
}
