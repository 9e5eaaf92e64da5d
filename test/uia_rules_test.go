package test

import (
	"strings"
	"testing"
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
