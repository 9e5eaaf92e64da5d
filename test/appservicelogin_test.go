package test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func (d *door) loginOfService(t *testing.T, token, user string, more ...string) answer {
	t.Helper()
	members := append([]string{`"type":"m.login.application_service"`, fmt.Sprintf(`"identifier":{"type":"m.id.user","user":%q}`, user)}, more...)
	return d.do(t, "POST", loginPath, token, "{"+strings.Join(members, ",")+"}")
}

// Client-server API, "Appservice Login"; application service API, "Server admin
// style permissions".
func TestAnApplicationServiceSignsItsUsersIn(t *testing.T) {
	onEveryVariant(t, bridged(t, plain), func(t *testing.T, d *door) {
		for _, id := range []domain.UserID{"@_irc_alice:example.org", "@shared_1:example.org", "@ircbot:example.org"} {
			if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		user := d.mustLogin(t, jwt(claims{"sub": "dora"}))
		for name, id := range map[string]string{
			"_irc_alice": "@_irc_alice:example.org", "@_irc_alice:example.org": "@_irc_alice:example.org", "_irc_Alice": "@_irc_alice:example.org",
			"shared_1": "@shared_1:example.org", "ircbot": "@ircbot:example.org",
		} {
			a := d.loginOfService(t, bridgeToken, name, `"device_id":"IRC"`, `"refresh_token":true`)
			if a.status != 200 || a.text("user_id") != id || a.text("device_id") != "IRC" || a.text("refresh_token") == "" {
				t.Errorf("%s: got %s", name, a)
				continue
			}
			if who := d.whoami(t, a.text("access_token")); who.text("user_id") != id || who.text("device_id") != "IRC" {
				t.Errorf("%s: whoami %s", name, who)
			}
		}
		for what, c := range map[string]struct {
			token, user string
			status      int
			errcode     string
		}{
			"no token":                  {"", "_irc_alice", 401, "M_MISSING_TOKEN"},
			"an unknown token":          {"nobody's", "_irc_alice", 401, "M_UNKNOWN_TOKEN"},
			"a part of the token":       {bridgeToken[:len(bridgeToken)-1], "_irc_alice", 401, "M_UNKNOWN_TOKEN"},
			"more than the token":       {bridgeToken + "x", "_irc_alice", 401, "M_UNKNOWN_TOKEN"},
			"the other one's token":     {"not used here", "_irc_alice", 401, "M_UNKNOWN_TOKEN"},
			"a user's token":            {user, "_irc_alice", 401, "M_UNKNOWN_TOKEN"},
			"outside of its namespaces": {bridgeToken, "dora", 403, "M_EXCLUSIVE"},
			"outside, and nobody":       {bridgeToken, "nobody", 403, "M_EXCLUSIVE"},
			"the namespace inside":      {bridgeToken, "x@_irc_alice", 403, "M_EXCLUSIVE"},
			"another server's":          {bridgeToken, "@_irc_alice:other.org", 403, "M_EXCLUSIVE"},
			"not registered":            {bridgeToken, "_irc_nobody", 403, "M_FORBIDDEN"},
		} {
			wantAnswer(t, what, d.loginOfService(t, c.token, c.user), c.status, c.errcode)
		}
		for body, errcode := range map[string]string{
			`{"type":"m.login.application_service"}`:                                                                             "M_MISSING_PARAM",
			`{"type":"m.login.application_service","identifier":{"medium":"email","address":"a@example.org"}}`:                   "M_INVALID_PARAM",
			`{"type":"m.login.application_service","identifier":{"type":"m.id.phone","country":"DE","phone":"030 123456"}}`:      "M_INVALID_PARAM",
			`{"type":"m.login.application_service","identifier":{"type":"m.id.user","user":["_irc_alice"]}}`:                     "M_INVALID_PARAM",
			`{"type":"m.login.application_service","identifier":{"type":"m.id.user","user":"_irc_alice"},"device_id":""}`:        "M_INVALID_PARAM",
			`{"type":"m.login.application_service","identifier":{"type":"m.id.user","user":"_irc_alice"},"device_id":["a","b"]}`: "M_BAD_JSON",
		} {
			wantAnswer(t, body, d.do(t, "POST", loginPath, bridgeToken, body), 400, errcode)
		}
		d.change(t, "@_irc_alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "locked", d.loginOfService(t, bridgeToken, "_irc_alice"), 401, "M_USER_LOCKED")
		if strings.Contains(d.log.String(), bridgeToken) {
			t.Error("the log holds the token")
		}
	})
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		wantAnswer(t, "where there is none", d.loginOfService(t, "x", "alice"), 400, "M_UNKNOWN")
	})
}

// Application service API, "Registration": rate_limited.
func TestAnApplicationServiceThatIsNotLimited(t *testing.T) {
	onEveryVariant(t, bridged(t, guarded), func(t *testing.T, d *door) {
		for _, id := range []domain.UserID{"@_irc_alice:example.org", "@carol:example.org"} {
			if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		d.exhaust(t)
		for range 30 {
			if a := d.loginOfService(t, bridgeToken, "_irc_alice", `"device_id":"IRC"`); a.status != 200 {
				t.Fatalf("got %s", a)
			}
		}
		wantLimited(t, "one that is", d.loginOfService(t, botToken, "carol"))
		wantLimited(t, "a token that is not its", d.loginOfService(t, "x", "_irc_alice"))
	})
}

// A name of an application service is nobody else's, and to ask for it is as good
// as any other refusal.
func TestAReservedNameIsRefusedInItsPlace(t *testing.T) {
	onEveryVariant(t, bridged(t, guarded), func(t *testing.T, d *door) {
		wantAnswer(t, "before the device", d.login(t, jwt(claims{"sub": "ircbot"}), `"device_id":""`), 400, "M_EXCLUSIVE")
		wantAnswer(t, "after the token", d.login(t, jwt(claims{"sub": "ircbot", "exp": 1})), 403, "M_FORBIDDEN")
		wantAnswer(t, "after the grammar", d.login(t, jwt(claims{"sub": "irc bot"})), 400, "M_INVALID_USERNAME")
		wantAnswer(t, "in another case", d.login(t, jwt(claims{"sub": "IRCBOT"})), 400, "M_EXCLUSIVE")
		wantAnswer(t, "as the provider of its token", d.do(t, "POST", loginPath, botToken, loginBody(jwt(claims{"sub": "ircbot"}))), 400, "M_EXCLUSIVE")
		wantLimited(t, "one more", d.login(t, jwt(claims{"sub": "ircbot"})))
		if _, users, err := d.Storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1}); err != nil || users != 0 {
			t.Errorf("%d users, %v", users, err)
		}
	})
}
