package compose

import (
	"log/slog"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// rateLimiter counts in memory, or in Redis for all instances together.
func rateLimiter(cfg *config.Config, now application.Clock, log *slog.Logger) (ports.RateLimiter, func(), error) {
	limits := rates(cfg.RateLimits)
	switch store := cfg.RateLimits.Store.Reveal(); {
	case !cfg.RateLimits.Enabled:
		return ratelimit.Unlimited{}, func() {}, nil
	case store == "memory":
		return ratelimit.NewMemory(limits, now), func() {}, nil
	default:
		ratelimit.SilenceDriver()
		limiter, err := ratelimit.NewRedis(store, limits, now, log)
		if err != nil {
			return nil, nil, cfg.Fault("rate_limits.store", "%v", err)
		}
		return limiter, func() { limiter.Close() }, nil
	}
}

func rates(l config.RateLimits) map[domain.Limit]ratelimit.Rate {
	rate := func(l config.Limit) ratelimit.Rate { return ratelimit.Rate{PerSecond: l.PerSecond, Burst: l.Burst} }
	return map[domain.Limit]ratelimit.Rate{
		domain.LimitFailed:       rate(l.LoginFailed),
		domain.LimitAddress:      rate(l.LoginAddress),
		domain.LimitAccount:      rate(l.LoginAccount),
		domain.LimitRegistration: rate(l.Registration),
		domain.LimitRefresh:      rate(l.Refresh),
		domain.LimitLoginToken:   rate(l.LoginToken),
	}
}
