package test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// mustGetLoginToken has alice ask for a login token, and confirm that.
func (d *door) mustGetLoginToken(t *testing.T, alice string) string {
	t.Helper()
	a := d.do(t, "POST", getTokenPath, alice, withAuth("", byPassword("alice", "alice's")))
	if a.status != 200 || !strings.HasPrefix(a.text("login_token"), "dwl_") {
		t.Fatalf("got %s", a)
	}
	return a.text("login_token")
}

func (d *door) loginByToken(t *testing.T, token string) answer {
	t.Helper()
	return d.do(t, "POST", loginPath, "", fmt.Sprintf(`{"type":"m.login.token","token":%q}`, token))
}

// POST /v1/login/get_token: a token is good for one login of the user, for a
// while.
func TestALoginTokenIsGoodForOneLogin(t *testing.T) {
	onEveryVariant(t, confirmable+"login_token: {lifetime: 90s}\n", func(t *testing.T, d *door) {
		now := d.setClock()
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "POST", getTokenPath, alice, "{}")
		a := d.do(t, "POST", getTokenPath, alice, withAuth(session, byPassword("alice", "alice's")))
		token := a.text("login_token")
		if a.status != 200 || len(token) < 64 || fmt.Sprint(a.body["expires_in_ms"]) != "90000" || len(a.body) != 2 {
			t.Fatalf("got %s", a)
		}
		wantAnswer(t, "as an access token", d.whoami(t, token), 401, "M_UNKNOWN_TOKEN")
		wantAnswer(t, "as a refresh token", d.refresh(t, token), 401, "M_UNKNOWN_TOKEN")
		in := d.loginByToken(t, token)
		if who := d.whoami(t, in.text("access_token")); in.status != 200 || who.text("user_id") != "@alice:example.org" || who.text("device_id") == "PHONE" {
			t.Errorf("got %s and %s", in, who)
		}
		wantAnswer(t, "a second login", d.loginByToken(t, token), 403, "M_FORBIDDEN")

		late := d.mustGetLoginToken(t, alice)
		*now = now.Add(90 * time.Second)
		wantAnswer(t, "too late", d.loginByToken(t, late), 403, "M_FORBIDDEN")
		if strings.Contains(d.log.String(), token) || strings.Contains(d.log.String(), late) {
			t.Error("the log holds a login token")
		}
	})
}

// POST /v1/login/get_token: "must always prompt".
func TestEveryLoginTokenIsConfirmedAnew(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "POST", getTokenPath, alice, "{}")
		body := withAuth(session, byPassword("alice", "alice's"))
		wantAnswer(t, "confirmed", d.do(t, "POST", getTokenPath, alice, body), 200, "")
		wantChallenge(t, "the same confirmation", d.do(t, "POST", getTokenPath, alice, body), "")
		wantChallenge(t, "none", d.do(t, "POST", getTokenPath, alice, "{}"), "")
		wantChallenge(t, "the session", d.do(t, "POST", getTokenPath, alice, withAuth(session, "")), "")
		wantAnswer(t, "a body that is none", d.do(t, "POST", getTokenPath, alice, ""), 400, "M_NOT_JSON")
	})
}

// POST /v1/login/get_token: a token is spent once, however many show it at once.
func TestOfManyLoginsAtOnceWithOneLoginTokenOneSucceeds(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		token := d.mustGetLoginToken(t, alice)
		answers := make([]answer, 20)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = d.loginByToken(t, token) })
		}
		all.Wait()
		in := 0
		for _, a := range answers {
			if a.status == 200 {
				in++
				continue
			}
			wantAnswer(t, "the others", a, 403, "M_FORBIDDEN")
		}
		if in != 1 {
			t.Errorf("%d logins succeeded", in)
		}
	})
}

// POST /v1/login/get_token: a way in is no way back in.
func TestWhatSignsAUserOutTakesItsLoginTokensAway(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		token := d.mustGetLoginToken(t, alice)
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "locked", d.loginByToken(t, token), 401, "M_USER_LOCKED")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = false })
		wantAnswer(t, "log out of all", d.do(t, "POST", "/_matrix/client/v3/logout/all", alice, ""), 200, "")
		wantAnswer(t, "logged out", d.loginByToken(t, token), 403, "M_FORBIDDEN")
	})
}

// POST /v1/login/get_token: rate-limited more strictly. What is asked for and not
// given costs nothing.
func TestLoginTokensAreLimitedByUser(t *testing.T) {
	settings := confirmable + "rate_limits: {login_token: {per_second: 0.01, burst: 1}, login_failed: {per_second: 1, burst: 100}}\n"
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		for range 3 {
			session := d.challenged(t, "POST", getTokenPath, alice, "{}")
			a := d.do(t, "POST", getTokenPath, alice, withAuth(session, byPassword("alice", "wrong")))
			wantChallenge(t, "refused", a, "M_FORBIDDEN")
		}
		d.mustGetLoginToken(t, alice)
		wantChallenge(t, "the challenge", d.do(t, "POST", getTokenPath, alice, "{}"), "")
		a := d.do(t, "POST", getTokenPath, alice, withAuth("", byPassword("alice", "alice's")))
		wantAnswer(t, "the second", a, 429, "M_LIMIT_EXCEEDED")
		if a.header.Get("Retry-After") == "" {
			t.Errorf("got %v", a.header)
		}
		wantAnswer(t, "bob's", d.do(t, "POST", getTokenPath, bob, withAuth("", byPassword("bob", "bob's"))), 200, "")
	})
}

// Capabilities, "m.get_login_token": a server that gives none has no such
// endpoint, no such flow, and takes none.
func TestLoginTokensCanBeSwitchedOff(t *testing.T) {
	onEveryVariant(t, confirmable+"login_token: {enabled: false}\n", func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		for _, token := range []string{alice, ""} {
			wantAnswer(t, "the endpoint", d.do(t, "POST", getTokenPath, token, "{}"), 404, "M_UNRECOGNIZED")
		}
		if a := d.do(t, "GET", loginPath, "", ""); strings.Contains(a.raw, "m.login.token") {
			t.Errorf("got %s", a)
		}
		wantAnswer(t, "a login", d.loginByToken(t, string(domain.NewToken(domain.LoginToken, domain.NewSessionID()))), 400, "M_UNKNOWN")
	})
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		if a := d.do(t, "GET", loginPath, "", ""); !strings.Contains(a.raw, `{"get_login_token":true,"type":"m.login.token"}`) {
			t.Errorf("got %s", a)
		}
	})
}
