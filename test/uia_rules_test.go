package test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// Rate limiting: each request that begins to be confirmed is stored, and a new
// password is hashed, so a user may have only so many. Nobody else at the same
// address is limited by that.
func TestAUserBeginsOnlySoManyConfirmations(t *testing.T) {
	settings := confirmable + "rate_limits: {login_address: {per_second: 0.01, burst: 5}, login_account: {per_second: 1, burst: 10}}\n"
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.setClock()
		alice, bob := twoUsers(t, d)
		const passwordPath = "/_matrix/client/v3/account/password"
		const body = `{"new_password":"correct horse battery"}`
		session := d.challenged(t, "POST", passwordPath, alice, body)
		wantChallenge(t, "what costs nothing", d.do(t, "POST", passwordPath, alice, withAuth(session, "")), "")
		for _, c := range []struct{ method, path, body string }{
			{"DELETE", devicesPath + "TABLET", ""},
			{"DELETE", devicesPath + "TABLET", withAuth("unknown", "")},
			{"POST", getTokenPath, "{}"},
			{"POST", passwordPath, withAuth(session, "", `"new_password":"correct horse battery"`)},
		} {
			d.challenged(t, c.method, c.path, alice, c.body)
		}
		for _, c := range []struct{ method, path, body string }{
			{"DELETE", devicesPath + "TABLET", ""},
			{"DELETE", devicesPath + "TABLET", withAuth("unknown", "")},
			{"DELETE", devicesPath + "TABLET", withAuth("", byPassword("alice", "alice's"))},
			{"POST", passwordPath, body},
			{"POST", passwordPath, withAuth(session, "", `"new_password":"correct horse battery"`)},
		} {
			wantsPatience(t, c.method+" "+c.path+" "+c.body, d.do(t, c.method, c.path, alice, c.body))
		}
		d.challenged(t, "DELETE", devicesPath+"PHONE", bob, "")
		wantAnswer(t, "what has begun", d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
	})
}

// Whoever guesses at a stage is seen in the log.
func TestWhyAStageWasRefusedIsLogged(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		if log := d.log.String(); !strings.Contains(log, `"reason":"unconfirmed"`) || strings.Contains(log, "invalid_password") {
			t.Errorf("the challenge is not in the log:\n%s", log)
		}
		wantChallenge(t, "a wrong password", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "wrong"))), "M_FORBIDDEN")
		if log := d.log.String(); !strings.Contains(log, `"reason":"invalid_password"`) {
			t.Errorf("the refusal is not in the log:\n%s", log)
		}
	})
}

// Fallback: the page has its old name too.
func TestThePageOfAStageHasItsOldName(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		path := strings.Replace(fallbackPath("m.login.password", session), "/v3/", "/r0/", 1)
		wantPage(t, "the form", d.page(t, path, nil), 200, "<form")
		wantPage(t, "the end", d.page(t, path, url.Values{"password": {"alice's"}}), 200, onAuthDone)
		wantAnswer(t, "the session", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, "")), 200, "")
	})
}

// User-Interactive API in the REST API: an administrator who acts as a user shows
// what the user would show.
func TestWhoActsAsAUserConfirmsAsThatUser(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		d.change(t, "@bob:example.org", func(u *domain.User) { u.Admin = true })
		asAlice := domain.NewToken(domain.AdminToken, domain.NewSessionID())
		if err := d.Storage.Repositories().Tickets.Create(t.Context(), domain.Ticket{Hash: asAlice.Hash(), User: "@alice:example.org"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", string(asAlice), "")
		wantAnswer(t, "bob's own", d.do(t, "DELETE", devicesPath+"TABLET", string(asAlice), withAuth(session, byPassword("bob", "bob's"))), 403, "M_FORBIDDEN")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		wantAnswer(t, "alice's", d.do(t, "DELETE", devicesPath+"TABLET", string(asAlice), withAuth(session, byPassword("alice", "alice's"))), 200, "")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE")
	})
}

// Device Management: who is signed out while it is confirmed deletes nothing any
// more, and leaves nothing behind.
func TestAConfirmationEndsWithItsDevice(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		again := d.mustLogin(t, corp("alice"), `"device_id":"WATCH"`)
		session := d.challenged(t, "POST", getTokenPath, alice, "{}")
		wantPage(t, "the end", d.page(t, fallbackPath("m.login.password", session), url.Values{"password": {"alice's"}}), 200, onAuthDone)
		wantAnswer(t, "logout", d.do(t, "POST", "/_matrix/client/v3/logout", alice, ""), 200, "")
		wantAnswer(t, "the session alone", d.do(t, "POST", getTokenPath, alice, withAuth(session, "")), 401, "M_UNKNOWN_TOKEN")

		answers := all(10, func(i int) answer {
			if i == 5 {
				return d.do(t, "POST", "/_matrix/client/v3/logout/all", again, "")
			}
			return d.do(t, "POST", getTokenPath, again, withAuth("", byPassword("alice", "alice's")))
		})
		for _, a := range answers {
			if token := a.text("login_token"); token != "" {
				wantAnswer(t, "a token from before the logout", d.loginByToken(t, token), 403, "M_FORBIDDEN")
			} else if a.status >= 500 {
				t.Errorf("got %s", a)
			}
		}
		d.wantDevices(t, "@alice:example.org")
	})
}
