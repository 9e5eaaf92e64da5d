package memstore

import (
	"bytes"
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A keySet is a document and when it was fetched.
type keySet struct {
	document  []byte
	fetchedAt time.Time
}

// keySets is the ports.KeySetRepository.
type keySets struct{ calls calls }

func (k keySets) Put(ctx context.Context, url string, document []byte, fetchedAt time.Time) error {
	return k.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(url); err != nil {
			return err
		}
		fetchedAt = milliseconds(fetchedAt)
		if there, ok := v.keySets.get(url); !ok || !there.fetchedAt.After(fetchedAt) {
			v.keySets.set(url, keySet{bytes.Clone(document), fetchedAt})
		}
		return nil
	})
}

func (k keySets) ByURL(ctx context.Context, url string) ([]byte, time.Time, error) {
	found, err := ask(ctx, k.calls.read, func(v *view) (keySet, error) {
		if err := domain.CheckText(url); err != nil {
			return keySet{}, err
		}
		found, ok := v.keySets.get(url)
		if !ok {
			return keySet{}, domain.ErrNotFound
		}
		return found, nil
	})
	return bytes.Clone(found.document), found.fetchedAt, err
}
