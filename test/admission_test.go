package test

import (
	"testing"
	"time"
)

// admitting has rules, and ends sessions with their tokens.
const admitting = `
server_name: example.org
jwt:
  providers:
    - name: corp
      secret: "` + secret + `"
      allow: [groups contains matrix-users, "level is not 0"]
      session_ends_with_token: true
`

func TestRulesSayWhoMayLogIn(t *testing.T) {
	onEveryVariant(t, admitting, func(t *testing.T, d *door) {
		good := claims{"sub": "alice", "exp": in(time.Minute), "groups": []string{"staff", "matrix-users"}, "level": 2}
		for name, c := range map[string]claims{
			"no groups": good.without("groups"), "other groups": good.with(claims{"groups": []string{"staff", "matrix-users2"}}),
			"no level": good.without("level"), "the wrong level": good.with(claims{"level": 0}), "the same, in other words": good.with(claims{"level": "0"}),
		} {
			forbidden(name, jwt(c), "Login is not allowed").check(t, d.login(t, jwt(c)))
		}
		d.wantNoUser(t, "@alice:example.org")
		d.mustLogin(t, jwt(good))
	})
}

func TestASessionEndsWithTheTokenItBeganWith(t *testing.T) {
	for settings, longest := range map[string]time.Duration{admitting: time.Hour, admitting + "sessions: {session_lifetime: 30m}\n": 30 * time.Minute} {
		onEveryVariant(t, settings, func(t *testing.T, d *door) {
			now := d.setClock()
			token := func(d time.Duration) string {
				return jwt(claims{"sub": "alice", "exp": now.Add(d).Unix(), "groups": "matrix-users", "level": 1})
			}
			a := d.login(t, token(time.Hour), `"device_id":"PHONE"`)
			ms, _ := a.body["expires_in_ms"].(float64)
			if got := time.Duration(ms) * time.Millisecond; got > longest || got < longest-time.Second {
				t.Errorf("the session lasts %v; want %v", got, longest)
			}
			h := d.mustHold(t, d.login(t, token(time.Hour), `"device_id":"PHONE"`, `"refresh_token":true`))
			*now = now.Add(longest - 2*time.Second)
			h = d.mustRefresh(t, h.refresh)
			d.wantUsable(t, h.access, "PHONE")
			*now = now.Add(2 * time.Second)
			wantEnd(t, "the access token", d.whoami(t, h.access), true)
			wantAnswer(t, "the refresh token", d.refresh(t, h.refresh), 401, "M_UNKNOWN_TOKEN")
			// The leeway is no lifetime.
			forbidden("expired just now", token(-time.Second), failed+"expired_token: The token is expired").check(t, d.login(t, token(-time.Second)))
			forbidden("for ever", "", failed+"missing_claim: Missing 'exp' claim").
				check(t, d.login(t, jwt(claims{"sub": "alice", "groups": "matrix-users", "level": 1})))
		})
	}
}
