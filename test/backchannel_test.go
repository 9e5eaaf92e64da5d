package test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const partnersSecret = "a secret of the partner with at least 32 bytes"

// leaving has two providers with keys of their own.
const leaving = `
server_name: example.org
jwt:
  providers:
    - {name: corp, secret: "` + secret + `", issuers: [corp], audiences: [doorward], leeway: 10s}
    - {name: partner, secret: "` + partnersSecret + `", issuers: [partner], audiences: [doorward], leeway: 10s}
`

const backchannel = "/_doorward/backchannel-logout/"

// logoutEvents is the claim that makes a token one of logout.
var logoutEvents = claims{"http://schemas.openid.net/event/backchannel-logout": claims{}}

// leave are the claims of a logout token without saying who leaves.
func leave(jti string) claims {
	return claims{"iss": "corp", "aud": "doorward", "iat": in(0), "exp": in(2 * time.Minute), "jti": jti, "events": logoutEvents}
}

// stay are the claims of a login.
func stay(sub, sid string) claims {
	c := claims{"iss": "corp", "aud": "doorward", "sub": sub}
	if sid != "" {
		c["sid"] = sid
	}
	return c
}

func logoutToken(c claims) string { return jws(`{"alg":"HS256","typ":"logout+jwt"}`, c) }

// backchannelLogout is what a provider sends.
func (d *door) backchannelLogout(t *testing.T, provider, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", d.url+backchannel+provider,
		strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, req)
}

func wantLeft(t *testing.T, what string, a answer) {
	t.Helper()
	if a.status != 200 || a.raw != "" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: got %s with %v; want 200 and nothing", what, a, a.header)
	}
}

func wantNotLeft(t *testing.T, what string, a answer, description string) {
	t.Helper()
	if a.status != 400 || a.text("error") != "invalid_request" || a.text("error_description") != description ||
		len(a.body) != 2 || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: got %s; want 400 invalid_request %q", what, a, description)
	}
}

// OpenID Connect Back-Channel Logout 1.0, 2.7.
func TestALogoutTokenEndsSessions(t *testing.T) {
	for _, c := range []struct {
		name string
		who  claims
		ends []string // of alice's PHONE and LAPTOP of one session at the provider, her WATCH of another, her TV of none, and bob's
	}{
		{"of a user", claims{"sub": "alice"}, []string{"PHONE", "LAPTOP", "WATCH", "TV"}},
		{"of a session at the provider", claims{"sid": "1"}, []string{"PHONE", "LAPTOP"}},
		{"of a session of a user", claims{"sub": "alice", "sid": "2"}, []string{"WATCH"}},
		{"of a session of another user", claims{"sub": "bob", "sid": "1"}, nil},
		{"of an unknown user", claims{"sub": "nobody"}, nil},
		{"of an unknown session", claims{"sid": "3"}, nil},
		{"of an unknown session of a user", claims{"sub": "alice", "sid": "3"}, nil},
		{"of a user in another spelling", claims{"sub": "Alice"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryVariant(t, leaving, func(t *testing.T, d *door) {
				held := map[string]string{}
				for device, sid := range map[string]string{"PHONE": "1", "LAPTOP": "1", "WATCH": "2", "TV": ""} {
					held[device] = d.mustLogin(t, jwt(stay("alice", sid)), `"device_id":"`+device+`"`)
				}
				bob := d.mustLogin(t, jwt(stay("bob", "of bob")))
				partner := claims{"iss": "partner", "aud": "doorward", "sub": "carol", "sid": "1"}
				carol := d.mustLogin(t, sign(input(jwt(partner)), partnersSecret))

				wantLeft(t, "the logout", d.backchannelLogout(t, "corp", logoutToken(leave("1").with(c.who))))
				for _, device := range c.ends {
					wantEnd(t, device, d.whoami(t, held[device]), false)
					delete(held, device)
				}
				for device, token := range held {
					d.wantUsable(t, token, device)
				}
				for _, token := range []string{bob, carol} {
					wantAnswer(t, "another's", d.whoami(t, token), 200, "")
				}
			})
		})
	}
}

// Each sign-in says anew with which session at the provider it ends, and a refresh
// changes nothing of that.
func TestTheLastSignInOnADeviceSaysWithWhatItEnds(t *testing.T) {
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		d.mustLogin(t, jwt(stay("alice", "1")), `"device_id":"PHONE"`)
		h := d.mustHold(t, d.login(t, jwt(stay("alice", "2")), `"device_id":"PHONE"`, `"refresh_token":true`))
		h = d.mustRefresh(t, h.refresh)
		wantLeft(t, "the session before", d.backchannelLogout(t, "corp", logoutToken(leave("1").with(claims{"sid": "1"}))))
		d.wantUsable(t, h.access, "PHONE")
		wantLeft(t, "the session", d.backchannelLogout(t, "corp", logoutToken(leave("2").with(claims{"sid": "2"}))))
		wantEnd(t, "after it", d.whoami(t, h.access), false)
		if a := d.refresh(t, h.refresh); a.status != 401 {
			t.Errorf("a refresh after it: %s", a)
		}
	})
}

// OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6: each rule, broken once.
func TestALogoutTokenThatBreaksARuleEndsNothing(t *testing.T) {
	good := leave("1").with(claims{"sub": "alice", "sid": "1"})
	missing := func(name string) string { return failed + "missing_claim: Missing '" + name + "' claim" }
	invalid := func(name string) string { return failed + "invalid_claim: Invalid claim '" + name + "'" }
	const unverified = failed + "Signature verification failed"
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(stay("alice", "1")), `"device_id":"PHONE"`)
		for _, c := range []struct{ name, token, want string }{
			{"not a token", "x", failed + "Invalid token: not three segments"},
			{"a name twice", jws(`{"alg":"HS256"}`, `{"iss":"corp","iss":"corp"}`), failed + "Invalid token: the payload is not the base64url of an acceptable JSON object"},
			{"not signed", jws(`{"alg":"none"}`, good), failed + "unsupported_algorithm: "},
			{"another algorithm", jws(`{"alg":"HS512"}`, good), failed + "unsupported_algorithm: "},
			{"another key", sign(input(logoutToken(good)), partnersSecret), unverified},
			{"another provider's key and name", sign(input(logoutToken(good.with(claims{"iss": "partner"}))), partnersSecret), unverified},
			{"an unknown issuer", logoutToken(good.with(claims{"iss": "evil"})), unverified},
			{"no issuer", logoutToken(good.without("iss")), unverified},
			{"another audience", logoutToken(good.with(claims{"aud": "x"})), invalid("aud")},
			{"no audience", logoutToken(good.without("aud")), missing("aud")},
			{"a type of its own", jws(`{"alg":"HS256","typ":"at+jwt"}`, good), failed + "invalid_crit_header_parameter_name: Invalid Header Parameter Name: typ"},
			{"expired", logoutToken(good.with(claims{"exp": in(-time.Minute)})), failed + "expired_token: The token is expired"},
			{"issued in the future", logoutToken(good.with(claims{"iat": in(time.Minute)})), failed + "invalid_token: The token is not valid as it was issued in the future"},
			{"old", logoutToken(good.with(claims{"iat": in(-6 * time.Minute)})), invalid("iat")},
			{"no time of issue", logoutToken(good.without("iat")), missing("iat")},
			{"no events", logoutToken(good.without("events")), missing("events")},
			{"events of another form", logoutToken(good.with(claims{"events": []string{"http://schemas.openid.net/event/backchannel-logout"}})), invalid("events")},
			{"another event", logoutToken(good.with(claims{"events": claims{"http://schemas.openid.net/event/other": claims{}}})), invalid("events")},
			{"an event of another form", logoutToken(good.with(claims{"events": claims{"http://schemas.openid.net/event/backchannel-logout": true}})), invalid("events")},
			{"a nonce", logoutToken(good.with(claims{"nonce": "n"})), invalid("nonce")},
			{"no name", logoutToken(good.without("jti")), missing("jti")},
			{"an empty name", logoutToken(good.with(claims{"jti": ""})), invalid("jti")},
			{"nobody", logoutToken(good.without("sub").without("sid")), missing("sub")},
			{"a user that is no text", logoutToken(good.with(claims{"sub": 1})), invalid("sub")},
			{"a session that is no text", logoutToken(good.with(claims{"sid": true})), invalid("sid")},
			{"a token of a login", jwt(stay("alice", "1").with(claims{"iat": in(0), "jti": "1"})), missing("events")},
		} {
			wantNotLeft(t, c.name, d.backchannelLogout(t, "corp", c.token), c.want)
		}
		d.wantUsable(t, alice, "PHONE")
		// What was refused used nothing up. Many issuers write the usual type, or none.
		wantLeft(t, "none broken", d.backchannelLogout(t, "corp", jwt(good)))
		wantEnd(t, "then", d.whoami(t, alice), false)
		wantLeft(t, "no type, and no end", d.backchannelLogout(t, "corp", jws(`{"alg":"HS256"}`, good.without("exp").with(claims{"jti": "2"}))))
	})
}

func TestALogoutTokenIsGoodOnce(t *testing.T) {
	const used = failed + "invalid_claim: Invalid claim 'jti'"
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		now := d.setClock()
		token := logoutToken(leave("1").with(claims{"sub": "alice", "exp": in(time.Hour)}))
		wantLeft(t, "nobody is there", d.backchannelLogout(t, "corp", token))
		alice := d.mustLogin(t, jwt(stay("alice", "")), `"device_id":"PHONE"`)
		wantNotLeft(t, "again", d.backchannelLogout(t, "corp", token), used)
		wantNotLeft(t, "another of its name", d.backchannelLogout(t, "corp", logoutToken(leave("1").with(claims{"sub": "bob"}))), used)
		for range 7 {
			*now = now.Add(time.Minute)
			if err := d.Background.CleanUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if a := d.backchannelLogout(t, "corp", token); a.status != 400 {
				t.Errorf("later: %s", a)
			}
		}
		d.wantUsable(t, alice, "PHONE")
	})
}

func TestOf10UsesOfALogoutTokenAtOnceOneGoesWell(t *testing.T) {
	onTwoInstances(t, leaving, func(t *testing.T, one, other *door) {
		one.mustLogin(t, jwt(stay("alice", "1")), `"device_id":"PHONE"`)
		token := logoutToken(leave("1").with(claims{"sub": "alice"}))
		var mu sync.Mutex
		var wg sync.WaitGroup
		answers := map[int]int{}
		for i := range 10 {
			d := []*door{one, other}[i%2]
			wg.Go(func() {
				a := d.backchannelLogout(t, "corp", token)
				mu.Lock()
				defer mu.Unlock()
				answers[a.status]++
			})
		}
		wg.Wait()
		if answers[200] != 1 || answers[400] != 9 {
			t.Errorf("answers %v", answers)
		}
		one.wantDevices(t, alicesID)
	})
}

// OpenID Connect Back-Channel Logout 1.0, 4: whatever its type says, a logout token
// signs nobody in.
func TestALogoutTokenSignsNobodyIn(t *testing.T) {
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		good := leave("1").with(claims{"sub": "alice"})
		forbidden("with its type", "", failed+"invalid_crit_header_parameter_name: Invalid Header Parameter Name: typ").check(t, d.login(t, logoutToken(good)))
		for _, header := range []string{`{"alg":"HS256","typ":"JWT"}`, `{"alg":"HS256"}`} {
			forbidden(header, "", failed+"invalid_claim: Invalid claim 'events'").check(t, d.login(t, jws(header, good)))
		}
		d.wantNoUser(t, alicesID)
		d.mustLogin(t, jwt(stay("alice", "").with(claims{"events": claims{"urn:other": claims{}}})))
	})
}

func TestWhatIsNoLogoutTokenAtAll(t *testing.T) {
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		for name, body := range map[string]string{
			"nothing": "", "another field": "token=x", "two": "logout_token=x&logout_token=y", "JSON": `{"logout_token":"x"}`,
		} {
			wantNotLeft(t, name, d.do(t, "POST", backchannel+"corp", "", body), "Missing parameter: logout_token")
		}
		wantNotLeft(t, "no form", d.do(t, "POST", backchannel+"corp", "", "%zz"), "What was sent is no form.")
		wantNotLeft(t, "too much", d.do(t, "POST", backchannel+"corp", "", "logout_token="+strings.Repeat("x", 70_000)), "Request body is too large")
		wantAnswer(t, "an unknown provider", d.backchannelLogout(t, "evil", logoutToken(leave("1").with(claims{"sub": "alice"}))), 404, "M_NOT_FOUND")
		wantAnswer(t, "no provider", d.backchannelLogout(t, "", "x"), 404, "M_UNRECOGNIZED")
		wantAnswer(t, "GET", d.do(t, "GET", backchannel+"corp", "", ""), 405, "M_UNRECOGNIZED")
	})
}

func TestLogoutTokensThatAreRefusedAreLimited(t *testing.T) {
	limited := leaving + "rate_limits: {login_failed: {per_second: 0.01, burst: 2}, login_address: {per_second: 0.01, burst: 1}}\n"
	onEveryVariant(t, limited, func(t *testing.T, d *door) {
		d.setClock()
		for _, jti := range []string{"1", "2", "3"} {
			wantLeft(t, "one that is good", d.backchannelLogout(t, "corp", logoutToken(leave(jti).with(claims{"sub": "alice"}))))
		}
		for range 2 {
			if a := d.backchannelLogout(t, "corp", "x"); a.status != 400 {
				t.Errorf("got %s", a)
			}
		}
		a := d.backchannelLogout(t, "corp", logoutToken(leave("4").with(claims{"sub": "alice"})))
		wantAnswer(t, "after two that were refused", a, 429, "M_LIMIT_EXCEEDED")
		if a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}

func TestProvidersLogoutsAreAccountedFor(t *testing.T) {
	onEveryVariant(t, leaving, func(t *testing.T, d *door) {
		for _, device := range []string{"PHONE", "TABLET"} {
			d.mustLogin(t, jwt(stay("alice", "1")), `"device_id":"`+device+`"`)
		}
		d.mustLogin(t, jwt(stay("alice", "")), `"device_id":"LAPTOP"`)
		d.accounted(t, "the preparation", d.records(t)...)
		want := domain.AuditRecord{
			Event: domain.AuditProviderLogout, Result: domain.AuditOK, Actor: domain.ActorProvider,
			User: alicesID, Device: "PHONE, TABLET", Evidence: domain.Evidence{Provider: "corp", Verified: true},
		}
		d.backchannelLogout(t, "corp", logoutToken(leave("1").with(claims{"sid": "1"})))
		d.accounted(t, "a session", want)
		want.Device, want.Subject = "", "alice"
		token := logoutToken(leave("2").with(claims{"sub": "alice"}))
		d.backchannelLogout(t, "corp", token)
		d.accounted(t, "a user", want)
		d.backchannelLogout(t, "corp", token)
		want.Result, want.Reason, want.Actor = domain.AuditRefused, "token_used", ""
		d.accounted(t, "one that was used", want)
		d.backchannelLogout(t, "corp", sign(input(token), "x"))
		d.accounted(t, "one that is not genuine")
		d.wantLastLine(t, domain.AuditRecord{
			Event: domain.AuditProviderLogout, Result: domain.AuditRefused, Reason: "bad_signature", Evidence: domain.Evidence{Provider: "corp"},
		})
	})
}
