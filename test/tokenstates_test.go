package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// authenticated are the requests that need to know whose they are, and what each
// is answered with the token of a guest.
var authenticated = []struct {
	method, path, body string
	guest              int
}{
	{"GET", whoamiPath, "", 200},
	{"GET", "/_matrix/client/versions", "", 200},
	{"GET", "/_matrix/client/v3/devices", "", 200},
	{"GET", devicesPath + "PHONE", "", 200},
	{"PUT", devicesPath + "PHONE", "{}", 200},
	{"DELETE", devicesPath + "PHONE", "", 403},
	{"POST", deleteDevicesPath, `{"devices":["PHONE"]}`, 403},
	{"GET", capabilitiesPath, "", 403},
	{"GET", thirdPartyIDsPath, "", 403},
	{"POST", thirdPartyIDsPath + "/delete", `{"medium":"email","address":"a@example.com"}`, 403},
	{"POST", passwordPath, `{"new_password":"correct horse"}`, 403},
	{"POST", deactivatePath, "{}", 403},
	{"POST", openIDPath("@alice:example.org"), "{}", 403},
	{"POST", getTokenPath, "{}", 403},
}

// Client-server API, "Guest Access": what is allowed is listed.
func TestGuestsDoNoMoreThanTheyMay(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Guest = true })
		for _, r := range authenticated {
			a := d.do(t, r.method, r.path, alice, r.body)
			if a.status != r.guest || r.guest == 403 && a.text("errcode") != "M_GUEST_ACCESS_FORBIDDEN" {
				t.Errorf("%s %s: got %s; want %d", r.method, r.path, a, r.guest)
			}
		}
		if a := d.whoami(t, alice); a.body["is_guest"] != true {
			t.Errorf("whoami: %s", a)
		}
	})
}

// Client-server API, "Account locking": everything but logging out is refused, and
// nothing is lost. "Account suspension" is not for this server to enforce.
func TestALockedUserLogsOutAndNothingElse(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		wantLocked := func(what string, a answer) {
			t.Helper()
			if wantAnswer(t, what, a, 401, "M_USER_LOCKED"); a.body["soft_logout"] != true {
				t.Errorf("%s: %s", what, a)
			}
		}
		phone := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"PHONE"`))
		d.mustHavePassword(t, "@alice:example.org", "alice's")
		tablet := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		laptop := d.mustLogin(t, corp("alice"), `"device_id":"LAPTOP"`)
		ticket := d.adminTicket(t, "@alice:example.org")
		d.wantTicket(t, ticket)

		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Guest = true, false })
		for _, r := range authenticated {
			wantLocked(r.method+" "+r.path, d.do(t, r.method, r.path, phone.access, r.body))
			wantLocked(r.method+" "+r.path+" of an administrator", d.do(t, r.method, r.path, ticket, r.body))
			wantLocked(r.method+" "+r.path+" of an application service", d.do(t, r.method, r.path+as("@alice:example.org"), irc, r.body))
		}
		wantLocked("refresh", d.refresh(t, phone.refresh))
		wantLocked("login", d.login(t, corp("alice")))
		wantLocked("login with a password", d.passwordLogin(t, "alice", "alice's"))

		wantAnswer(t, "logout", d.do(t, "POST", logoutPath, tablet, ""), 200, "")
		wantEnd(t, "the token that logged out", d.whoami(t, tablet), false)
		wantAnswer(t, "logout by an application service", d.do(t, "POST", logoutPath+as("@alice:example.org", "device_id=LAPTOP"), irc, ""), 200, "")
		wantEnd(t, "the token that was logged out", d.whoami(t, laptop), false)
		wantAnswer(t, "logout of an administrator", d.do(t, "POST", logoutPath, ticket, ""), 200, "")
		wantAnswer(t, "logout of an administrator again", d.do(t, "POST", logoutPath, ticket, ""), 401, "M_UNKNOWN_TOKEN")

		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Suspended = false, true })
		d.wantUsable(t, phone.access, "PHONE")
		d.mustRefresh(t, phone.refresh)
		wantAnswer(t, "login, suspended", d.passwordLogin(t, "alice", "alice's"), 200, "")

		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		ticket = d.adminTicket(t, "@alice:example.org")
		wantAnswer(t, "logout of all by an administrator", d.do(t, "POST", logoutPath+"/all", ticket, ""), 200, "")
		d.wantDevices(t, "@alice:example.org")
	})
}

// adminTicket is a token with which an administrator acts as the user.
func (d *door) adminTicket(t *testing.T, user domain.UserID) string {
	t.Helper()
	token := domain.NewToken(domain.AdminToken, domain.NewSessionID())
	if err := d.Storage.Repositories().Tickets.Create(t.Context(), domain.Ticket{Hash: token.Hash(), User: user}, time.Now()); err != nil {
		t.Fatal(err)
	}
	return string(token)
}

// wantTicket wants an administrator's token to be alice's, without a device.
func (d *door) wantTicket(t *testing.T, ticket string) {
	t.Helper()
	if a := d.whoami(t, ticket); a.status != 200 || a.raw != `{"user_id":"@alice:example.org","is_guest":false}` {
		t.Errorf("an administrator's token: %s", a)
	}
}

// Client-server API, "Using access tokens" and "Soft logout": every state of a
// token has one answer everywhere.
func TestEveryStateOfATokenHasOneAnswer(t *testing.T) {
	onEveryVariant(t, confirmable+"sessions: {access_token_lifetime: 1h}\n", func(t *testing.T, d *door) {
		now := d.setClock()
		expired := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		replaced := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		*now = now.Add(time.Hour)
		token := func() string {
			return jwt(claims{"sub": "alice", "iss": "corp", "iat": now.Unix()})
		}
		d.mustLogin(t, token(), `"device_id":"TABLET"`)
		refreshable := d.mustHold(t, d.login(t, token(), `"refresh_token":true`, `"device_id":"LAPTOP"`))
		openID := d.mustOpenID(t, refreshable.access, "@alice:example.org")
		loggedOut := d.mustLogin(t, token())
		d.do(t, "POST", logoutPath, loggedOut, "")
		for _, r := range authenticated {
			what := r.method + " " + r.path
			if r.path != "/_matrix/client/versions" {
				wantAnswer(t, what+": no token", d.do(t, r.method, r.path, "", r.body), 401, "M_MISSING_TOKEN")
			}
			for name, token := range map[string]string{
				"rubbish": "rubbish", "another login on the device": replaced, "logged out": loggedOut,
				"a refresh token": refreshable.refresh, "an OpenID token": openID,
			} {
				wantEnd(t, what+": "+name, d.do(t, r.method, r.path, token, r.body), false)
			}
			wantEnd(t, what+": expired", d.do(t, r.method, r.path, expired, r.body), true)
			query := r.path + "?access_token=" + expired
			wantEnd(t, what+": expired, in the query", d.do(t, r.method, query, "", r.body), true)
		}
		for _, name := range []string{replaced, loggedOut, expired, openID} {
			if strings.Contains(d.log.String(), name) {
				t.Error(fmt.Errorf("a token is in the log"))
			}
		}
		wantAnswer(t, "logout with an expired token", d.do(t, "POST", logoutPath, expired, ""), 200, "")
		wantEnd(t, "then it is nobody's", d.whoami(t, expired), false)
	})
}
