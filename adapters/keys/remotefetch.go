package keys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// run is one fetch, from what was stored to what will be.
func (r *Remote) run(ctx context.Context, end chan struct{}) {
	before := r.restored(ctx)
	began := r.all.now()
	next, err := r.assemble(func(address string) (document, error) {
		return get(ctx, r.all.client, address, before.document(address))
	})
	if err == nil {
		next.seen = began
		next.set.From = fmt.Sprintf("%s (fetched %s)", next.set.From, began.UTC().Format(time.RFC3339))
	}
	r.settle(next, err, end)
	if err == nil {
		r.keep(context.WithoutCancel(ctx), next) // it is there: it shall not be lost by an end
	}
}

// document returns what was read from an address; the zero value: nothing was.
func (p *publication) document(address string) document {
	if p != nil {
		for _, d := range p.documents {
			if d.url == address {
				return d
			}
		}
	}
	return document{}
}

// assemble makes a set of the documents that it reads.
func (r *Remote) assemble(read func(address string) (document, error)) (*publication, error) {
	p := &publication{}
	address := r.source.JWKS
	if r.source.Discovery != "" {
		found, err := read(r.source.Discovery)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shown(r.source.Discovery), err)
		}
		if p.set.Issuer, address, err = r.source.discovered(found.body); err != nil {
			return nil, fmt.Errorf("%s: %w", shown(r.source.Discovery), err)
		}
		p.documents = append(p.documents, found)
	}
	found, err := read(address)
	if err == nil {
		p.set.Keys, p.ignored, err = readRemote(found.body, r.source.Algorithms)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(address), err)
	}
	p.documents = append(p.documents, found)
	p.set.From = shown(address)
	return p, nil
}

// settle makes the outcome of a fetch known.
func (r *Remote) settle(next *publication, err error, end chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer close(end)
	r.fetch = nil
	r.report(next, err)
	r.failed = err
	if err != nil {
		return
	}
	if next.same(r.current) {
		next.kept = r.current.kept
	}
	r.current = next
}

// report logs what an operator should know, once.
func (r *Remote) report(next *publication, err error) {
	log := r.all.log.With(slog.String("provider", r.source.Provider))
	switch {
	case errors.Is(err, context.Canceled): // we have ended
	case err != nil && (r.failed == nil || r.failed.Error() != err.Error()):
		log.Warn("keys cannot be fetched; known ones stay good for jwks_max_stale", slog.String("cause", err.Error()))
	case err == nil && r.failed != nil:
		log.Info("keys can be fetched again")
	}
	if err != nil || next.same(r.current) {
		return
	}
	ids := make([]string, len(next.set.Keys))
	for i, key := range next.set.Keys {
		ids[i] = fmt.Sprintf("%.64q", key.ID)
	}
	log.Info("fetched keys", slog.Any("kids", ids))
	if len(next.ignored) > 0 {
		log.Warn("keys are ignored", slog.Any("why", next.ignored))
	}
	if len(ids) == 0 {
		log.Warn("no usable key is published; nobody can sign in by this provider")
	}
}

// restored returns what is known before a fetch: what was fetched last or, the
// first time, what is stored.
func (r *Remote) restored(ctx context.Context) *publication {
	r.mu.Lock()
	current, asked := r.current, r.asked
	r.mu.Unlock()
	if asked || r.all.store == nil {
		return current
	}
	seen := r.all.now()
	stored, err := r.assemble(func(address string) (document, error) {
		body, at, err := r.all.store.ByURL(ctx, address)
		if at.Before(seen) {
			seen = at
		}
		return document{url: address, body: body, fresh: -1}, err
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = !errors.Is(err, domain.ErrUnavailable)
	if err != nil {
		if !errors.Is(err, domain.ErrNotFound) {
			r.all.log.Warn("stored keys cannot be used", slog.String("provider", r.source.Provider), slog.String("cause", err.Error()))
		}
		return r.current
	}
	stored.seen, stored.kept = seen, seen
	stored.set.From = fmt.Sprintf("%s (fetched %s, and stored)", stored.set.From, seen.UTC().Format(time.RFC3339))
	if r.current == nil {
		r.current = stored
	}
	return r.current
}

// keep stores a set, so that it outlives us.
func (r *Remote) keep(ctx context.Context, p *publication) {
	r.mu.Lock()
	due := p.seen.Sub(p.kept) >= keepEvery || p.seen.Before(p.kept)
	r.mu.Unlock()
	if r.all.store == nil || !due {
		return
	}
	for _, d := range p.documents {
		if err := r.all.store.Put(ctx, d.url, d.body, p.seen); err != nil {
			r.all.log.Warn("keys could not be stored", slog.String("provider", r.source.Provider), slog.String("cause", err.Error()))
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p.kept = p.seen
}
