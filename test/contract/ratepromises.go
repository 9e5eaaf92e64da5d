package contract

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var rateLimiterPromises = []struct {
	name string
	test func(*limiterTrial)
}{
	{"a bucket holds the burst of its limit", func(t *limiterTrial) {
		for limit, rate := range rates {
			t.wantLeft(domain.Bucket{Limit: limit, Key: "k"}, rate.Burst)
		}
	}},
	{"a bucket fills again at the rate of its limit, up to the burst", func(t *limiterTrial) {
		t.wantLeft(slow, 3)
		t.clock.pass(490 * time.Millisecond)
		t.wantLeft(slow, 0)
		t.clock.pass(20 * time.Millisecond)
		t.wantLeft(slow, 1)
		t.clock.pass(time.Second)
		t.wantLeft(slow, 2)
		t.clock.pass(24 * time.Hour)
		t.wantLeft(slow, 3)
	}},
	{"no more pass than the burst and what the time gives, however they come", func(t *limiterTrial) {
		passed := 0
		for range 100 {
			for range 5 {
				if t.take(slow) {
					passed++
				}
			}
			t.clock.pass(100 * time.Millisecond)
		}
		// 9.9 s give 19 and most of another.
		if passed != 3+19 {
			t.Errorf("%d passed", passed)
		}
	}},
	{"buckets are independent, by limit and by key", func(t *limiterTrial) {
		t.wantLeft(slow, 3)
		for _, key := range []string{
			"", "a", "A", "a ", "a:b", "{a}", "*", "\x00", "é", "198.51.100.70", "@alice:example.org", strings.Repeat("k", 1000), strings.Repeat("k", 1001),
		} {
			t.wantLeft(domain.Bucket{Limit: slow.Limit, Key: key}, 3)
		}
		for limit, rate := range rates {
			if limit != slow.Limit {
				t.wantLeft(domain.Bucket{Limit: limit, Key: slow.Key}, rate.Burst)
			}
		}
	}},
	{"waiting for as long as RetryAfter says is enough, and half of it is not", func(t *limiterTrial) {
		for limit, rate := range rates {
			bucket := domain.Bucket{Limit: limit, Key: "k"}
			t.wantLeft(bucket, rate.Burst)
			for round := range 10 {
				wait := t.wait(bucket)
				t.clock.pass(wait / 2)
				if t.take(bucket) {
					t.Fatalf("%s, round %d: %v said, half of it was enough", limit, round, wait)
				}
				t.clock.pass(wait - wait/2)
				if !t.take(bucket) {
					t.Fatalf("%s, round %d: %v said, and it was not enough", limit, round, wait)
				}
			}
		}
	}},
	{"RetryAfter is no longer than one takes to come", func(t *limiterTrial) {
		for limit, rate := range rates {
			bucket := domain.Bucket{Limit: limit, Key: "k"}
			t.wantLeft(bucket, rate.Burst)
			// Rounding up is fine.
			longest := time.Duration(float64(time.Second)/rate.PerSecond) + 10*time.Millisecond
			if wait := t.wait(bucket); wait > longest {
				t.Errorf("%s: %v, of at most %v", limit, wait, longest)
			}
		}
	}},
	{"what is refused takes nothing", func(t *limiterTrial) {
		t.wantLeft(slow, 3)
		for range 100 {
			t.take(slow)
		}
		t.clock.pass(510 * time.Millisecond)
		t.wantLeft(slow, 1)
	}},
	{"Check says what Take would, and takes nothing", func(t *limiterTrial) {
		for range 5 {
			if err := t.limiter.Check(t.Context(), slow); err != nil {
				t.Fatalf("a full bucket: %v", err)
			}
		}
		t.take(slow)
		t.take(slow)
		for range 5 {
			if err := t.limiter.Check(t.Context(), slow); err != nil {
				t.Fatalf("there is one left: %v", err)
			}
		}
		t.wantLeft(slow, 1)
		var limited *domain.Limited
		if err := t.limiter.Check(t.Context(), slow); !errors.As(err, &limited) || limited.RetryAfter <= 0 || limited.RetryAfter > time.Second {
			t.Fatalf("an empty bucket: %v", err)
		}
		t.clock.pass(limited.RetryAfter)
		if err := t.limiter.Check(t.Context(), slow); err != nil {
			t.Fatalf("after as long as it said: %v", err)
		}
		t.wantLeft(slow, 1)
	}},
	{"GiveBack puts one back, into its own bucket", func(t *limiterTrial) {
		other := domain.Bucket{Limit: slow.Limit, Key: "other"}
		t.wantLeft(slow, 3)
		t.wantLeft(other, 3)
		t.limiter.GiveBack(t.Context(), slow)
		t.wantLeft(other, 0)
		t.wantLeft(slow, 1)
		t.limiter.GiveBack(t.Context(), slow)
		t.limiter.GiveBack(t.Context(), slow)
		t.wantLeft(slow, 2)
	}},
	{"one that is given back late makes no bucket hold more than its burst", func(t *limiterTrial) {
		t.wantLeft(slow, 3)
		t.clock.pass(time.Hour)
		for range 3 {
			t.limiter.GiveBack(t.Context(), slow)
		}
		t.wantLeft(slow, 3)
	}},
	{"of 100 Takes at once exactly the burst passes", func(t *limiterTrial) {
		for limit, rate := range rates {
			var passed atomic.Int32
			together(100, func(int) error {
				if t.take(domain.Bucket{Limit: limit, Key: "k"}) {
					passed.Add(1)
				}
				return nil
			})
			if int(passed.Load()) != rate.Burst {
				t.Errorf("%s: %d passed, want %d", limit, passed.Load(), rate.Burst)
			}
		}
	}},
	{"50 Takes that are given back at once leave the bucket full", func(t *limiterTrial) {
		together(50, func(int) error {
			if t.take(slow) {
				t.limiter.GiveBack(t.Context(), slow)
			}
			return nil
		})
		t.wantLeft(slow, 3)
	}},
}
