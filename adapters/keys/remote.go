package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// pollEvery is how often keys are looked for; what they say of themselves may
	// only shorten it.
	pollEvery = 30 * time.Second
	// apart is how long after a fetch the next one may begin, whatever asks for it.
	apart = 10 * time.Second
	// overdue is when a login does what should have been done beside it: a key that
	// was taken back is refused within a minute, even if nobody polls.
	overdue = 45 * time.Second
	// patience is how long a login waits for a fetch.
	patience = 2 * time.Second
	// keepEvery is how long after a set was stored it is stored again, unchanged.
	keepEvery = time.Minute
)

// A Remote is the keys of a [RemoteSource]. Once it has had some, nothing that
// happens to a fetch takes them away, until they are older than the source
// allows. It may be used concurrently. [Remotes] makes it.
type Remote struct {
	source RemoteSource
	all    *Remotes

	mu      sync.Mutex
	current *publication  // nil: there is none yet
	failed  error         // why the latest fetch brought nothing; nil: it did
	begun   time.Time     // when the latest fetch was begun
	fetch   chan struct{} // is closed at the end of the fetch under way; nil: none is
	asked   bool          // whether there are stored ones is known
}

// A publication is a set as its provider published it.
type publication struct {
	set       domain.KeySet
	documents []document // the last one is the set itself
	ignored   []string
	seen      time.Time // when it was published still
	kept      time.Time // when it was stored
}

// Keys returns the keys that are published at present, as far as that is known.
// If it does not know the key id, it has them fetched, but not twice within ten
// seconds, and waits for that no longer than two. It returns
// [domain.ErrUnavailable] if there are no keys yet, or if they are too old.
func (r *Remote) Keys(ctx context.Context, keyID string) (domain.KeySet, error) {
	if end := r.wanted(keyID); end != nil {
		wait(ctx, end, patience)
	}
	return r.present()
}

// wanted returns the end of a fetch that is worth waiting for; nil: none is.
func (r *Remote) wanted(keyID string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	lacking := r.current == nil || r.tooOld() || !r.current.knows(keyID)
	switch {
	case lacking && r.fetch != nil:
		return r.fetch
	case lacking && r.elapsed(apart), r.elapsed(overdue):
		return r.begin()
	}
	return nil
}

func (r *Remote) present() (domain.KeySet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil && !r.tooOld() {
		return r.current.set, nil
	}
	cause := r.failed
	if cause == nil {
		cause = errors.New("they are being fetched")
	}
	return domain.KeySet{}, fmt.Errorf("%w: the keys of provider %s: %w", domain.ErrUnavailable, r.source.Provider, cause)
}

// knows says whether a token with the key id (empty: none) can mean one of the
// keys: one by that name, or the only one, if it has no name.
func (p *publication) knows(keyID string) bool {
	keys := p.set.Keys
	return keyID == "" || len(keys) == 1 && keys[0].ID == "" ||
		slices.ContainsFunc(keys, func(key domain.Key) bool { return key.ID == keyID })
}

// tooOld, elapsed and begin are called with the lock held.

func (r *Remote) tooOld() bool { return r.all.now().Sub(r.current.seen) > r.source.MaxStale }

// elapsed says whether the latest fetch was begun that long ago. A clock that was
// set back says nothing.
func (r *Remote) elapsed(d time.Duration) bool {
	since := r.all.now().Sub(r.begun)
	return since >= d || since < 0
}

// begin begins a fetch, unless one is under way, and returns its end; nil: there
// are no more fetches.
func (r *Remote) begin() <-chan struct{} {
	if r.fetch != nil {
		return r.fetch
	}
	end := make(chan struct{})
	began := r.all.start(func(ctx context.Context) { r.run(ctx, end) })
	if !began {
		return nil
	}
	r.begun, r.fetch = r.all.now(), end
	return end
}

// due returns when the next fetch is, counted from the latest.
func (r *Remote) due() time.Duration {
	wait := pollEvery
	if r.current != nil {
		for _, d := range r.current.documents {
			if d.fresh >= 0 {
				wait = min(wait, d.fresh)
			}
		}
	}
	return max(wait, apart)
}

// poll begins a fetch if one is due.
func (r *Remote) poll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fetch == nil && r.elapsed(r.due()) {
		r.begin()
	}
}

// Fetch fetches the keys at once and waits for them, for a command that looks. It
// returns why there are none.
func (r *Remote) Fetch(ctx context.Context) error {
	r.mu.Lock()
	end := r.begin()
	r.mu.Unlock()
	if end != nil {
		wait(ctx, end, 3*fetchLimit)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil && r.current == nil {
		return ctx.Err()
	}
	return r.failed
}

// Ignored says which of the keys that are published are not used, and why.
func (r *Remote) Ignored() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == nil {
		return nil
	}
	return slices.Clone(r.current.ignored)
}

// wait waits for the end of a fetch, or until that is no use any more.
func wait(ctx context.Context, end <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-end:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// same says whether it is made of the same documents.
func (p *publication) same(other *publication) bool {
	return other != nil && slices.EqualFunc(p.documents, other.documents, func(a, b document) bool {
		return a.url == b.url && bytes.Equal(a.body, b.body)
	})
}
