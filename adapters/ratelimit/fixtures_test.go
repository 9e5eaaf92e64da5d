package ratelimit_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var (
	_ ports.RateLimiter = (*ratelimit.Memory)(nil)
	_ ports.RateLimiter = (*ratelimit.Redis)(nil)
	_ ports.RateLimiter = ratelimit.Unlimited{}
)

// rates are those of the tests: 5 at once and one a second, if not said
// otherwise.
func rates(special map[domain.Limit]ratelimit.Rate) map[domain.Limit]ratelimit.Rate {
	all := map[domain.Limit]ratelimit.Rate{}
	for _, limit := range []domain.Limit{
		domain.LimitFailed, domain.LimitAddress, domain.LimitAccount,
		domain.LimitRegistration, domain.LimitRefresh, domain.LimitLoginToken,
	} {
		all[limit] = ratelimit.Rate{PerSecond: 1, Burst: 5}
	}
	for limit, rate := range special {
		all[limit] = rate
	}
	return all
}

var failed = domain.Bucket{Limit: domain.LimitFailed, Key: "192.0.2.1"}

// A clock is set by hand.
type clock struct{ nanoseconds atomic.Int64 }

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func newClock() *clock {
	c := &clock{}
	c.set(start)
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanoseconds.Load()) }
func (c *clock) set(t time.Time)         { c.nanoseconds.Store(t.UnixNano()) }
func (c *clock) advance(d time.Duration) { c.nanoseconds.Add(int64(d)) }

// passes takes from the bucket n times, and says how often that was let pass.
func passes(t *testing.T, limiter ports.RateLimiter, bucket domain.Bucket, n int) (passed int) {
	t.Helper()
	for range n {
		if wait(t, limiter, bucket) == 0 {
			passed++
		}
	}
	return passed
}

// wait takes from the bucket, and returns how long a refusal says to wait; 0 if
// there was none.
func wait(t *testing.T, limiter ports.RateLimiter, bucket domain.Bucket) time.Duration {
	t.Helper()
	err := limiter.Take(t.Context(), bucket)
	if err == nil {
		return 0
	}
	var limited *domain.Limited
	if !errors.As(err, &limited) || limited.RetryAfter <= 0 {
		t.Fatalf("Take returned %v, which is no refusal with a time to wait", err)
	}
	return limited.RetryAfter
}

// passInParallel takes from the bucket of each limiter 100 times, all at once.
func passInParallel(t *testing.T, bucket domain.Bucket, limiters ...ports.RateLimiter) int {
	t.Helper()
	var group sync.WaitGroup
	var passed atomic.Int64
	begin := make(chan struct{})
	for _, limiter := range limiters {
		for range 100 {
			group.Go(func() {
				<-begin
				if limiter.Take(t.Context(), bucket) == nil {
					passed.Add(1)
				}
			})
		}
	}
	close(begin)
	group.Wait()
	return int(passed.Load())
}

func mustPanic(t *testing.T, do func()) (text string) {
	t.Helper()
	defer func() {
		t.Helper()
		said := recover()
		if said == nil {
			t.Fatal("there was no panic")
		}
		text, _ = said.(string)
	}()
	do()
	return ""
}
