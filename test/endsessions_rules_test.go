package test

import (
	"net/url"
	"testing"
)

// What was confirmed with a password is not confirmed any more when that is
// another one, even if all devices stay: whoever knew the old one may have
// confirmed it.
func TestANewPasswordEndsWhatTheOldOneConfirmed(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"PHONE", alice, "")
		a := d.page(t, fallbackPath("m.login.password", session), url.Values{"password": {"alice's"}})
		wantPage(t, "the old password", a, 200)
		body := withAuth("", byPassword("alice", "alice's"), `"new_password":"correct horse"`, `"logout_devices":false`)
		wantAnswer(t, "the change", d.do(t, "POST", passwordPath, alice, body), 200, "")
		again := wantChallenge(t, "the session of before", d.do(t, "DELETE", devicesPath+"PHONE", alice, withAuth(session, "")), "")
		if again == session {
			t.Errorf("the challenge has the session of before")
		}
		d.wantUsable(t, alice, "PHONE")
	})
}
