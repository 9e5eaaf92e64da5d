package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestHowATokenIsPresented(t *testing.T) {
	d := newDoor()
	token := d.login(t, "alice", "D")
	const missing, unknown = "M_MISSING_TOKEN", "M_UNKNOWN_TOKEN"
	for _, c := range []struct {
		name    string
		query   string
		headers []string
		want    string // errcode; empty: 200
	}{
		{"header", "", []string{"Authorization: Bearer " + token}, ""},
		{"scheme in lower case", "", []string{"Authorization: bearer " + token}, ""},
		{"several spaces", "", []string{"Authorization: Bearer   " + token}, ""},
		{"query", "?access_token=" + token, nil, ""},
		{"header before a bad query", "?access_token=x", []string{"Authorization: Bearer " + token}, ""},

		{"none", "", nil, missing},
		{"empty query", "?access_token=", nil, missing},
		{"query twice", "?access_token=" + token + "&access_token=" + token, nil, missing},
		{"query in another case", "?Access_Token=" + token, nil, missing},
		{"empty header", "", []string{"Authorization: "}, missing},
		{"only the scheme", "", []string{"Authorization: Bearer"}, missing},
		{"only the scheme and a space", "", []string{"Authorization: Bearer "}, missing},
		{"no scheme", "", []string{"Authorization: " + token}, missing},
		{"Basic", "", []string{"Authorization: Basic " + token}, missing},
		{"two headers", "", []string{"Authorization: Bearer " + token, "Authorization: Bearer " + token}, missing},

		{"rubbish", "", []string{"Authorization: Bearer rubbish"}, unknown},
		{"long rubbish", "", []string{"Authorization: Bearer " + strings.Repeat("x", 30000)}, unknown},
		{"SQL", "", []string{"Authorization: Bearer ' OR 1=1 --"}, unknown},
		{"a list", "", []string{"Authorization: Bearer " + token + ", Bearer " + token}, unknown},
		{"another token of the right shape", "", []string{"Authorization: Bearer " + string(domain.NewToken(domain.AccessToken, domain.NewSessionID()))}, unknown},
		{"bad query", "?access_token=rubbish", nil, unknown},

		{"bad header, good query", "?access_token=" + token, []string{"Authorization: Bearer rubbish"}, unknown},
		{"malformed header, good query", "?access_token=" + token, []string{"Authorization: Basic x"}, missing},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := d.do(t, "GET", whoamiPath+c.query, "", c.headers...)
			status := http.StatusUnauthorized
			if c.want == "" {
				status = http.StatusOK
			}
			if a.status != status || a.errcode() != c.want {
				t.Errorf("%d %s, want %d %s", a.status, a.text, status, c.want)
			}
			if _, soft := a.body["soft_logout"]; soft {
				t.Error("soft_logout would keep a client from signing in again")
			}
		})
	}
}

func TestNobodyIsMistakenForAnotherByTheQuery(t *testing.T) {
	d := newDoor()
	d.login(t, "bob", "B")
	token := d.login(t, "alice", "A")
	a := d.do(t, "GET", whoamiPath+"?user_id=@bob:example.org&device_id=B", "", "Authorization: Bearer "+token)
	if a.body["user_id"] != "@alice:example.org" || a.body["device_id"] != "A" {
		t.Errorf("%s", a.text)
	}
}

func TestLogoutEndsOneSession(t *testing.T) {
	for _, body := range []string{"", "{}", "[]", `{"x":`, "\xff", strings.Repeat("x", 100_000)} {
		d := newDoor()
		phone, laptop := "Authorization: Bearer "+d.login(t, "alice", "P"), "Authorization: Bearer "+d.login(t, "alice", "L")
		if a := d.do(t, "POST", "/_matrix/client/v3/logout", body, phone); a.status != 200 || a.text != "{}" {
			t.Errorf("body %.10q: %d %s", body, a.status, a.text)
		}
		if a := d.do(t, "POST", "/_matrix/client/v3/logout", body, phone); a.status != 401 || a.errcode() != "M_UNKNOWN_TOKEN" {
			t.Errorf("twice: %d %s", a.status, a.text)
		}
		if a := d.do(t, "GET", whoamiPath, "", laptop); a.status != 200 {
			t.Errorf("another device: %d %s", a.status, a.text)
		}
	}
}

func TestLogoutAllEndsTheUsersSessionsAndNobodyElses(t *testing.T) {
	d := newDoor()
	phone, laptop := "Authorization: Bearer "+d.login(t, "alice", "P"), "Authorization: Bearer "+d.login(t, "alice", "L")
	bob := "Authorization: Bearer " + d.login(t, "bob", "P")
	if a := d.do(t, "POST", "/_matrix/client/r0/logout/all", "", phone); a.status != 200 || a.text != "{}" {
		t.Errorf("%d %s", a.status, a.text)
	}
	for header, status := range map[string]int{phone: 401, laptop: 401, bob: 200} {
		if a := d.do(t, "GET", whoamiPath, "", header); a.status != status {
			t.Errorf("%d %s, want %d", a.status, a.text, status)
		}
	}
}

func TestLogoutNeedsAToken(t *testing.T) {
	for _, path := range []string{"/_matrix/client/v3/logout", "/_matrix/client/v3/logout/all"} {
		if a := newDoor().do(t, "POST", path, "{}"); a.status != 401 || a.errcode() != "M_MISSING_TOKEN" {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
}

func TestALockedUserMayOnlyLogOut(t *testing.T) {
	d := newDoor()
	token := "Authorization: Bearer " + d.login(t, "alice", "D")
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
	if a := d.do(t, "GET", whoamiPath, "", token); a.status != 401 || a.errcode() != "M_USER_LOCKED" || a.body["soft_logout"] != true {
		t.Errorf("whoami: %d %s", a.status, a.text)
	}
	if a := d.do(t, "POST", "/_matrix/client/v3/logout", "", token); a.status != 200 {
		t.Errorf("logout: %d %s", a.status, a.text)
	}
}
