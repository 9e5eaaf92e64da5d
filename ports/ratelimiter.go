package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// A RateLimiter counts what may be done only so often. Each bucket holds a burst
// of its limit, and fills up again at the limit's rate.
type RateLimiter interface {
	// Take takes one out of the bucket, or returns a *domain.Limited that says
	// when there will be one again. A bucket out of which n were taken at once lets
	// no more than n pass. It never fails for another reason: a limiter that cannot
	// reach what it depends on counts by itself.
	Take(ctx context.Context, bucket domain.Bucket) error

	// Check returns what Take would, and takes nothing.
	Check(ctx context.Context, bucket domain.Bucket) error

	// GiveBack puts back one that Take took.
	GiveBack(ctx context.Context, bucket domain.Bucket)
}
