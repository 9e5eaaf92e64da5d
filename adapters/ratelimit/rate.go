// Package ratelimit counts what may be done only so often: in the memory of this
// process ([Memory]), in a Redis that several instances share ([Redis]), or not
// at all ([Unlimited]).
//
// What a limit is taken from is a token bucket. It holds a burst, and fills up
// again at a steady rate; whoever finds it empty is told when to come back.
package ratelimit

import (
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Rate is how often something may be done.
type Rate struct {
	// PerSecond is how many come back into the bucket in a second. It is greater
	// than 0.
	PerSecond float64
	// Burst is how many fit in, and may follow each other at once. It is at
	// least 1.
	Burst int
}

// demanded are the limits that need a rate: all that the domain has.
var demanded = []domain.Limit{
	domain.LimitFailed,
	domain.LimitAddress,
	domain.LimitAccount,
	domain.LimitRegistration,
	domain.LimitRefresh,
	domain.LimitLoginToken,
}

// mustBeComplete panics unless every limit has a rate: a limit that nobody
// thought of must be noticed when the program starts, not let everything pass.
func mustBeComplete(limits map[domain.Limit]Rate) {
	for _, limit := range demanded {
		of(limits, limit)
	}
	for limit, rate := range limits {
		// The first comparison is written so that NaN fails it.
		if !(rate.PerSecond > 0) || rate.Burst < 1 {
			panic(fmt.Sprintf("ratelimit: the limit %q has the rate %v and the burst %d, where neither may be 0",
				limit, rate.PerSecond, rate.Burst))
		}
	}
}

// of returns what there is for a limit. It panics if there is nothing.
func of[T any](all map[domain.Limit]T, limit domain.Limit) T {
	one, ok := all[limit]
	if !ok {
		panic(fmt.Sprintf("ratelimit: there is no rate for the limit %q", limit))
	}
	return one
}

// slowest is the longest that it takes for one to come back, whatever the rate.
// It keeps all reckoning inside a time.Duration and what Redis takes for an
// expiry.
const slowest = 365 * 24 * time.Hour

// interval is the time after which one comes back.
func (r Rate) interval() time.Duration {
	return time.Duration(max(1, min(float64(time.Second)/r.PerSecond, float64(slowest))))
}

// limited refuses for at least wait. Whole milliseconds, and one more than have
// begun, because that is what clients are told, and whoever waits as long as he
// was told must not be refused for a rounding error.
func limited(limit domain.Limit, wait time.Duration) error {
	return &domain.Limited{Limit: limit, RetryAfter: wait.Truncate(time.Millisecond) + time.Millisecond}
}
