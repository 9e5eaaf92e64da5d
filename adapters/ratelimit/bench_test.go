package ratelimit_test

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// BenchmarkMemory is what a limit adds to a request: alone, refused, with others
// at once, for many clients, and while a flood has filled the table.
func BenchmarkMemory(b *testing.B) {
	wide := map[domain.Limit]ratelimit.Rate{domain.LimitFailed: {PerSecond: 1e9, Burst: 1 << 30}}
	narrow := map[domain.Limit]ratelimit.Rate{domain.LimitFailed: {PerSecond: 1e-9, Burst: 1}}
	b.Run("pass", func(b *testing.B) { take(b, ratelimit.NewMemory(rates(wide), time.Now), keys(1)) })
	b.Run("refuse", func(b *testing.B) { take(b, ratelimit.NewMemory(rates(narrow), time.Now), keys(1)) })
	b.Run("clients=10000", func(b *testing.B) { take(b, ratelimit.NewMemory(rates(wide), time.Now), keys(10_000)) })
	b.Run("flood=1000000", func(b *testing.B) { take(b, ratelimit.NewMemory(rates(narrow), time.Now), keys(1_000_000)) })
	b.Run("parallel", func(b *testing.B) {
		memory, all := ratelimit.NewMemory(rates(wide), time.Now), keys(10_000)
		var n atomic.Int64
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := int(n.Add(1)) * 1000; pb.Next(); i++ {
				_ = memory.Take(b.Context(), all[i%len(all)])
			}
		})
	})
}

// BenchmarkRedis is the same with a fake Redis in the same process.
func BenchmarkRedis(b *testing.B) {
	wide := map[domain.Limit]ratelimit.Rate{domain.LimitFailed: {PerSecond: 1e6, Burst: 1 << 30}}
	redis, _ := openRedis(b, wide, newClock())
	b.Run("pass", func(b *testing.B) { take(b, redis, keys(1)) })
}

func take(b *testing.B, limiter ports.RateLimiter, all []domain.Bucket) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = limiter.Take(b.Context(), all[i%len(all)])
	}
}

func keys(n int) []domain.Bucket {
	all := make([]domain.Bucket, n)
	for i := range all {
		all[i] = domain.Bucket{Limit: domain.LimitFailed, Key: "2001:db8:" + strconv.Itoa(i) + "::/64"}
	}
	return all
}
