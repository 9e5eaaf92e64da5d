package test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func fallbackPath(stage, session string) string {
	return "/_matrix/client/v3/auth/" + stage + "/fallback/web?session=" + url.QueryEscape(session)
}

// page asks for a page; a form that is not nil is posted to it.
func (d *door) page(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	method, body := "GET", ""
	if form != nil {
		method, body = "POST", form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if h := a.header; h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("X-Frame-Options") != "DENY" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s: %s %v", method, path, a, h)
	}
	return a
}

func wantPage(t *testing.T, what string, a answer, status int, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.raw, part) {
			t.Errorf("%s: the page lacks %q:\n%s", what, part, a.raw)
		}
	}
	if a.status != status {
		t.Errorf("%s: got %d, want %d:\n%s", what, a.status, status, a.raw)
	}
}

const onAuthDone = "onAuthDone"

// Fallback: every stage that is offered can be completed on a page, and the
// client then sends its session.
func TestAStageCanBeCompletedOnItsPage(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		for _, c := range []struct {
			stage, field, wrong, right, device string
		}{
			{"m.login.password", "password", "wrong", "alice's", "TABLET"},
			{"org.matrix.login.jwt", "token", "x.y.z", " " + corp("alice") + "\r\n", "LAPTOP"},
		} {
			session := d.challenged(t, "DELETE", devicesPath+c.device, alice, "")
			path := fallbackPath(c.stage, session)
			wantPage(t, "the form", d.page(t, path, nil), 200, "<form", `name="`+c.field+`"`, session)
			wantPage(t, "a wrong one", d.page(t, path, url.Values{c.field: {c.wrong}}), 403, "<form", `role="alert"`)
			wantPage(t, "bob's", d.page(t, path, url.Values{"token": {corp("bob")}, "username": {"bob"}, "password": {"bob's"}}), 403, "<form", "another user")
			a := d.do(t, "DELETE", devicesPath+c.device, alice, withAuth(session, ""))
			wantChallenge(t, "too early", a, "")

			done := d.page(t, path, url.Values{"session": {"not looked at"}, c.field: {c.right}})
			wantPage(t, "the right one", done, 200, onAuthDone)
			if strings.Contains(done.raw, "<form") || strings.Contains(done.raw, session) {
				t.Errorf("the last page: %s", done.raw)
			}
			wantPage(t, "looked at again", d.page(t, strings.Replace(path, "/v3/", "/r0/", 1), nil), 200, onAuthDone)
			wantPage(t, "sent again", d.page(t, path, url.Values{c.field: {c.wrong}}), 200, onAuthDone)
			wantAnswer(t, "with the session", d.do(t, "DELETE", devicesPath+c.device, alice, withAuth(session, "")), 200, "")
			wantPage(t, "after all", d.page(t, path, nil), 400, `role="alert"`)
		}
		d.wantDevices(t, "@alice:example.org", "PHONE")
		log := d.log.String()
		if !strings.Contains(log, "/fallback/web") || strings.Contains(log, "dwi_") || strings.Contains(log, "alice's") {
			t.Error("the log holds a session or a password, or nothing of the pages")
		}
	})
}

// Fallback: a page that was left open, or that somebody made up.
func TestPagesOfStagesAndSessionsThatAreNotThere(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		carol := d.mustLogin(t, corp("carol")) // who has no password
		now := d.setClock()
		session := d.challenged(t, "POST", getTokenPath, alice, "{}")
		hers := d.challenged(t, "POST", getTokenPath, carol, "{}")
		for name, c := range map[string]struct {
			stage, session string
			status         int
		}{
			"a stage that is no flow's":  {"m.login.dummy", session, 404},
			"that is not this user's":    {"m.login.password", hers, 404},
			"that nobody has heard of":   {"org.example.x", session, 404},
			"markup":                     {"%3Cscript%3E", session, 404},
			"no session":                 {"m.login.password", "", 400},
			"a session that was made up": {"m.login.password", "<script>", 400},
			"an access token":            {"m.login.password", alice, 400},
		} {
			for _, form := range []url.Values{nil, {"password": {"alice's"}}} {
				a := d.page(t, fallbackPath(c.stage, c.session), form)
				wantPage(t, name, a, c.status, `role="alert"`)
				if strings.Contains(a.raw, "<form") || strings.Contains(a.raw, "<script") {
					t.Errorf("%s: %s", name, a.raw)
				}
			}
		}
		path := fallbackPath("m.login.password", session)
		wantPage(t, "an empty form", d.page(t, path, url.Values{}), 400, "<form", "password")
		wantPage(t, "too large a form", d.page(t, path, url.Values{"password": {strings.Repeat("x", 70_000)}}), 413)
		wantPage(t, "no form in UTF-8", d.page(t, path, url.Values{"password": {"\xff"}}), 400)
		wantPage(t, "a form with NUL", d.page(t, path, url.Values{"password": {"alice's\x00"}}), 400)
		wantAnswer(t, "another method", d.do(t, "PUT", path, "", "{}"), 405, "M_UNRECOGNIZED")
		wantAnswer(t, "a longer path", d.do(t, "GET", strings.Replace(path, "/web", "/web/", 1), "", ""), 404, "M_UNRECOGNIZED")
		*now = now.Add(time.Hour)
		wantPage(t, "an expired session", d.page(t, path, nil), 400, `role="alert"`)
		wantPage(t, "and its form", d.page(t, path, url.Values{"password": {"alice's"}}), 400, `role="alert"`)
	})
}

// User-Interactive API in the REST API: what was confirmed on a page is what was
// there then. Whoever only stole an access token adds nothing to it afterwards.
func TestNothingIsAddedToARequestThatWasConfirmed(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := wantChallenge(t, "nothing named", d.do(t, "POST", deleteDevicesPath, alice, withAuth("x", "")), "")
		path := fallbackPath("m.login.password", session)
		wantPage(t, "confirmed", d.page(t, path, url.Values{"password": {"alice's"}}), 200, onAuthDone)
		a := d.do(t, "POST", deleteDevicesPath, alice, withAuth(session, "", `"devices":["TABLET"]`))
		wantAnswer(t, "named afterwards", a, 403, "M_FORBIDDEN")
		wantAnswer(t, "nothing named", d.do(t, "POST", deleteDevicesPath, alice, withAuth(session, "")), 400, "M_MISSING_PARAM")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
	})
}

// Rate limiting: a page is no way around it.
func TestPagesAreLimited(t *testing.T) {
	settings := confirmable + "rate_limits: {login_failed: {per_second: 0.01, burst: 2}}\n"
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		path := fallbackPath("m.login.password", d.challenged(t, "POST", getTokenPath, alice, "{}"))
		for range 2 {
			wantPage(t, "wrong", d.page(t, path, url.Values{"password": {"wrong"}}), 403, "<form")
		}
		a := d.page(t, path, url.Values{"password": {"alice's"}})
		wantPage(t, "one too many", a, 429, "<form")
		if a.header.Get("Retry-After") == "" {
			t.Errorf("got %v", a.header)
		}
	})
}

// Fallback: the stages of a registration have pages as well, and an order.
func TestEveryStageOfARegistrationHasAPage(t *testing.T) {
	settings := plain + `
registration:
  enabled: true
  tokens_required: true
  terms: [{id: privacy, version: "1", language: en, name: Privacy policy, url: "https://example.org/privacy"}]
`
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		if err := d.Storage.Repositories().RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "welcome"}); err != nil {
			t.Fatal(err)
		}
		const register = "/_matrix/client/v3/register"
		session := d.challenged(t, "POST", register, "", `{"username":"carol","password":"a long password"}`)
		token, terms := fallbackPath("m.login.registration_token", session), fallbackPath("m.login.terms", session)
		wantPage(t, "terms", d.page(t, terms, nil), 200, "<form", "Privacy policy", "https://example.org/privacy")
		wantPage(t, "the second first", d.page(t, terms, url.Values{}), 403, "<form", `role="alert"`)
		wantPage(t, "no token", d.page(t, token, url.Values{}), 400, "<form", `role="alert"`)
		wantPage(t, "a wrong token", d.page(t, token, url.Values{"token": {"goodbye"}}), 403, "<form", `role="alert"`)
		wantPage(t, "a token", d.page(t, token, url.Values{"token": {"welcome"}}), 200, onAuthDone)
		wantChallenge(t, "half", d.do(t, "POST", register, "", withAuth(session, "")), "", "m.login.registration_token")
		wantPage(t, "accepted", d.page(t, terms, url.Values{}), 200, onAuthDone)
		a := d.do(t, "POST", register, "", withAuth(session, ""))
		if a.status != 200 || a.text("user_id") != "@carol:example.org" {
			t.Errorf("got %s", a)
		}
	})
	onEveryVariant(t, plain+"registration: {enabled: true}\n", func(t *testing.T, d *door) {
		session := d.challenged(t, "POST", "/_matrix/client/v3/register", "", `{}`)
		path := fallbackPath("m.login.dummy", session)
		wantPage(t, "the form", d.page(t, path, nil), 200, "<form")
		wantPage(t, "a click", d.page(t, path, url.Values{}), 200, onAuthDone)
	})
}
