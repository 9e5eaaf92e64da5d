package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/seed-31b6c987/doorward/domain"
)

// patience is how long a request waits for Redis.
const patience = 250 * time.Millisecond

// Redis is a ports.RateLimiter that several instances share. Redis' own clock
// is what counts. Its keys begin with "rate:doorward:" and hold no address and
// no name, only a hash; they expire when their bucket is full.
//
// While Redis does not answer within 250 ms, or refuses, every instance counts
// in its own memory, where all buckets are full at first, and tries again every 5
// seconds. The log has one warning when that begins and one when it ends. It may
// be used concurrently.
type Redis struct {
	client  *redis.Client
	limiter *redis_rate.Limiter
	limits  map[domain.Limit]redis_rate.Limit
	memory  *Memory
	now     func() time.Time
	log     *slog.Logger
	outage  outage
}

// NewRedis makes a limiter for the Redis at a URL such as redis://host:6379/0.
// Nothing is asked of it yet: it may be down. The error, if the URL cannot be
// read, shows nothing of it. NewRedis panics unless each of the domain's limits
// has a rate.
func NewRedis(url string, limits map[domain.Limit]Rate, now func() time.Time, log *slog.Logger) (*Redis, error) {
	memory := NewMemory(limits, now)
	options, err := redis.ParseURL(url)
	if err != nil {
		// What it says may quote the URL, which may hold a password.
		return nil, errors.New("ratelimit: this is no URL of a Redis, such as redis://host:6379/0")
	}
	client := redis.NewClient(impatient(options))
	r := &Redis{
		client: client, limiter: redis_rate.NewLimiter(client), limits: map[domain.Limit]redis_rate.Limit{},
		memory: memory, now: now, log: log,
	}
	for limit, rate := range limits {
		r.limits[limit] = exact(rate)
	}
	return r, nil
}

// SilenceDriver stops the lines that the Redis library writes to stderr by
// itself, for the whole process: what they say, [Redis] says in the log.
func SilenceDriver() { logging.Disable() }

// exact is a rate as redis_rate takes it. The library adds and subtracts
// intervals as floating point seconds, and rounding may refuse the last of a burst
// that comes all at once. Multiples of 2^-16 s need no rounding. 128 of them are
// 2^-9 s, the smallest power of 2 that is whole nanoseconds. So each interval is
// at most 8 µs too long or too short, and none is shorter than 15 µs.
func exact(rate Rate) redis_rate.Limit {
	const intervals, grain = 1 << 7, time.Second >> 9
	period := max(grain, (rate.interval() * intervals).Round(grain))
	return redis_rate.Limit{Rate: intervals, Period: period, Burst: rate.Burst}
}

// impatient makes the client give up in time, and leave it to us to try again.
func impatient(options *redis.Options) *redis.Options {
	options.ContextTimeoutEnabled = true
	options.DialTimeout = patience
	options.MaxRetries = -1
	options.DialerRetries = 1
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return options
}

// Close closes the connections. Whatever is taken afterwards is counted in
// memory.
func (r *Redis) Close() error { return r.client.Close() }

// Take implements ports.RateLimiter. A client that goes away is counted all the
// same. Take panics if the bucket's limit has no rate.
func (r *Redis) Take(ctx context.Context, bucket domain.Bucket) error {
	limit := of(r.limits, bucket.Limit)
	var result *redis_rate.Result
	answered := r.ask(ctx, func(ctx context.Context) (err error) {
		result, err = r.limiter.Allow(ctx, redisKey(bucket), limit)
		return err
	})
	switch {
	case !answered:
		return r.memory.Take(ctx, bucket)
	case result.Allowed == 0:
		return limited(bucket.Limit, result.RetryAfter)
	}
	return nil
}

// Check implements ports.RateLimiter. It panics if the bucket's limit has no
// rate.
func (r *Redis) Check(ctx context.Context, bucket domain.Bucket) error {
	limit := of(r.limits, bucket.Limit)
	var result *redis_rate.Result
	answered := r.ask(ctx, func(ctx context.Context) (err error) {
		result, err = r.limiter.AllowN(ctx, redisKey(bucket), limit, 0)
		return err
	})
	switch {
	case !answered:
		return r.memory.Check(ctx, bucket)
	case result.Remaining >= 1:
		return nil
	}
	// The bucket will be full when as many have come back as are missing: one will
	// be there when one fewer than a burst has yet to come.
	interval := limit.Period / time.Duration(limit.Rate)
	return limited(bucket.Limit, result.ResetAfter-time.Duration(limit.Burst-1)*interval)
}

// libraryPrefix is what redis_rate puts before each key.
const libraryPrefix = "rate:"

// giveBack moves the time at which a bucket of redis_rate will be full, which is
// all that there is of it, closer by an interval. A time that has passed means
// full. The library's own AllowN with -1 would change nothing if the bucket
// becomes full by it, and so not give back what was the first to be taken.
// Expired keys are full; a key made here would never expire.
var giveBack = redis.NewScript(`
if redis.call("EXISTS", KEYS[1]) == 1 then
  redis.call("INCRBYFLOAT", KEYS[1], "-" .. ARGV[1])
end
return 1
`)

// GiveBack implements ports.RateLimiter. It panics if the bucket's limit has no
// rate.
func (r *Redis) GiveBack(ctx context.Context, bucket domain.Bucket) {
	limit := of(r.limits, bucket.Limit)
	answered := r.ask(ctx, func(ctx context.Context) error {
		keys := []string{libraryPrefix + redisKey(bucket)}
		return giveBack.Run(ctx, r.client, keys, limit.Period.Seconds()/float64(limit.Rate)).Err()
	})
	if !answered {
		r.memory.GiveBack(ctx, bucket)
	}
}

// ask calls do, unless there is an outage, and says whether Redis answered.
func (r *Redis) ask(ctx context.Context, do func(context.Context) error) bool {
	ask, attempt := r.outage.mayAsk(r.now())
	if !ask {
		return false
	}
	// A client must not get around the limits, nor cause an outage, by going away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := do(ctx); err != nil {
		if r.outage.fail(r.now()) {
			r.log.Warn("Redis cannot be used; until it can, each instance counts rate limits in its own memory",
				slog.String("cause", err.Error()))
		}
		return false
	}
	if attempt && r.outage.end() {
		r.log.Warn("Redis can be used again; rate limits are counted there")
	}
	return true
}

// redisKey is a key that shows no address and no name. It is no secret: whoever
// reads Redis can still try whether a name he knows is there.
func redisKey(bucket domain.Bucket) string {
	sum := sha256.Sum256([]byte(bucket.Key))
	return "doorward:" + string(bucket.Limit) + ":" + hex.EncodeToString(sum[:16])
}
