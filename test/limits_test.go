package test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// guarded is plain with the limits that hold if nobody says otherwise.
	guarded = plain + "rate_limits: {enabled: true}\n"
	// proxied trusts what the proxy of the tests says of addresses.
	proxied = guarded + "http: {trusted_proxies: [127.0.0.0/8]}\n"
	// burst is how many refusals follow each other before somebody has to wait.
	burst = 5
)

// doWith is do with further headers.
func (d *door) doWith(t *testing.T, header http.Header, method, path, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	return send(t, req)
}

// loginFrom posts a login by way of the proxy.
func (d *door) loginFrom(t *testing.T, address, body string) answer {
	t.Helper()
	return d.doWith(t, http.Header{"X-Forwarded-For": {address}}, "POST", loginPath, body)
}

// refused is a login with a token that is not good.
func refused() string { return loginBody(jwt(claims{"sub": "alice"}) + "x") }

// exhaust is refused for as often as that is free.
func (d *door) exhaust(t *testing.T) {
	t.Helper()
	for range burst {
		wantAnswer(t, "a refused login", d.do(t, "POST", loginPath, "", refused()), 403, "M_FORBIDDEN")
	}
}

// wantLimited wants a 429 that says in both ways how long to wait, and returns
// that.
func wantLimited(t *testing.T, what string, a answer) time.Duration {
	t.Helper()
	ms, _ := a.body["retry_after_ms"].(float64)
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if a.status != 429 || a.text("errcode") != "M_LIMIT_EXCEEDED" || ms < 1 || err != nil || seconds != (int(ms)+999)/1000 {
		t.Errorf("%s: got %s with Retry-After %q; want 429 with the same time to wait twice", what, a, a.header.Get("Retry-After"))
	}
	return time.Duration(ms) * time.Millisecond
}

// "Rate limiting".
func TestRefusedTokensFromOneAddressAreLimited(t *testing.T) {
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		session := d.mustLoginRefreshable(t, "PHONE")
		d.exhaust(t)
		wantLimited(t, "one more", d.do(t, "POST", loginPath, "", refused()))

		good := loginBody(jwt(claims{"sub": "alice"}))
		for what, c := range map[string]struct{ path, body string }{
			"a good token":                    {loginPath, good},
			"r0":                              {"/_matrix/client/r0/login", refused()},
			"unstable":                        {"/_matrix/client/unstable/login", refused()},
			"a query":                         {loginPath + "?x=1&access_token=dwa_x", refused()},
			"the deprecated type":             {loginPath, strings.Replace(refused(), "org.matrix.login.jwt", "m.login.jwt", 1)},
			"no token":                        {loginPath, `{"type":"org.matrix.login.jwt"}`},
			"a password":                      {loginPath, `{"type":"m.login.password","identifier":{"type":"m.id.user","user":"bob"},"password":"x"}`},
			"a login token":                   {loginPath, `{"type":"m.login.token","token":"x"}`},
			"refresh":                         {refreshPath, `{"refresh_token":"x"}`},
			"refresh before it got its name":  {"/_matrix/client/unstable/org.matrix.msc2918/refresh", `{"refresh_token":"x"}`},
			"refresh with a token that is it": {refreshPath, fmt.Sprintf(`{"refresh_token":%q}`, session.refresh)},
		} {
			wantLimited(t, what, d.do(t, "POST", c.path, "", c.body))
		}
		for _, agent := range []string{"", "curl/8", "Mozilla/5.0", "x\ty"} {
			wantLimited(t, "another user agent", d.doWith(t, http.Header{"User-Agent": {agent}}, "POST", loginPath, refused()))
		}
		for _, path := range []string{"/_matrix/client/v1/login", loginPath + "/", "/_matrix/client/v3//login", "/_matrix/client/v3/%6Cogin/"} {
			wantAnswer(t, path, d.do(t, "POST", path, "", good), 404, "M_UNRECOGNIZED")
		}

		wantAnswer(t, "the flows", d.do(t, "GET", loginPath, "", ""), 200, "")
		d.wantUsable(t, session.access, "PHONE")
		if a := d.do(t, "POST", logoutPath, session.access, ""); a.status != 200 {
			t.Errorf("logout: %s", a)
		}
	})
}

// Many at once are more than a few one after another, but not as many as one
// likes: all attempts from an address have a limit too.
func TestGuessesAtOnceAreLimited(t *testing.T) {
	const attempts = 60 // which may follow each other at once
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		d.setClock()
		got := tally(all(2*attempts, func(int) answer { return d.do(t, "POST", loginPath, "", refused()) }))
		if got["403 M_FORBIDDEN"] < burst || got["403 M_FORBIDDEN"] > attempts || got["403 M_FORBIDDEN"]+got["429 M_LIMIT_EXCEEDED"] != 2*attempts {
			t.Errorf("got %v", got)
		}
		wantLimited(t, "afterwards", d.do(t, "POST", loginPath, "", refused()))
	})
}

// "Standard error response": who is to wait is told before the token is looked
// at, and after everything that is no attempt.
func TestTheLimitStandsBetweenTheTypeAndTheToken(t *testing.T) {
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		d.exhaust(t)
		for _, c := range []struct {
			body    string
			status  int
			errcode string
		}{
			{`{`, 400, "M_NOT_JSON"},
			{`{"type":1}`, 400, "M_BAD_JSON"},
			{`{"type":"org.matrix.login.jwt","token":1}`, 400, "M_BAD_JSON"},
			{`{}`, 400, "M_MISSING_PARAM"},
			{`{"type":"m.login.unknown"}`, 400, "M_UNKNOWN"},
			{strings.Repeat(" ", 65537), 413, "M_TOO_LARGE"},
			{`{"type":"org.matrix.login.jwt"}`, 429, "M_LIMIT_EXCEEDED"},
		} {
			wantAnswer(t, c.body, d.do(t, "POST", loginPath, "", c.body), c.status, c.errcode)
		}
	})
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		for range 3 * burst { // none of them is an attempt
			wantAnswer(t, "unknown type", d.do(t, "POST", loginPath, "", `{"type":"m.login.unknown"}`), 400, "M_UNKNOWN")
			wantAnswer(t, "no type", d.do(t, "POST", loginPath, "", `{}`), 400, "M_MISSING_PARAM")
		}
		d.exhaust(t)
		wantLimited(t, "one more", d.do(t, "POST", loginPath, "", refused()))
	})
}

func TestWhoWaitsAsLongAsToldIsNotRefused(t *testing.T) {
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		now := d.setClock()
		d.exhaust(t)
		wait := wantLimited(t, "one more", d.do(t, "POST", loginPath, "", refused()))
		*now = now.Add(wait - 2*time.Millisecond)
		wantLimited(t, "too early", d.do(t, "POST", loginPath, "", refused()))
		*now = now.Add(2 * time.Millisecond)
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
		wantAnswer(t, "after a good one", d.do(t, "POST", loginPath, "", refused()), 403, "M_FORBIDDEN")
		wantLimited(t, "at once after that", d.do(t, "POST", loginPath, "", refused()))
	})
}

func TestGoodLoginsAreNotCountedAsRefused(t *testing.T) {
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		for i := range 2 * burst {
			d.mustLogin(t, jwt(claims{"sub": fmt.Sprintf("user%d", i)}))
		}
		d.exhaust(t)
		wantLimited(t, "one more", d.do(t, "POST", loginPath, "", refused()))
	})
}

// claimed are headers in which somebody may say where a request comes from.
var claimed = []string{
	"X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP",
	"Fastly-Client-IP", "X-Forwarded-Host",
}

func TestNoHeaderIsAWayAroundALimit(t *testing.T) {
	says := func(header, address string) http.Header {
		if header == "Forwarded" {
			address = "for=" + address
		}
		return http.Header{header: {address}}
	}
	onEveryVariant(t, guarded, func(t *testing.T, d *door) {
		for i := range burst {
			wantAnswer(t, "a refused login", d.doWith(t, says(claimed[i], "192.0.2.1"), "POST", loginPath, refused()), 403, "M_FORBIDDEN")
		}
		for i, header := range claimed {
			wantLimited(t, header, d.doWith(t, says(header, fmt.Sprintf("203.0.113.%d", i)), "POST", loginPath, refused()))
		}
	})
	onEveryVariant(t, proxied, func(t *testing.T, d *door) {
		for i := range burst { // what a client writes stands before what the proxy adds
			wantAnswer(t, "a refused login", d.loginFrom(t, fmt.Sprintf("203.0.113.%d, 192.0.2.1", i), refused()), 403, "M_FORBIDDEN")
		}
		wantLimited(t, "forged before the address", d.loginFrom(t, "203.0.113.9, 192.0.2.1", refused()))
		wantLimited(t, "another spelling", d.loginFrom(t, "::ffff:192.0.2.1", refused()))
		wantLimited(t, "with a port", d.loginFrom(t, "192.0.2.1:4711", refused()))
		for _, header := range claimed[1:] {
			both := says(header, "203.0.113.9")
			both["X-Forwarded-For"] = []string{"192.0.2.1"}
			wantLimited(t, header, d.doWith(t, both, "POST", loginPath, refused()))
		}
		wantAnswer(t, "somebody else", d.loginFrom(t, "192.0.2.2", refused()), 403, "M_FORBIDDEN")
		for i := range burst { // a network has all of its addresses
			wantAnswer(t, "a network", d.loginFrom(t, fmt.Sprintf("2001:db8:0:1::%d", i), refused()), 403, "M_FORBIDDEN")
		}
		wantLimited(t, "the same network", d.loginFrom(t, "2001:db8:0:1:ffff::1", refused()))
		wantAnswer(t, "another network", d.loginFrom(t, "2001:db8:0:2::1", refused()), 403, "M_FORBIDDEN")
	})
}

// A token whose signature is wrong says nothing of whom it is about.
func TestARefusedTokenLocksNobodyOut(t *testing.T) {
	onEveryVariant(t, proxied, func(t *testing.T, d *door) {
		for i := range 4 * burst {
			a := d.loginFrom(t, fmt.Sprintf("192.0.2.%d", i%4), refused())
			wantAnswer(t, "a refused login", a, 403, "M_FORBIDDEN")
		}
		if a := d.loginFrom(t, "203.0.113.1", loginBody(jwt(claims{"sub": "alice"}))); a.status != 200 {
			t.Errorf("alice, from elsewhere: %s", a)
		}
	})
}

func TestSpellingsOfAnAccountAreOneToALimit(t *testing.T) {
	named := func(name string) string { return fmt.Sprintf(`"identifier":{"type":"m.id.user","user":%q}`, name) }
	spellings := map[string][]string{
		"somebody": {
			named("alice"), named("ALICE"), named("@alice:example.org"), named("@Alice:example.org"), `"user":"aLice"`, named("Alice"),
			`"identifier":{"type":"m.id.thirdparty","medium":"email","address":"Alice@Example.Org"}`,
			`"identifier":{"medium":"email","address":"alice@example.org"}`,
			`"medium":"email","address":"ALICE@example.org"`,
			`"identifier":{"type":"m.id.phone","country":"DE","phone":"030 123456"}`,
			`"identifier":{"type":"m.id.thirdparty","medium":"msisdn","address":"4930123456"}`,
		},
		"nobody": {
			named("nobody"), named("NOBODY"), named("@nobody:example.org"), named("@Nobody:example.org"), `"user":"noBody"`, named("nobodY"),
		},
	}
	onEveryVariant(t, proxied, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		body := func(who, password string) string {
			return fmt.Sprintf(`{"type":"m.login.password",%s,"password":%q}`, who, password)
		}
		for account, all := range spellings {
			for i, who := range all {
				a := d.loginFrom(t, fmt.Sprintf("192.0.2.%d", i), body(who, "wrong"))
				if i < burst {
					wantAnswer(t, account+" as "+who, a, 403, "M_FORBIDDEN")
				} else {
					wantLimited(t, account+" as "+who, a)
				}
			}
		}
		wantLimited(t, "alice with the right password", d.loginFrom(t, "203.0.113.1", body(spellings["somebody"][0], alicesPassword)))
		if a := d.loginFrom(t, "203.0.113.1", loginBody(jwt(claims{"sub": "alice"}))); a.status != 200 {
			t.Errorf("alice with a token: %s", a)
		}
	})
}

func TestGoodLoginsOfOneAccountAreLimited(t *testing.T) {
	settings := plain + "rate_limits: {login_account: {per_second: 0.1, burst: 3}}\nhttp: {trusted_proxies: [127.0.0.0/8]}\n"
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		now := d.setClock()
		for i, name := range []string{"alice", "ALICE", "alice"} {
			if a := d.loginFrom(t, fmt.Sprintf("192.0.2.%d", i), loginBody(jwt(claims{"sub": name}))); a.status != 200 {
				t.Fatalf("got %s", a)
			}
			wantAnswer(t, "a refused login", d.loginFrom(t, "203.0.113.1", refused()), 403, "M_FORBIDDEN")
		}
		wait := wantLimited(t, "one more", d.loginFrom(t, "192.0.2.9", loginBody(jwt(claims{"sub": "alice"}), `"device_id":"X"`)))
		if devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org"); err != nil || len(devices) != 3 {
			t.Errorf("devices: %v, %v", devices, err)
		}
		d.mustLogin(t, jwt(claims{"sub": "bob"}))
		*now = now.Add(wait)
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
	})
}

func TestAllAttemptsOfOneAddressAreLimited(t *testing.T) {
	onEveryVariant(t, plain+"rate_limits: {login_address: {per_second: 0.1, burst: 3}}\n", func(t *testing.T, d *door) {
		for i := range 3 {
			d.mustLogin(t, jwt(claims{"sub": fmt.Sprintf("user%d", i)}))
		}
		wantLimited(t, "one more", d.login(t, jwt(claims{"sub": "alice"})))
	})
}

func TestRefreshesOfOneSessionAreLimited(t *testing.T) {
	onEveryVariant(t, plain+"rate_limits: {refresh: {per_second: 0.1, burst: 2}}\n", func(t *testing.T, d *door) {
		now := d.setClock()
		phone, tablet := d.mustLoginRefreshable(t, "PHONE"), d.mustLoginRefreshable(t, "TABLET")
		for range 2 {
			phone = d.mustRefresh(t, phone.refresh)
		}
		wait := wantLimited(t, "one more", d.refresh(t, phone.refresh))
		d.wantUsable(t, phone.access, "PHONE")
		d.mustRefresh(t, tablet.refresh)
		*now = now.Add(wait)
		d.mustRefresh(t, phone.refresh)
	})
}
