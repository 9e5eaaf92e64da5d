package config

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// The limits of login_token.lifetime.
const (
	minLoginToken = time.Second
	maxLoginToken = 10 * time.Minute
)

// redisDatabase is the path of a URL of Redis: the number of a database.
var redisDatabase = regexp.MustCompile(`^(/[0-9]{0,4})?$`)

// minBearer is the least length of secrets that are bearer tokens.
const minBearer = 32

func (r *reading) validateLoginToken() {
	if lifetime := r.config.LoginToken.Lifetime; lifetime < minLoginToken || lifetime > maxLoginToken {
		r.invalid("login_token.lifetime", "is not from %v to %v", minLoginToken, maxLoginToken)
	}
}

func (r *reading) validateRateLimits() {
	limits := r.config.RateLimits
	r.limit("rate_limits.login_failed", limits.LoginFailed)
	r.limit("rate_limits.login_address", limits.LoginAddress)
	r.limit("rate_limits.login_account", limits.LoginAccount)
	r.limit("rate_limits.registration", limits.Registration)
	r.limit("rate_limits.refresh", limits.Refresh)
	r.limit("rate_limits.login_token", limits.LoginToken)
	r.validateLimitStore()
}

func (r *reading) limit(path string, l Limit) {
	if l.PerSecond <= 0 {
		r.invalid(path+".per_second", "is not greater than 0")
	}
	if l.Burst < 1 {
		r.invalid(path+".burst", "is less than 1")
	}
}

func (r *reading) validateLimitStore() {
	store := r.config.RateLimits.Store.Reveal()
	isRedis := strings.HasPrefix(store, "redis://") || strings.HasPrefix(store, "rediss://")
	switch {
	case store == memoryStore:
	case !isRedis:
		r.invalid("rate_limits.store", "begins with none of redis:// and rediss://, and is not %s", memoryStore)
	default:
		u, err := url.Parse(store)
		if err != nil || u.Hostname() == "" || u.RawQuery != "" || !redisDatabase.MatchString(u.Path) {
			r.invalid("rate_limits.store", "is no URL as in redis://host:6379/0; special characters in a password are written %%XX")
		}
	}
}

// bearer demands a secret that no one guesses, and that a header can hold.
func (r *reading) bearer(path, token string) {
	notInHeader := func(c rune) bool { return c <= ' ' || c > '~' }
	switch {
	case strings.ContainsFunc(token, notInHeader):
		r.invalid(path, "has spaces or characters that are not ASCII; a header cannot hold them")
	case len(token) < minBearer:
		r.invalid(path, "is shorter than %d characters", minBearer)
	}
}
