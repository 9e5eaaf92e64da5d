package gormstore

import (
	"encoding/binary"
	"hash/maphash"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// trustLimit is for how long a cache is trusted after it was last known to be right.
// Together with what the database needs to say so it stays below a second.
const trustLimit = 750 * time.Millisecond

const (
	// ways is how many places there are for a token to be kept in.
	ways = 8
	// userMarks is how many marks there are for users.
	userMarks = 1 << 16
	// textLimit bounds the texts of an answer that is kept, in bytes.
	textLimit = 512
)

// A tokenCache keeps whose tokens are. It has no lock, no goroutine, and takes no
// more memory when it is full.
//
// What happens is numbered. Forgetting a user takes the next number and leaves it as
// the user's mark, which the user shares with few others. An answer has the number
// that was the last before its look-up began, and holds as long as no greater one
// is its user's mark. So whoever forgets after a commit outdates everything that was
// read before it, also what is still to be kept, and whatever begins after that is
// right.
//
// It is trusted for a moment, again and again, by whoever watches what others
// write. While it is not, it has no answers.
type tokenCache struct {
	clock   func() time.Time
	began   time.Time
	trusted atomic.Int64 // until when: nanoseconds since it began

	happened atomic.Uint64
	everyone atomic.Uint64 // the mark of all users
	users    [userMarks]atomic.Uint64
	seed     maphash.Seed

	sets   []cacheSet
	counts [16]cacheCounts // by token: nobody waits for the counter of another
}

// A cacheSet are the places for tokens that have one thing in common.
type cacheSet [ways]atomic.Pointer[keptBearer]

type cacheCounts struct {
	hits, misses atomic.Uint64
	_            [6]uint64 // the rest of a cache line
}

// A keptBearer is an answer.
type keptBearer struct {
	key    domain.TokenKey
	bearer domain.Bearer
	mark   *atomic.Uint64 // of its user
	number uint64
	used   atomic.Bool // since somebody last looked for a place
}

// newTokenCache returns one for so many tokens. The clock has to be monotonic.
func newTokenCache(tokens int, clock func() time.Time) *tokenCache {
	return &tokenCache{
		clock: clock, began: clock(), seed: maphash.MakeSeed(),
		sets: make([]cacheSet, max(tokens/ways, 1)),
	}
}

// age is the time.
func (c *tokenCache) age() time.Duration { return c.clock().Sub(c.began) }

// trust says that what was committed up to an age has been forgotten.
func (c *tokenCache) trust(at time.Duration) { c.trusted.Store(int64(at + trustLimit)) }

func (c *tokenCache) isTrusted() bool { return int64(c.age()) < c.trusted.Load() }

// find returns what is known of a token, as it is at the time.
func (c *tokenCache) find(key domain.TokenKey, now time.Time) (domain.Bearer, bool) {
	counts := &c.counts[key.Token[0]%byte(len(c.counts))]
	if c.isTrusted() {
		set := c.setOf(key)
		for i := range set {
			if kept := set[i].Load(); kept != nil && kept.key == key && c.holds(kept) {
				counts.hits.Add(1)
				if !kept.used.Load() {
					kept.used.Store(true)
				}
				bearer := kept.bearer
				bearer.Stale = domain.Expired(bearer.Expires, now)
				return bearer, true
			}
		}
	}
	counts.misses.Add(1)
	return domain.Bearer{}, false
}

// lookUp returns the number for an answer whose look-up begins now.
func (c *tokenCache) lookUp() uint64 { return c.happened.Load() }

// keep keeps an answer: a token that is in use. The number is that of its look-up.
func (c *tokenCache) keep(key domain.TokenKey, bearer domain.Bearer, number uint64) {
	user := bearer.User
	if len(user.ID)+len(user.DisplayName)+len(user.AvatarURL)+len(bearer.Device) > textLimit {
		return
	}
	kept := &keptBearer{key: key, bearer: bearer, mark: c.markOf(user.ID), number: number}
	if c.holds(kept) {
		c.placeFor(key).Store(kept)
	}
}

// placeFor returns where a token is to be kept: where it is, where nothing is that
// holds, or where nothing was used for longest.
func (c *tokenCache) placeFor(key domain.TokenKey) *atomic.Pointer[keptBearer] {
	set := c.setOf(key)
	var free *atomic.Pointer[keptBearer]
	for i := range set {
		switch kept := set[i].Load(); {
		case kept != nil && kept.key.Session == key.Session:
			return &set[i]
		case kept == nil || !c.holds(kept):
			free = &set[i]
		}
	}
	if free != nil {
		return free
	}
	first := rand.IntN(ways)
	for i := range ways {
		place := &set[(first+i)%ways]
		if kept := place.Load(); kept == nil || !kept.used.Swap(false) {
			return place
		}
	}
	return &set[first]
}

// setOf is where a token is kept. The hash of a session is as good as random, and no
// client chooses it.
func (c *tokenCache) setOf(key domain.TokenKey) *cacheSet {
	return &c.sets[binary.LittleEndian.Uint64(key.Session[:])%uint64(len(c.sets))]
}

func (c *tokenCache) markOf(user domain.UserID) *atomic.Uint64 {
	return &c.users[maphash.String(c.seed, string(user))%userMarks]
}

func (c *tokenCache) holds(kept *keptBearer) bool {
	return kept.mark.Load() <= kept.number && c.everyone.Load() <= kept.number
}

// forget forgets users of whom something was committed.
func (c *tokenCache) forget(users ...domain.UserID) {
	if len(users) == 0 {
		return
	}
	number := c.happened.Add(1)
	for _, user := range users {
		raise(c.markOf(user), number)
	}
}

// forgetAll forgets everybody.
func (c *tokenCache) forgetAll() { raise(&c.everyone, c.happened.Add(1)) }

// raise leaves a number, unless there is a greater one.
func raise(mark *atomic.Uint64, number uint64) {
	for before := mark.Load(); before < number && !mark.CompareAndSwap(before, number); before = mark.Load() {
	}
}

// TokenCacheStats say what became of the look-ups of tokens.
type TokenCacheStats struct {
	Hits, Misses uint64
	// Trusted says that the cache is in use now.
	Trusted bool
}

// CachesTokens says whether [Store.CacheTokens] was called.
func (s *Store) CachesTokens() bool { return s.cache != nil }

// TokenCacheStats returns them, of a store that caches tokens.
func (s *Store) TokenCacheStats() (stats TokenCacheStats) {
	for i := range s.cache.counts {
		stats.Hits += s.cache.counts[i].hits.Load()
		stats.Misses += s.cache.counts[i].misses.Load()
	}
	stats.Trusted = s.cache.isTrusted()
	return stats
}
