package ratelimit_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
)

func openMemory(special map[domain.Limit]ratelimit.Rate) (*ratelimit.Memory, *clock) {
	c := newClock()
	return ratelimit.NewMemory(rates(special), c.now), c
}

func TestMemoryLetsABurstPassAndThenItsRate(t *testing.T) {
	memory, clock := openMemory(nil)
	if n := passes(t, memory, failed, 10); n != 5 {
		t.Errorf("%d of 10 at once passed, where the burst is 5", n)
	}
	clock.advance(3 * time.Second)
	if n := passes(t, memory, failed, 10); n != 3 {
		t.Errorf("%d passed after 3 seconds at one a second", n)
	}
	clock.advance(time.Hour)
	if n := passes(t, memory, failed, 10); n != 5 {
		t.Errorf("%d passed after an hour, where the burst is 5", n)
	}
}

func TestMemoryKeepsBucketsApart(t *testing.T) {
	memory, _ := openMemory(nil)
	passes(t, memory, failed, 5)
	for _, other := range []domain.Bucket{
		{Limit: domain.LimitFailed, Key: "192.0.2.2"},
		{Limit: domain.LimitAddress, Key: failed.Key},
	} {
		if n := passes(t, memory, other, 10); n != 5 {
			t.Errorf("%d out of %v passed, where the burst is 5", n, other)
		}
	}
}

// TestMemoryAnswersToWhomeverWaitedAsTold waits exactly as long as was said, and
// a millisecond and a half less.
func TestMemoryAnswersToWhomeverWaitedAsTold(t *testing.T) {
	for _, rate := range []ratelimit.Rate{
		{PerSecond: 0.17, Burst: 5}, {PerSecond: 0.0167, Burst: 1}, {PerSecond: 3, Burst: 2}, {PerSecond: 700, Burst: 1},
		{PerSecond: 1e-6, Burst: 1},
	} {
		memory, clock := openMemory(map[domain.Limit]ratelimit.Rate{domain.LimitFailed: rate})
		passes(t, memory, failed, rate.Burst)
		for range 20 {
			told := wait(t, memory, failed)
			if told%time.Millisecond != 0 {
				t.Fatalf("%v: told to wait for %v, which are no whole milliseconds", rate, told)
			}
			if early := told - 1500*time.Microsecond; early > 0 {
				clock.advance(early)
				if wait(t, memory, failed) == 0 {
					t.Fatalf("%v: told to wait for %v, but less was enough", rate, told)
				}
				told -= early
			}
			clock.advance(told)
			if again := wait(t, memory, failed); again != 0 {
				t.Fatalf("%v: told to wait for %v more after waiting as told", rate, again)
			}
		}
	}
}

func TestMemoryTakesBackNoMoreThanFitsIn(t *testing.T) {
	memory, _ := openMemory(nil)
	memory.GiveBack(t.Context(), failed)
	passes(t, memory, failed, 1)
	for range 3 {
		memory.GiveBack(t.Context(), failed)
	}
	if n := passes(t, memory, failed, 10); n != 5 {
		t.Errorf("%d passed, where the burst is 5", n)
	}
	memory.GiveBack(t.Context(), failed)
	memory.GiveBack(t.Context(), failed)
	if n := passes(t, memory, failed, 10); n != 2 {
		t.Errorf("%d passed after 2 were given back", n)
	}
}

func TestMemoryLetsExactlyABurstPassInParallel(t *testing.T) {
	memory, _ := openMemory(nil)
	if n := passInParallel(t, failed, memory); n != 5 {
		t.Errorf("%d of 100 passed, where the burst is 5", n)
	}
}

func TestMemoryOutlastsAClockThatIsSetBack(t *testing.T) {
	memory, clock := openMemory(nil)
	passes(t, memory, failed, 5)
	clock.advance(-365 * 24 * time.Hour)
	if told := wait(t, memory, failed); told > 1001*time.Millisecond {
		t.Errorf("told to wait for %v at one a second", told)
	}
	clock.advance(1001 * time.Millisecond)
	if n := passes(t, memory, failed, 10); n != 1 {
		t.Errorf("%d passed after a second at one a second", n)
	}
	clock.advance(-time.Hour)
	if n := passes(t, memory, failed, 10); n != 0 {
		t.Errorf("the clock was set back, and %d passed", n)
	}
	clock.advance(366 * 24 * time.Hour)
	if n := passes(t, memory, failed, 10); n != 5 {
		t.Errorf("the clock was put right, and %d passed, where the burst is 5", n)
	}
}

// TestMemoryTakesAnyKey holds because a limiter is asked before anything is known
// to be right.
func TestMemoryTakesAnyKey(t *testing.T) {
	memory, _ := openMemory(nil)
	for _, key := range []string{"", "\x00", "\xff", strings.Repeat("k", 1<<20)} {
		bucket := domain.Bucket{Limit: domain.LimitFailed, Key: key}
		if n := passes(t, memory, bucket, 10); n != 5 {
			t.Errorf("%d passed for a key of %d bytes, where the burst is 5", n, len(key))
		}
	}
}

func TestUnlimitedLetsEverythingPass(t *testing.T) {
	if n := passes(t, ratelimit.Unlimited{}, failed, 1000); n != 1000 {
		t.Errorf("%d of 1,000 passed", n)
	}
	ratelimit.Unlimited{}.GiveBack(t.Context(), failed)
}

func key(i int) domain.Bucket {
	return domain.Bucket{Limit: domain.LimitFailed, Key: strconv.Itoa(i)}
}
