package ratelimit_test

import (
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
)

const flooded = 4 * (ratelimit.MostOwn + ratelimit.MostShared)

// flood takes one out of each of many buckets of LimitFailed, and returns how
// often that was let pass.
func flood(t *testing.T, memory *ratelimit.Memory) (passed int) {
	t.Helper()
	for i := range flooded {
		passed += passes(t, memory, key(i), 1)
	}
	return passed
}

func TestAFloodDoesNotGrowTheMemory(t *testing.T) {
	memory, _ := openMemory(nil)
	passed := flood(t, memory)
	if kept := memory.Kept(domain.LimitFailed); kept > ratelimit.MostOwn+ratelimit.MostShared {
		t.Errorf("%d buckets are kept", kept)
	}
	if most := ratelimit.MostOwn + 5*ratelimit.MostShared; passed > most {
		t.Errorf("%d passed, where there is room for %d", passed, most)
	}
}

func TestAFloodEmptiesAndFillsNobodysOwnBucket(t *testing.T) {
	memory, _ := openMemory(nil)
	attacker, bystander := failed, domain.Bucket{Limit: domain.LimitFailed, Key: "192.0.2.2"}
	passes(t, memory, attacker, 5)
	passes(t, memory, bystander, 1)
	flood(t, memory)
	if n := passes(t, memory, attacker, 10); n != 0 {
		t.Errorf("%d more passed for the attacker", n)
	}
	if n := passes(t, memory, bystander, 10); n != 4 {
		t.Errorf("%d of the 4 that a bystander had left passed", n)
	}
}

func TestAFloodOfOneLimitLeavesTheOthersAlone(t *testing.T) {
	memory, _ := openMemory(nil)
	flood(t, memory)
	for i := range 100 {
		bucket := domain.Bucket{Limit: domain.LimitAccount, Key: key(i).Key}
		if n := passes(t, memory, bucket, 10); n != 5 {
			t.Fatalf("%d passed for an account, where the burst is 5", n)
		}
	}
}

// TestWhoSharesABucketGetsBackIntoIt gives back what was taken from a shared
// bucket.
func TestWhoSharesABucketGetsBackIntoIt(t *testing.T) {
	memory, _ := openMemory(nil)
	flood(t, memory)
	newcomer := key(flooded)
	passes(t, memory, newcomer, 10)
	memory.GiveBack(t.Context(), newcomer)
	if n := passes(t, memory, newcomer, 10); n != 1 {
		t.Errorf("%d passed after one was given back", n)
	}
}

func TestBucketsThatAreFullAgainAreDropped(t *testing.T) {
	for name, later := range map[string]time.Duration{
		"after a while":              time.Minute,
		"after the clock went wrong": -365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			memory, clock := openMemory(nil)
			flood(t, memory)
			clock.advance(later)
			// Others come by, with a pause to recover after each thousand.
			for i := range 2 * ratelimit.MostOwn {
				if i%1000 == 0 {
					clock.advance(time.Minute)
				}
				passes(t, memory, key(flooded+i), 1)
			}
			if kept := memory.Kept(domain.LimitFailed); kept > 2000 {
				t.Errorf("%d buckets are kept, where out of 1,000 something is missing", kept)
			}
			if n := passes(t, memory, key(-1), 10); n != 5 {
				t.Errorf("%d passed for a newcomer, where the burst is 5", n)
			}
		})
	}
}
