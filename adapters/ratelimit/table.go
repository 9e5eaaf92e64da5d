package ratelimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// mostOwn is how many buckets of one limit are kept for one key each.
	mostOwn = 1 << 14
	// mostShared is how many buckets there are for the keys beyond these.
	mostShared = 1 << 10
	// looks is how many buckets are looked at for each that is added. More than
	// one, so that full ones are dropped faster than others come.
	looks = 4
)

// A table is the buckets of one limit. Only those are kept out of which
// something is missing; a key that has none has a full one.
//
// A flood of keys must not make a table grow, and must not push out a bucket:
// whoever emptied one would flood the table and find a full one again. So no
// bucket is dropped before it is full, and when the table is, new keys share the
// few buckets that are left. During such a flood newcomers are refused more
// often than they deserve. In return the most that a flood gains anybody is the
// burst of a shared bucket, before one of its own.
//
// Each limit has a table, and a lock, of its own: what floods the addresses does
// not touch the accounts.
type table struct {
	limit domain.Limit
	now   func() time.Time
	rate  rate.Limit
	burst int

	mu      sync.Mutex // guards all below, and the buckets
	buckets map[uint64]*rate.Limiter
	kept    []keptBucket // the same buckets, to go round
	next    int          // the one of kept to look at next
}

type keptBucket struct {
	place uint64
	*rate.Limiter
}

func newTable(limit domain.Limit, r Rate, now func() time.Time) *table {
	return &table{
		limit: limit, now: now, rate: rate.Every(r.interval()), burst: r.Burst,
		buckets: map[uint64]*rate.Limiter{},
	}
}

func (t *table) take(place uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	// Read under the lock, so that time does not go back and forth between calls.
	now := t.now()
	bucket := t.at(place, now)
	if bucket.AllowN(now, 1) {
		return nil
	}
	return t.refusal(bucket, now)
}

// check is take, but takes nothing.
func (t *table) check(place uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	bucket := t.find(place)
	if bucket == nil {
		return nil
	}
	now := t.now()
	if bucket.AllowN(now, 1) {
		bucket.AllowN(now, -1)
		return nil
	}
	return t.refusal(bucket, now)
}

// refusal says when there will be one in a bucket in which there is none.
func (t *table) refusal(bucket *rate.Limiter, now time.Time) error {
	// A refusal leaves the time in the bucket as it is. If the clock was set back
	// since, nothing would come in until it is there again. To reserve and cancel
	// starts anew from now, and says how long to wait.
	reserved := bucket.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	reserved.CancelAt(now)
	return limited(t.limit, wait)
}

func (t *table) giveBack(place uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if bucket := t.find(place); bucket != nil {
		// What is above the burst is cut off when the bucket is next looked at.
		bucket.AllowN(t.now(), -1)
	}
}

// find returns the bucket at this place, its own or the shared one; nil if there
// is neither.
func (t *table) find(place uint64) *rate.Limiter {
	if bucket, ok := t.buckets[place]; ok {
		return bucket
	}
	return t.buckets[place%mostShared]
}

// at returns the bucket at this place; a full one if there is none.
func (t *table) at(place uint64, now time.Time) *rate.Limiter {
	if bucket, ok := t.buckets[place]; ok {
		return bucket
	}
	t.dropFull(now)
	if len(t.kept) >= mostOwn {
		place %= mostShared
		if bucket, ok := t.buckets[place]; ok {
			return bucket
		}
	}
	bucket := rate.NewLimiter(t.rate, t.burst)
	t.buckets[place] = bucket
	t.kept = append(t.kept, keptBucket{place, bucket})
	return bucket
}

// dropFull looks at the next few buckets and drops those that are full. To look
// at all of them at once would hold up everybody else.
func (t *table) dropFull(now time.Time) {
	for range min(looks, len(t.kept)) {
		if t.next >= len(t.kept) {
			t.next = 0
		}
		bucket := t.kept[t.next]
		// To take nothing starts anew from now if the clock was set back.
		bucket.AllowN(now, 0)
		if bucket.TokensAt(now) < float64(t.burst) {
			t.next++
			continue
		}
		delete(t.buckets, bucket.place)
		last := len(t.kept) - 1
		t.kept[t.next] = t.kept[last]
		t.kept[last] = keptBucket{}
		t.kept = t.kept[:last]
	}
}
