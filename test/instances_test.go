package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-31b6c987/doorward/domain"
)

// onTwoInstances runs a scenario on two doors of one database, where there is
// one: in memory, each has its own.
func onTwoInstances(t *testing.T, settings string, scenario func(t *testing.T, one, other *door)) {
	t.Helper()
	for _, v := range variants {
		if v.name == "Memory" {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			database := v.url(t)
			scenario(t, open(t, settings, database), open(t, settings, database))
		})
	}
}

// Whatever one instance does to a session, the other knows with the next request, if
// none knows tokens in memory.
func TestAnotherInstanceKnowsAtOnceWithoutTokensInMemory(t *testing.T) {
	onTwoInstances(t, plain+"database: {token_cache: 0}\n", func(t *testing.T, one, other *door) {
		for range 50 {
			token := one.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
			other.wantUsable(t, token, "PHONE")
			if a := one.do(t, "POST", logoutPath, token, ""); a.status != 200 {
				t.Fatalf("logout: %s", a)
			}
			wantEnd(t, "after the logout", other.whoami(t, token), false)
		}
		for what, end := range map[string]func(h held){
			"logout of all":         func(h held) { one.do(t, "POST", logoutPath+"/all", h.access, "") },
			"a login on the device": func(held) { one.mustLoginRefreshable(t, "PHONE") },
			"a deactivation": func(held) {
				one.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
			},
		} {
			h := one.mustLoginRefreshable(t, "PHONE")
			other.wantUsable(t, h.access, "PHONE")
			end(h)
			wantEnd(t, what, other.whoami(t, h.access), false)
			wantEnd(t, what+", the refresh token", other.refresh(t, h.refresh), false)
			one.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = false })
		}
		h := one.mustLoginRefreshable(t, "PHONE")
		next := one.mustRefresh(t, h.refresh)
		wantEnd(t, "rotated away", other.whoami(t, h.access), true)
		other.wantUsable(t, next.access, "PHONE")
		one.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "locked", other.whoami(t, next.access), 401, "M_USER_LOCKED")
		one.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = false })
		other.wantUsable(t, next.access, "PHONE")
	})
}

func redisLimits(redis *miniredis.Miniredis) string {
	return plain + fmt.Sprintf("rate_limits: {store: %q}\n", "redis://"+redis.Addr()+"/0")
}

func TestInstancesCountTogetherInRedis(t *testing.T) {
	redis := miniredis.RunT(t)
	onTwoInstances(t, redisLimits(redis), func(t *testing.T, one, other *door) {
		redis.FlushAll()
		for i := range burst {
			d := []*door{one, other}[i%2]
			wantAnswer(t, "a refused login", d.do(t, "POST", loginPath, "", refused()), 403, "M_FORBIDDEN")
		}
		wait := wantLimited(t, "here", one.do(t, "POST", loginPath, "", refused()))
		wantLimited(t, "there", other.do(t, "POST", loginPath, "", refused()))
		redis.SetTime(time.Now().Add(wait))
		one.mustLogin(t, jwt(claims{"sub": "alice"}))
		redis.SetTime(time.Now())
	})
}

func TestLoginsGoOnWithoutRedis(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			redis := miniredis.RunT(t)
			d := open(t, redisLimits(redis), v.url(t))
			token := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
			d.exhaust(t)
			wantLimited(t, "one more", d.do(t, "POST", loginPath, "", refused()))
			redis.Close()
			d.wantUsable(t, token, "PHONE")
			d.mustLogin(t, jwt(claims{"sub": "alice"}))
			d.exhaust(t) // nobody knows what was counted before
			wantLimited(t, "one more, without Redis", d.do(t, "POST", loginPath, "", refused()))
			if !strings.Contains(strings.ToLower(d.log.String()), "redis") {
				t.Error("nobody is told")
			}
		})
	}
}
