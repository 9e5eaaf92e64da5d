package test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func openIDPath(user string) string {
	return "/_matrix/client/v3/user/" + url.PathEscape(user) + "/openid/request_token"
}

// mustOpenID returns an OpenID token of the user.
func (d *door) mustOpenID(t *testing.T, token, user string) string {
	t.Helper()
	a := d.do(t, "POST", openIDPath(user), token, "{}")
	if a.status != 200 || !strings.HasPrefix(a.text("access_token"), "dwo_") {
		t.Fatalf("got %s", a)
	}
	return a.text("access_token")
}

// userinfo asks as another server does whose an OpenID token is.
func (d *door) userinfo(t *testing.T, openID string) answer {
	t.Helper()
	return d.do(t, "GET", "/_matrix/federation/v1/openid/userinfo?access_token="+url.QueryEscape(openID), "", "")
}

// Client-server API, "OpenID"; server-server API, "OpenID".
func TestAnOpenIDTokenTellsOthersWhoAUserIs(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		for _, path := range []string{
			openIDPath("@alice:example.org"),
			"/_matrix/client/v3/user/@alice:example.org/openid/request_token",
			"/_matrix/client/v3/user/%40alice%3Aexample.org/openid/request_token",
			"/_matrix/client/r0/user/@alice:example.org/openid/request_token",
		} {
			a := d.do(t, "POST", path, alice, "{}")
			if a.status != 200 || a.text("token_type") != "Bearer" || a.text("matrix_server_name") != "example.org" || a.body["expires_in"] != 3600. {
				t.Errorf("%s: got %s", path, a)
			}
			if a := d.userinfo(t, a.text("access_token")); a.status != 200 || a.raw != `{"sub":"@alice:example.org"}` {
				t.Errorf("userinfo: %s", a)
			}
		}
		if strings.Contains(d.log.String(), "dwo_") {
			t.Error("an OpenID token is in the log")
		}
	})
}

// OpenID: "must not" be of use for anything else.
func TestAnOpenIDTokenIsGoodForNothingElse(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		bob := d.mustLogin(t, jwt(claims{"sub": "bob"}))
		openID := d.mustOpenID(t, alice, "@alice:example.org")
		wantAnswer(t, "as an access token", d.whoami(t, openID), 401, "M_UNKNOWN_TOKEN")
		wantAnswer(t, "for another", d.do(t, "POST", openIDPath("@alice:example.org"), openID, "{}"), 401, "M_UNKNOWN_TOKEN")
		wantAnswer(t, "to log out", d.do(t, "POST", logoutPath, openID, ""), 401, "M_UNKNOWN_TOKEN")
		for what, token := range map[string]string{
			"an access token": alice, "rubbish": "rubbish", "one that never was": string(domain.NewToken(domain.OpenIDToken, domain.NewSessionID())),
		} {
			wantAnswer(t, what, d.userinfo(t, token), 401, "M_UNKNOWN_TOKEN")
		}
		wantAnswer(t, "no token", d.do(t, "GET", "/_matrix/federation/v1/openid/userinfo", alice, ""), 401, "M_MISSING_TOKEN")
		wantAnswer(t, "two tokens", d.do(t, "GET", "/_matrix/federation/v1/openid/userinfo?access_token="+openID+"&access_token="+openID, "", ""), 401, "M_MISSING_TOKEN")

		wantAnswer(t, "of another user", d.do(t, "POST", openIDPath("@alice:example.org"), bob, "{}"), 403, "M_FORBIDDEN")
		wantAnswer(t, "without a token", d.do(t, "POST", openIDPath("@alice:example.org"), "", "{}"), 401, "M_MISSING_TOKEN")
		wantAnswer(t, "with no object", d.do(t, "POST", openIDPath("@alice:example.org"), alice, "[]"), 400, "M_BAD_JSON")
	})
}

func TestAnOpenIDTokenEnds(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		now := d.setClock()
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		openID := d.mustOpenID(t, alice, "@alice:example.org")
		*now = now.Add(time.Hour - time.Second)
		wantAnswer(t, "within the hour", d.userinfo(t, openID), 200, "")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "of a locked user", d.userinfo(t, openID), 401, "M_UNKNOWN_TOKEN")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = false })
		*now = now.Add(time.Second)
		wantAnswer(t, "after the hour", d.userinfo(t, openID), 401, "M_UNKNOWN_TOKEN")

		openID = d.mustOpenID(t, alice, "@alice:example.org")
		wantAnswer(t, "logout of all", d.do(t, "POST", logoutPath+"/all", alice, ""), 200, "")
		wantAnswer(t, "after the logout of all", d.userinfo(t, openID), 401, "M_UNKNOWN_TOKEN")
	})
}

func TestOpenIDTokensAreLimited(t *testing.T) {
	onEveryVariant(t, plain+"rate_limits: {login_account: {per_second: 0.001, burst: 3}}\n", func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		bob := d.mustLogin(t, jwt(claims{"sub": "bob"}))
		for range 3 {
			d.mustOpenID(t, alice, "@alice:example.org")
		}
		a := d.do(t, "POST", openIDPath("@alice:example.org"), alice, "{}")
		wantAnswer(t, "the fourth", a, 429, "M_LIMIT_EXCEEDED")
		if a.header.Get("Retry-After") == "" || fmt.Sprint(a.body["retry_after_ms"]) == "0" {
			t.Errorf("got %s, %v", a, a.header)
		}
		d.mustOpenID(t, bob, "@bob:example.org")
		d.mustLogin(t, jwt(claims{"sub": "alice"})) // that is another count
	})
}
