package test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const deactivatePath = "/_matrix/client/v3/account/deactivate"

// mustHaveAddress gives a user who is there an e-mail address.
func (d *door) mustHaveAddress(t *testing.T, id domain.UserID, address string) {
	t.Helper()
	err := d.Storage.Repositories().ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{
		User: id, Medium: domain.Email, Address: address,
		ValidatedAt: time.UnixMilli(1_700_000_000_000), AddedAt: time.UnixMilli(1_700_000_000_001),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *door) user(t *testing.T, id domain.UserID) domain.User {
	t.Helper()
	user, err := d.Storage.Repositories().Users.ByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// wantNoWayIn wants nothing that alice had to be of use.
func (d *door) wantNoWayIn(t *testing.T, when string, tokens held, openID, password, address string) {
	t.Helper()
	wantEnd(t, "her access token "+when, d.whoami(t, tokens.access), false)
	wantEnd(t, "her refresh token "+when, d.refresh(t, tokens.refresh), false)
	wantAnswer(t, "her OpenID token "+when, d.userinfo(t, openID), 401, "M_UNKNOWN_TOKEN")
	wantAnswer(t, "her password "+when, d.passwordLogin(t, "alice", password), 403, "M_FORBIDDEN")
	a := d.do(t, "POST", loginPath, "", fmt.Sprintf(
		`{"type":"m.login.password","identifier":{"type":"m.id.thirdparty","medium":"email","address":%q},"password":%q}`, address, password))
	wantAnswer(t, "her address "+when, a, 403, "M_FORBIDDEN")
}

// Client-server API, "Account deactivation".
func TestADeactivatedAccountHasNoWayIn(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.DisplayName = "Alice" })
		other := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"LAPTOP"`))
		openID := d.mustOpenID(t, alice, "@alice:example.org")

		session := d.challenged(t, "POST", deactivatePath, alice, `{"id_server":"id.example"}`)
		a := d.do(t, "POST", deactivatePath, alice, withAuth(session, byPassword("alice", "wrong")))
		wantChallenge(t, "a wrong password", a, "M_FORBIDDEN")
		wantAnswer(t, "bob's password", d.do(t, "POST", deactivatePath, alice, withAuth(session, byPassword("bob", "bob's"))), 403, "M_FORBIDDEN")
		a = d.do(t, "POST", deactivatePath, alice, withAuth(session, byPassword("alice", "alice's"), `"erase":true`))
		wantAnswer(t, "more than she was asked about", a, 403, "M_FORBIDDEN")
		wantAnswer(t, "she is still there", d.whoami(t, alice), 200, "")
		a = d.do(t, "POST", deactivatePath, alice, withAuth(session, byPassword("alice", "alice's")))
		if a.status != 200 || a.raw != `{"id_server_unbind_result":"no-support"}` {
			t.Fatalf("got %s", a)
		}

		wantEnd(t, "the access token that asked", d.whoami(t, alice), false)
		d.wantNoWayIn(t, "afterwards", other, openID, "alice's", "alice@example.com")
		wantAnswer(t, "a JWT", d.login(t, corp("alice")), 403, "M_USER_DEACTIVATED")
		d.wantDevices(t, "@alice:example.org")
		if ids, err := d.Storage.Repositories().ThirdPartyIDs.List(t.Context(), "@alice:example.org"); err != nil || len(ids) != 0 {
			t.Errorf("her addresses: %v, %v", ids, err)
		}
		if user := d.user(t, "@alice:example.org"); !user.Deactivated || user.Erased || user.DisplayName != "Alice" {
			t.Errorf("the user is %+v", user)
		}
		wantAnswer(t, "bob", d.whoami(t, bob), 200, "")

		d.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = false })
		d.wantNoWayIn(t, "once reactivated", other, openID, "alice's", "alice@example.com")
		d.mustLogin(t, corp("alice"), `"device_id":"NEW"`)
		d.wantDevices(t, "@alice:example.org", "NEW")
	})
}

// Account deactivation: "erase".
func TestADeactivationForgetsWhatItIsAskedToForget(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		d.change(t, "@alice:example.org", func(u *domain.User) {
			u.DisplayName, u.AvatarURL, u.Suspended = "Alice", "mxc://example.org/alice", true
		})
		session := d.challenged(t, "POST", deactivatePath, alice, `{"erase":true}`)
		proof := byPassword("alice", "alice's")
		wantAnswer(t, "something else", d.do(t, "POST", deactivatePath, alice, withAuth(session, proof, `"erase":false`)), 403, "M_FORBIDDEN")
		a := d.do(t, "POST", deactivatePath, alice, withAuth(session, proof))
		if a.status != 200 || a.raw != `{"id_server_unbind_result":"success"}` {
			t.Fatalf("got %s", a)
		}
		if user := d.user(t, "@alice:example.org"); !user.Deactivated || !user.Erased || user.DisplayName != "" || user.AvatarURL != "" {
			t.Errorf("the user is %+v", user)
		}
	})
}

func TestADeactivationThatIsRefused(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		for _, c := range []struct {
			name, token, body string
			status            int
			errcode           string
		}{
			{"no token", "", `{}`, 401, "M_MISSING_TOKEN"},
			{"a bad token", "rubbish", `{}`, 401, "M_UNKNOWN_TOKEN"},
			{"no body", alice, ``, 400, "M_NOT_JSON"},
			{"erase by text", alice, `{"erase":"yes"}`, 400, "M_BAD_JSON"},
			{"id_server by number", alice, `{"id_server":1}`, 400, "M_BAD_JSON"},
			{"somebody else's proof", alice, withAuth("", byPassword("bob", "bob's")), 403, "M_FORBIDDEN"},
			{"somebody else's JWT", alice, withAuth("", byJWT(corp("bob"))), 403, "M_FORBIDDEN"},
		} {
			wantAnswer(t, c.name, d.do(t, "POST", deactivatePath, c.token, c.body), c.status, c.errcode)
		}
		wantChallenge(t, "a dummy", d.do(t, "POST", deactivatePath, alice, withAuth("", `"type":"m.login.dummy"`)), "M_FORBIDDEN")
		wantAnswer(t, "alice", d.whoami(t, alice), 200, "")
		wantAnswer(t, "bob", d.whoami(t, bob), 200, "")
	})
}

// Of a login at the same time nothing remains.
func TestALoginDuringADeactivation(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		logins := make(chan answer, 8)
		each(cap(logins)+1, func(i int) {
			if i == 4 {
				a := d.do(t, "POST", deactivatePath, alice, withAuth("", byPassword("alice", "alice's")))
				wantAnswer(t, "the deactivation", a, 200, "")
				return
			}
			logins <- d.login(t, corp("alice"))
		})
		close(logins)
		for a := range logins {
			if a.status == 200 {
				wantEnd(t, "a login in time", d.whoami(t, a.text("access_token")), false)
				continue
			}
			wantAnswer(t, "a login too late", a, 403, "M_USER_DEACTIVATED")
		}
		d.wantDevices(t, "@alice:example.org")
	})
}
