package test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const passwordPath = "/_matrix/client/v3/account/password"

// Client-server API, POST /account/password: by default every other device is
// logged out, and the one that asks is not.
func TestANewPasswordTakesEffectAtOnceAndLogsOtherDevicesOut(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		other := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"LAPTOP"`))
		openID := d.mustOpenID(t, alice, "@alice:example.org")

		const body = `"new_password":"ein neues Paßwort"`
		session := d.challenged(t, "POST", passwordPath, alice, "{"+body+"}")
		a := d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "bob's"), body))
		wantChallenge(t, "a wrong password", a, "M_FORBIDDEN")
		wantAnswer(t, "login while it is not confirmed", d.passwordLogin(t, "alice", "alice's"), 200, "")
		a = d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "alice's"), body))
		if a.status != 200 || a.raw != "{}" {
			t.Fatalf("got %s", a)
		}

		d.wantUsable(t, alice, "PHONE")
		d.wantDevices(t, "@alice:example.org", "PHONE")
		wantEnd(t, "another device", d.whoami(t, other.access), false)
		wantEnd(t, "its refresh token", d.refresh(t, other.refresh), false)
		wantAnswer(t, "an OpenID token", d.userinfo(t, openID), 401, "M_UNKNOWN_TOKEN")
		wantAnswer(t, "the old password", d.passwordLogin(t, "alice", "alice's"), 403, "M_FORBIDDEN")
		wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "ein neues Paßwort"), 200, "")
		wantAnswer(t, "bob", d.whoami(t, bob), 200, "")
		wantAnswer(t, "bob's password", d.passwordLogin(t, "bob", "bob's"), 200, "")
		if strings.Contains(d.log.String(), "Paßwort") {
			t.Error("the password is in the log")
		}
	})
}

// Client-server API, POST /account/password: "logout_devices".
func TestANewPasswordLeavesOtherDevicesAloneIfAskedTo(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		other := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"LAPTOP"`))
		const body = `"new_password":"correct horse","logout_devices":false`
		session := d.challenged(t, "POST", passwordPath, alice, "{"+body+"}")
		// The parameters of the first request count.
		a := d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "alice's")))
		wantAnswer(t, "the change", a, 200, "")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		d.wantUsable(t, other.access, "LAPTOP")
		d.mustRefresh(t, other.refresh)
		wantAnswer(t, "the old password", d.passwordLogin(t, "alice", "alice's"), 403, "M_FORBIDDEN")
		wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
	})
}

// User-Interactive Authentication: what was confirmed is what is done, by whose
// request it is.
func TestAPasswordIsChangedOnlyAsItsUserConfirmed(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		const body = `"new_password":"correct horse"`
		session := d.challenged(t, "POST", passwordPath, alice, "{"+body+"}")
		proof := byPassword("alice", "alice's")
		for what, more := range map[string]string{
			"another password": `"new_password":"battery staple"`,
			"other devices":    body + `,"logout_devices":false`,
		} {
			wantAnswer(t, what, d.do(t, "POST", passwordPath, alice, withAuth(session, proof, more)), 403, "M_FORBIDDEN")
		}
		wantAnswer(t, "bob's proof", d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("bob", "bob's"), body)), 403, "M_FORBIDDEN")
		wantAnswer(t, "bob's token", d.do(t, "POST", passwordPath, bob, withAuth(session, byPassword("bob", "bob's"), body)), 403, "M_FORBIDDEN")
		other := d.challenged(t, "POST", deactivatePath, alice, "{}")
		wantAnswer(t, "another operation's session", d.do(t, "POST", passwordPath, alice, withAuth(other, proof, body)), 403, "M_FORBIDDEN")
		wantAnswer(t, "nothing has happened", d.passwordLogin(t, "alice", "alice's"), 200, "")

		wantAnswer(t, "alice's proof", d.do(t, "POST", passwordPath, alice, withAuth(session, proof, body)), 200, "")
		wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
		// It never runs again: it is a new request.
		a := d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "correct horse"), body))
		if again := wantChallenge(t, "the session again", a, ""); again == session {
			t.Error("a session that was used up is asked for again")
		}
	})
}

// User-Interactive Authentication: a first request that shows a stage.
func TestAPasswordIsChangedWithOneRequest(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Suspended = true }) // that takes away less
		for _, path := range []string{passwordPath, strings.Replace(passwordPath, "v3", "r0", 1), strings.Replace(passwordPath, "v3", "unstable", 1)} {
			a := d.do(t, "POST", path, alice, withAuth("", byJWT(corp("alice")), `"new_password":"correct horse"`))
			wantAnswer(t, path, a, 200, "")
			wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
		}
	})
}

func TestAUserWithoutAPasswordMayChooseOne(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		carol := d.mustLogin(t, corp("carol"))
		a := d.do(t, "POST", passwordPath, carol, withAuth("", byJWT(corp("carol")), `"new_password":"correct horse"`))
		wantAnswer(t, "the first password", a, 200, "")
		wantAnswer(t, "login", d.passwordLogin(t, "carol", "correct horse"), 200, "")
	})
}

func TestAChangeOfPasswordThatIsRefused(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		for _, c := range []struct {
			name, token, body string
			status            int
			errcode           string
		}{
			{"no token", "", `{"new_password":"correct horse"}`, 401, "M_MISSING_TOKEN"},
			{"a bad token", "rubbish", `{"new_password":"correct horse"}`, 401, "M_UNKNOWN_TOKEN"},
			{"no body", alice, ``, 400, "M_NOT_JSON"},
			{"a list", alice, `[]`, 400, "M_BAD_JSON"},
			{"a number", alice, `{"new_password":12345678}`, 400, "M_BAD_JSON"},
			{"devices by text", alice, `{"new_password":"correct horse","logout_devices":"no"}`, 400, "M_BAD_JSON"},
			{"auth by text", alice, `{"new_password":"correct horse","auth":"x"}`, 400, "M_BAD_JSON"},
			{"a weak password", alice, `{"new_password":"123"}`, 400, "M_WEAK_PASSWORD"},
			{"an empty password", alice, `{"new_password":""}`, 400, "M_WEAK_PASSWORD"},
			{"a huge password", alice, `{"new_password":"` + strings.Repeat("x", 20_000) + `"}`, 400, "M_WEAK_PASSWORD"},
			{"none, though confirmed", alice, withAuth("", byPassword("alice", "alice's")), 400, "M_MISSING_PARAM"},
		} {
			wantAnswer(t, c.name, d.do(t, "POST", passwordPath, c.token, c.body), c.status, c.errcode)
		}
		wantAnswer(t, "nothing has happened", d.passwordLogin(t, "alice", "alice's"), 200, "")
	})
	onEveryVariant(t, confirmable+"password: {enabled: false}\n", func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"))
		wantAnswer(t, "without passwords", d.do(t, "POST", passwordPath, alice, `{"new_password":"correct horse"}`), 403, "M_FORBIDDEN")
	})
}

// Of changes at the same time one comes last, and its password is the one that
// counts.
func TestPasswordsChangedAtOnce(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		const body = `"new_password":"correct horse"`
		session := d.challenged(t, "POST", passwordPath, alice, "{"+body+"}")
		done := make(chan int, 8)
		each(cap(done), func(int) {
			done <- d.do(t, "POST", passwordPath, alice, withAuth(session, byPassword("alice", "alice's"), body)).status
		})
		close(done)
		changed := 0
		for status := range done {
			switch status {
			case 200:
				changed++
			case 401, 403:
			default:
				t.Errorf("status %d", status)
			}
		}
		if changed != 1 {
			t.Errorf("one confirmation changed the password %d times", changed)
		}
		d.wantUsable(t, alice, "PHONE")
		wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
	})
}
