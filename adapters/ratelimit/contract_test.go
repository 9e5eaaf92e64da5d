package ratelimit_test

import (
	"log/slog"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/contract"
)

func TestMemoryKeepsThePromises(t *testing.T) {
	contract.RateLimiter(t, func(_ *testing.T, limits map[domain.Limit]contract.Rate, clock *contract.Clock) ports.RateLimiter {
		return ratelimit.NewMemory(promised(limits), clock.Now)
	})
}

func TestRedisKeepsThePromises(t *testing.T) {
	contract.RateLimiter(t, func(t *testing.T, limits map[domain.Limit]contract.Rate, clock *contract.Clock) ports.RateLimiter {
		server := miniredis.RunT(t)
		clock.Watch(server.SetTime)
		redis, err := ratelimit.NewRedis("redis://"+server.Addr(), promised(limits), clock.Now, slog.Default())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = redis.Close() })
		return redis
	})
}

func TestMemoryKeepsThePromisesWhileRedisIsDown(t *testing.T) {
	contract.RateLimiter(t, func(t *testing.T, limits map[domain.Limit]contract.Rate, clock *contract.Clock) ports.RateLimiter {
		server := miniredis.RunT(t)
		server.SetError("LOADING")
		redis, err := ratelimit.NewRedis("redis://"+server.Addr(), promised(limits), clock.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = redis.Close() })
		return redis
	})
}

func promised(limits map[domain.Limit]contract.Rate) map[domain.Limit]ratelimit.Rate {
	all := map[domain.Limit]ratelimit.Rate{}
	for limit, rate := range limits {
		all[limit] = ratelimit.Rate(rate)
	}
	return all
}
