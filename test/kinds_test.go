package test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const userinfoPath = "/_matrix/federation/v1/openid/userinfo"

// ticket makes a token of the user that is good by itself.
func (d *door) ticket(t *testing.T, kind domain.TokenKind, user domain.UserID) string {
	t.Helper()
	token := domain.NewToken(kind, domain.NewSessionID())
	ticket := domain.Ticket{Hash: token.Hash(), User: user, Expires: time.Now().Add(time.Hour).Truncate(time.Millisecond)}
	if err := d.Storage.Repositories().Tickets.Create(t.Context(), ticket, time.Now()); err != nil {
		t.Fatal(err)
	}
	return string(token)
}

// A token is good in its own place, and in no other.
func TestNoTokenOpensAnotherDoor(t *testing.T) {
	settings := func(t *testing.T) string {
		return withBridge(t) + fmt.Sprintf("admin: {api_token: %q}\n", adminToken)
	}
	const alice = "@alice:example.org"
	quoted := func(format string) func(d *door, t *testing.T, method, path, token string) answer {
		return func(d *door, t *testing.T, method, path, token string) answer {
			return d.do(t, method, path, "", fmt.Sprintf(format, token))
		}
	}
	bearer := func(d *door, t *testing.T, method, path, token string) answer {
		return d.do(t, method, path, token, "{}")
	}
	query := func(d *door, t *testing.T, method, path, token string) answer {
		return d.do(t, method, path+"?access_token="+url.QueryEscape(token), "", "{}")
	}
	const access = "access admin appservice"
	places := map[string]struct {
		method, path string
		send         func(d *door, t *testing.T, method, path, token string) answer
		own          string // the kinds that are good there
		status       int
		errcode      string
	}{
		"whoami":              {"GET", "/_matrix/client/v3/account/whoami", bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"whoami, by query":    {"GET", "/_matrix/client/v3/account/whoami", query, access, 401, "M_UNKNOWN_TOKEN"},
		"devices":             {"GET", "/_matrix/client/v3/devices", bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"deletion of devices": {"POST", deleteDevicesPath, bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"logout":              {"POST", logoutPath, bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"logout of all":       {"POST", logoutPath + "/all", bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"OpenID for others":   {"POST", "/_matrix/client/v3/user/" + alice + "/openid/request_token", bearer, access, 401, "M_UNKNOWN_TOKEN"},
		"user information":    {"GET", userinfoPath, query, "OpenID", 401, "M_UNKNOWN_TOKEN"},
		"refresh":             {"POST", refreshPath, quoted(`{"refresh_token":%q}`), "refresh", 401, "M_UNKNOWN_TOKEN"},
		"login by token":      {"POST", loginPath, quoted(`{"type":"m.login.token","token":%q}`), "login", 403, "M_FORBIDDEN"},
		"login by JWT":        {"POST", loginPath, quoted(`{"type":"org.matrix.login.jwt","token":%q}`), "JWT", 403, "M_FORBIDDEN"},
		"login by password":   {"POST", loginPath, quoted(`{"type":"m.login.password","user":"alice","password":%q}`), "", 403, "M_FORBIDDEN"},
		"login of a bridge": {"POST", loginPath, func(d *door, t *testing.T, method, path, token string) answer {
			return d.do(t, method, path, token, `{"type":"m.login.application_service","identifier":{"type":"m.id.user","user":"_irc_x"}}`)
		}, "appservice", 401, "M_UNKNOWN_TOKEN"},
		"administration": {"GET", "/_synapse/admin/v2/users", bearer, "operator " + access, 401, "M_UNKNOWN_TOKEN"},
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			d := open(t, settings(t), v.url(t))
			d.mustHaveAlice(t)
			h := d.mustLoginRefreshable(t, "PHONE")
			kinds := map[string]string{
				"access": h.access, "refresh": h.refresh, "JWT": jwt(claims{"sub": "alice"}), "appservice": "as of irc", "operator": adminToken,
				"login": d.ticket(t, domain.LoginToken, alice), "OpenID": d.ticket(t, domain.OpenIDToken, alice),
				"admin": d.ticket(t, domain.AdminToken, alice), "nonce": d.ticket(t, domain.NonceToken, ""),
				"interaction": d.challenged(t, "DELETE", devicesPath+"PHONE", h.access, "{}"),
			}
			for place, p := range places {
				for kind, token := range kinds {
					if slices.Contains(strings.Fields(p.own), kind) {
						continue
					}
					wantAnswer(t, kind+" token at "+place, p.send(d, t, p.method, p.path, token), p.status, p.errcode)
				}
			}
			for kind, token := range kinds { // as a session to be confirmed with
				if kind != "interaction" {
					a := d.do(t, "DELETE", devicesPath+"PHONE", h.access, withAuth(token, byPassword("alice", alicesPassword)))
					wantChallenge(t, kind+" as a session", a, "")
				}
			}
			d.wantUsable(t, h.access, "PHONE")
			d.mustRefresh(t, h.refresh)
			if a := d.loginByToken(t, kinds["login"]); a.status != 200 {
				t.Errorf("the login token: %s", a)
			}
			if a := d.do(t, "GET", userinfoPath+"?access_token="+kinds["OpenID"], "", ""); a.text("sub") != alice {
				t.Errorf("the OpenID token: %s", a)
			}
		})
	}
}

// Tokens cannot be guessed, and rubbish is refused before it is looked for.
func TestTheFormOfTokens(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		const n = 100
		form := regexp.MustCompile(`^dw[ar]_[0-9A-Za-z]{71}$`)
		var tokens []string
		for range n {
			h := d.mustLoginRefreshable(t, "PHONE")
			tokens = append(tokens, h.access, h.refresh)
		}
		for _, token := range tokens {
			if !form.MatchString(token) {
				t.Errorf("%q is of another form", token)
			}
		}
		if slices.IsSorted(tokens) {
			t.Error("they are in order")
		}
		if unique := slices.Compact(slices.Sorted(slices.Values(tokens))); len(unique) != 2*n {
			t.Errorf("%d of %d are unique", len(unique), 2*n)
		}
		// The first digits of a number take few values, all others any.
		for i := len("dwa_") + 1; i < len(tokens[0]); i++ {
			seen := map[byte]bool{}
			for _, token := range tokens {
				seen[token[i]] = true
			}
			if len(seen) < 25 && i != len("dwa_")+22 && i != len(tokens[0])-6 {
				t.Errorf("the character %d takes %d values in %d tokens", i, len(seen), 2*n)
			}
		}
		last := tokens[len(tokens)-2]
		d.wantUsable(t, last, "PHONE")
		for i := range last {
			changed := []byte(last)
			changed[i] = map[bool]byte{true: 'b', false: 'a'}[last[i] == 'a']
			wantEnd(t, fmt.Sprintf("with another character %d", i), d.whoami(t, string(changed)), false)
		}
		for _, other := range []string{last[1:], last[:len(last)-1], last + "0", last + last, strings.ToUpper(last), strings.ToLower(last), "dwa_", last[:4] + strings.Repeat("0", 71)} {
			wantEnd(t, other, d.whoami(t, other), false)
		}
		d.wantUsable(t, last, "PHONE")
	})
}
