package ratelimit_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
)

// A redisTrial is a limiter with what it has logged.
type redisTrial struct {
	*ratelimit.Redis
	log *lockedBuffer
}

func (r redisTrial) warned() string { return r.log.String() }

func (r redisTrial) warnings() int { return strings.Count(r.log.String(), "level=WARN") }

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// openRedis makes a limiter with a Redis of its own, whose clock stands at start.
func openRedis(t testing.TB, special map[domain.Limit]ratelimit.Rate, c *clock) (redisTrial, *miniredis.Miniredis) {
	server := miniredis.RunT(t)
	server.SetTime(start)
	return joinRedis(t, server.Addr(), special, c), server
}

func joinRedis(t testing.TB, addr string, special map[domain.Limit]ratelimit.Rate, c *clock) redisTrial {
	t.Helper()
	log := &lockedBuffer{}
	redis, err := ratelimit.NewRedis("redis://"+addr+"/0", rates(special), c.now, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	return redisTrial{Redis: redis, log: log}
}

func TestRedisLetsABurstPassAndThenItsRate(t *testing.T) {
	redis, server := openRedis(t, nil, newClock())
	if n := passes(t, redis, failed, 10); n != 5 {
		t.Errorf("%d of 10 at once passed, where the burst is 5", n)
	}
	if told := wait(t, redis, failed); told < time.Second || told > 1002*time.Millisecond {
		t.Errorf("told to wait for %v at one a second", told)
	}
	server.SetTime(start.Add(3 * time.Second))
	if n := passes(t, redis, failed, 10); n != 3 {
		t.Errorf("%d passed after 3 seconds at one a second", n)
	}
	if n := passes(t, redis, domain.Bucket{Limit: domain.LimitAddress, Key: failed.Key}, 10); n != 5 {
		t.Errorf("%d passed out of another limit's bucket, where the burst is 5", n)
	}
	if redis.warned() != "" {
		t.Error("there is a warning: ", redis.warned())
	}
}

func TestRedisAnswersToWhomeverWaitedAsTold(t *testing.T) {
	for _, rate := range []ratelimit.Rate{
		{PerSecond: 0.17, Burst: 5}, {PerSecond: 0.0167, Burst: 1}, {PerSecond: 3, Burst: 2},
	} {
		redis, server := openRedis(t, map[domain.Limit]ratelimit.Rate{domain.LimitFailed: rate}, newClock())
		now := start
		passes(t, redis, failed, rate.Burst)
		for range 20 {
			now = now.Add(wait(t, redis, failed))
			server.SetTime(now)
			if again := wait(t, redis, failed); again != 0 {
				t.Fatalf("%v: told to wait for %v more after waiting as told", rate, again)
			}
		}
	}
}

// TestRedisTakesBackNoMoreThanFitsIn holds for the last one that is missing, too:
// redis_rate by itself does not give that back.
func TestRedisTakesBackNoMoreThanFitsIn(t *testing.T) {
	one := ratelimit.Rate{PerSecond: 0.0167, Burst: 1}
	redis, _ := openRedis(t, map[domain.Limit]ratelimit.Rate{domain.LimitLoginToken: one}, newClock())
	for bucket, burst := range map[domain.Bucket]int{
		{Limit: domain.LimitLoginToken, Key: "@a:example.org"}: 1,
		failed: 5,
	} {
		redis.GiveBack(t.Context(), bucket)
		passes(t, redis, bucket, 1)
		for range 3 {
			redis.GiveBack(t.Context(), bucket)
		}
		if n := passes(t, redis, bucket, 10); n != burst {
			t.Errorf("%s: %d passed after all was given back, where the burst is %d", bucket.Limit, n, burst)
		}
		redis.GiveBack(t.Context(), bucket)
		if n := passes(t, redis, bucket, 10); n != 1 {
			t.Errorf("%s: %d passed after one was given back", bucket.Limit, n)
		}
	}
	if redis.warned() != "" {
		t.Error("there is a warning: ", redis.warned())
	}
}

func TestRedisIsSharedAndLetsExactlyABurstPassInParallel(t *testing.T) {
	one, server := openRedis(t, nil, newClock())
	other := joinRedis(t, server.Addr(), nil, newClock())
	if n := passInParallel(t, failed, one, other); n != 5 {
		t.Errorf("%d of 200 passed, where the burst is 5", n)
	}
	other.GiveBack(t.Context(), failed)
	if n := passes(t, one, failed, 10); n != 1 {
		t.Errorf("%d passed after the other gave back one", n)
	}
	if warned := one.warned() + other.warned(); warned != "" {
		t.Error("there is a warning: ", warned)
	}
}

func TestRedisHoldsNobodysNameAndForgets(t *testing.T) {
	redis, server := openRedis(t, nil, newClock())
	user := domain.Bucket{Limit: domain.LimitAccount, Key: "@alice:example.org"}
	passes(t, redis, failed, 1)
	passes(t, redis, user, 1)
	redis.GiveBack(t.Context(), user)
	redis.GiveBack(t.Context(), domain.Bucket{Limit: domain.LimitAccount, Key: "@full:example.org"})
	keys := server.Keys()
	if len(keys) != 2 {
		t.Fatalf("the keys are %q, where two were expected", keys)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "rate:doorward:login_") {
			t.Errorf("the key %q does not say whose it is", key)
		}
		if ttl := server.TTL(key); ttl <= 0 || ttl > 5*time.Second {
			t.Errorf("the key %q is kept for %v, where a bucket is full after 5 s", key, ttl)
		}
	}
	if dump := server.Dump(); strings.Contains(dump, "alice") || strings.Contains(dump, failed.Key) {
		t.Errorf("a name or an address is in Redis:\n%s", dump)
	}
}

// TestRedisCountsWhoGoesAway cancels requests before they are counted.
func TestRedisCountsWhoGoesAway(t *testing.T) {
	redis, _ := openRedis(t, nil, newClock())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 {
		if err := redis.Take(gone, failed); err != nil {
			t.Fatal(err)
		}
	}
	if n := passes(t, redis, failed, 1); n != 0 || redis.warned() != "" {
		t.Errorf("%d more passed; warnings: %q", n, redis.warned())
	}
	redis.GiveBack(gone, failed)
	if n := passes(t, redis, failed, 10); n != 1 {
		t.Errorf("%d passed after one was given back", n)
	}
}

func TestTheErrorOfAWrongURLShowsNothingOfIt(t *testing.T) {
	for _, url := range []string{
		"", "memory", "http://:hunter2@localhost", "redis://:hunter2@localhost:port/0", "redis://:hunter2@localhost/hunter2",
		"redis://:hunter2@localhost/0?hunter2=1", "redis://:hunter2%zz@localhost", "\x00hunter2",
	} {
		redis, err := ratelimit.NewRedis(url, rates(nil), time.Now, slog.Default())
		if err == nil {
			_ = redis.Close()
			t.Errorf("%q is accepted", url)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
