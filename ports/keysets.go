package ports

import (
	"context"
	"time"
)

// A KeySetRepository remembers documents with keys that were fetched, so that
// they outlive a restart. Times are kept to the millisecond.
type KeySetRepository interface {
	// Put keeps the document that was fetched from a URL at the time, in place of
	// the one that is there, unless that was fetched later.
	Put(ctx context.Context, url string, document []byte, fetchedAt time.Time) error

	// ByURL returns the document of a URL and when it was fetched, or
	// domain.ErrNotFound.
	ByURL(ctx context.Context, url string) (document []byte, fetchedAt time.Time, err error)
}
