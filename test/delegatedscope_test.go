package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// hostile are device ids that would ask for more, were they pasted into a scope.
var hostile = []string{
	"X urn:synapse:admin:*", "X urn:matrix:client:device:Y", " ", `X"`, `X\`, "Ä", "X\u00a0urn:synapse:admin:*", "X\u2028Y",
}

// wantAdministers says whether the bearer of a token administers the homeserver.
func (d *delegating) wantAdministers(t *testing.T, what, token string, want bool) {
	t.Helper()
	status := map[bool]int{true: 200, false: 403}[want]
	if a := d.client.do(t, "GET", probePath, token, ""); a.status != status {
		t.Errorf("%s: the administration of the homeserver answers %s, want %d", what, a, status)
	}
}

// Only what stands in the row of a user makes an administrator.
func TestWhoAdministersTheHomeserver(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		sly := claims{"sub": "alice", "iss": "corp", "iat": in(0), "admin": true, "scope": "urn:synapse:admin:*", "is_admin": true, "roles": []string{"admin"}}
		alice := d.mustLogin(t, jwt(sly), `"device_id":"PHONE"`, `"scope":"urn:synapse:admin:*"`, `"admin":true`)
		d.wantAdministers(t, "by claims", alice, false)
		d.admin(t, "PUT", aliceAdmin, `{"admin":true}`, 200)
		d.later()
		d.wantAdministers(t, "by the operator", alice, true)
		ticket := d.do(t, "POST", "/_synapse/admin/v1/users/@alice:example.org/login", adminToken, "{}").text("access_token")
		d.wantThere(t, "who acts as her", ticket, alicesID, "")
		d.wantAdministers(t, "who acts as her", ticket, false)
		d.admin(t, "PUT", aliceAdmin, `{"admin":false}`, 200)
		d.later()
		d.wantAdministers(t, "no longer", alice, false)
	})
}

// RFC 6749, 3.3: the homeserver splits a scope at its spaces.
func TestADeviceWhoseIDWouldAskForMoreIsNotSignedInOn(t *testing.T) {
	const registering = "registration: {enabled: true}\n"
	onDelegations(t, administrable+registering, func(t *testing.T, d *delegating) {
		for i, id := range hostile {
			device := fmt.Sprintf(`"device_id":%q`, id)
			wantAnswer(t, id+": a login", d.login(t, corp("alice"), device), 400, "M_INVALID_PARAM")
			name := fmt.Sprintf("new%d", i)
			body := fmt.Sprintf(`{"username":%q,"password":"password-of-%s",%s}`, name, name, device)
			session := d.do(t, "POST", registerPath, "", body).text("session")
			body = strings.TrimSuffix(body, "}") + fmt.Sprintf(`,"auth":{"type":"m.login.dummy","session":%q}}`, session)
			wantAnswer(t, id+": a registration", d.do(t, "POST", registerPath, "", body), 400, "M_INVALID_PARAM")
		}
		for _, call := range d.there.Calls() {
			if call.Name != "query_user" { // is the name taken there?
				t.Errorf("the homeserver was told: %+v", call)
			}
		}
	})
}

// They may be there all the same, of before.
func TestADeviceWhoseIDWouldAskForMoreGetsNoMore(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		devices := map[string]string{"PHONE": ""}
		for _, id := range hostile {
			devices[id] = ""
		}
		d.there.Put("alice", homeserver.User{Devices: devices})
		for _, id := range hostile {
			token := d.signedIn(t, alicesID, domain.DeviceID(id))
			a := d.introspect(t, token)
			if scope := a.text("scope"); a.status != 200 || scope != "urn:matrix:client:api:*" || a.text("device_id") != id {
				t.Errorf("%q: %s", id, a)
			}
			d.wantThere(t, id, token, alicesID, id)
			d.wantAdministers(t, id, token, false)
		}
	})
}

// signedIn signs a user in who is there, past all rules.
func (d *delegating) signedIn(t *testing.T, user domain.UserID, device domain.DeviceID) string {
	t.Helper()
	tokens := domain.SessionRules{}.Issue(domain.NewSessionID(), false, d.clock())
	_, err := d.Storage.Repositories().Sessions.SignIn(t.Context(), domain.SignIn{
		Users: []domain.UserID{user}, Device: device, SessionID: tokens.Session, Pair: tokens.Pair, At: d.clock(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(tokens.Access)
}

func TestWhoActsAsAUserDoesSoAtTheHomeserver(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		until := fmt.Sprintf(`{"valid_until_ms":%d}`, d.clock().Add(time.Minute+time.Second/2).UnixMilli())
		ticket := d.do(t, "POST", "/_synapse/admin/v1/users/@alice:example.org/login", adminToken, until).text("access_token")
		want := `{"active":true,"scope":"urn:matrix:client:api:*","username":"alice","sub":"@alice:example.org","expires_in":60}`
		if a := d.introspect(t, ticket); a.status != 200 || a.raw != want {
			t.Errorf("got %s, want %s", a, want)
		}
		d.wantThere(t, "in time", ticket, alicesID, "")
		wantAnswer(t, "the logout", d.do(t, "POST", logoutPath, ticket, ""), 200, "")
		d.later()
		d.wantNotThere(t, "logged out", ticket)
		d.wantDevicesThere(t, "alice", "PHONE")
	})
}

// A homeserver has no guests, and knows its application services itself.
func TestTokensThatAreNotForTheHomeserver(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			settings := withBridge(t) + fmt.Sprintf("admin: {api_token: %q}\n", adminToken)
			d := delegate(t, settings, v.url(t), homeserver.Synapse, homeserversSecret)
			d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
			h := d.mustLoginRefreshableOf(t, "alice", "PHONE")
			guest := d.mustLogin(t, corp("guest"), `"device_id":"G"`)
			d.change(t, "@guest:example.org", func(u *domain.User) { u.Guest = true })
			for what, token := range map[string]string{
				"a guest's": guest, "an application service's": "as of irc", "the operator's": adminToken, "the homeserver's own": homeserversSecret,
				"a refresh token": h.refresh, "a login token": d.ticket(t, domain.LoginToken, alicesID),
				"an OpenID token": d.ticket(t, domain.OpenIDToken, alicesID), "a JWT": corp("alice"), "nothing": "", "rubbish": "x\x00\xff y",
			} {
				if a := d.introspect(t, token); a.status != 200 || a.raw != `{"active":false}` {
					t.Errorf("%s: got %s", what, a)
				}
			}
			d.wantThere(t, "afterwards", h.access, alicesID, "PHONE")
			d.mustRefresh(t, h.refresh)
		})
	}
}
