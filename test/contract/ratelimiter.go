package contract

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A Rate is how many may pass a limit: each second, and at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// rates are the limits of the tests: all that the domain has, each with another
// rate, so that one that is mistaken for another shows.
var rates = map[domain.Limit]Rate{
	domain.LimitFailed:       {PerSecond: 2, Burst: 3},
	domain.LimitAddress:      {PerSecond: 10, Burst: 20},
	domain.LimitAccount:      {PerSecond: 0.17, Burst: 1},
	domain.LimitRegistration: {PerSecond: 0.003, Burst: 2},
	domain.LimitRefresh:      {PerSecond: 1.0 / 3, Burst: 5},
	domain.LimitLoginToken:   {PerSecond: 7, Burst: 4},
}

// slow is a bucket that holds three and gets another every 500 ms.
var slow = domain.Bucket{Limit: domain.LimitFailed, Key: "198.51.100.7"}

// RateLimiter tests a [ports.RateLimiter]. open returns one with these limits,
// whose buckets are all full, on the clock for each test, and closes it with
// t.Cleanup. Run it with the race detector, too.
func RateLimiter(t *testing.T, open func(t *testing.T, limits map[domain.Limit]Rate, clock *Clock) ports.RateLimiter) {
	for _, p := range rateLimiterPromises {
		t.Run(p.name, func(t *testing.T) {
			clock := &Clock{now: noon}
			p.test(&limiterTrial{T: t, limiter: open(t, rates, clock), clock: clock})
		})
	}
}

// A limiterTrial is one test of one rate limiter.
type limiterTrial struct {
	*testing.T
	limiter ports.RateLimiter
	clock   *Clock
}

// take takes one out of the bucket and says whether it passed.
func (t *limiterTrial) take(bucket domain.Bucket) bool {
	t.Helper()
	return t.wait(bucket) == 0
}

// wait takes one out of the bucket and returns after which time to try again; 0
// if it passed.
func (t *limiterTrial) wait(bucket domain.Bucket) time.Duration {
	t.Helper()
	err := t.limiter.Take(t.Context(), bucket)
	if err == nil {
		return 0
	}
	var limited *domain.Limited
	if !errors.As(err, &limited) || !errors.Is(err, domain.ErrLimited) || limited.RetryAfter <= 0 {
		t.Errorf("%v: got %v, want a *domain.Limited with a time to wait", bucket, err)
		return time.Hour
	}
	return limited.RetryAfter
}

// wantLeft wants exactly n to pass now.
func (t *limiterTrial) wantLeft(bucket domain.Bucket, n int) {
	t.Helper()
	for i := range n {
		if !t.take(bucket) {
			t.Fatalf("%v: %d passed, want %d", bucket, i, n)
		}
	}
	for range 3 {
		if t.take(bucket) {
			t.Fatalf("%v: more than %d passed", bucket, n)
		}
	}
}
