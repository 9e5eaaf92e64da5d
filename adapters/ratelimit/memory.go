package ratelimit

import (
	"context"
	"hash/maphash"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// Memory is a ports.RateLimiter in the memory of this process: another
// instance counts for itself, and a restart fills all buckets. It keeps some
// 100,000 buckets at most, whatever is done to it. It may be used concurrently.
//
// It reckons with the differences between the times of its clock. A clock that
// is set back refills nothing, and from then on buckets fill up as ever.
type Memory struct {
	seed   maphash.Seed
	tables map[domain.Limit]*table
}

// NewMemory makes a limiter whose buckets are all full. It panics unless each of
// the domain's limits has a rate.
func NewMemory(limits map[domain.Limit]Rate, now func() time.Time) *Memory {
	mustBeComplete(limits)
	m := &Memory{seed: maphash.MakeSeed(), tables: make(map[domain.Limit]*table, len(limits))}
	for limit, rate := range limits {
		m.tables[limit] = newTable(limit, rate, now)
	}
	return m
}

// Take implements ports.RateLimiter. It panics if the bucket's limit has no
// rate.
func (m *Memory) Take(_ context.Context, bucket domain.Bucket) error {
	return of(m.tables, bucket.Limit).take(m.place(bucket))
}

// Check implements ports.RateLimiter. It panics if the bucket's limit has no
// rate.
func (m *Memory) Check(_ context.Context, bucket domain.Bucket) error {
	return of(m.tables, bucket.Limit).check(m.place(bucket))
}

// GiveBack implements ports.RateLimiter. It panics if the bucket's limit has
// no rate.
func (m *Memory) GiveBack(_ context.Context, bucket domain.Bucket) {
	of(m.tables, bucket.Limit).giveBack(m.place(bucket))
}

// place is where the bucket is in its table. It is a hash, so that a long key
// takes no more memory than a short one; the seed is secret, so that nobody can
// choose a key that shares its bucket with somebody else's.
func (m *Memory) place(bucket domain.Bucket) uint64 {
	return maphash.String(m.seed, bucket.Key)
}
