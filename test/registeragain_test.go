package test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestAFinishedSessionFindsItsUserAgain(t *testing.T) { // "User-Interactive API in the REST API"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		named := newcomer("alice").with(form{"device_id": "PHONE", "refresh_token": true})
		session := d.began(t, named)
		first := d.register(t, named.with(dummy(session)))
		for what, body := range map[string]form{
			"the same request": named.with(dummy(session)), "auth alone": dummy(session),
			"the session alone": {"auth": form{"session": session}},
		} {
			a := d.register(t, body)
			if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" || a.text("access_token") == first.text("access_token") || a.text("refresh_token") == "" {
				t.Fatalf("%s: got %s", what, a)
			}
			wants(t, "the token before", d.whoami(t, first.text("access_token")), 401, "M_UNKNOWN_TOKEN")
			if a := d.whoami(t, a.text("access_token")); a.status != 200 {
				t.Errorf("the new token: %s", a)
			}
			first = a
		}
		session = d.began(t, newcomer("bob").with(form{"inhibit_login": true}))
		for range 2 {
			if a := d.register(t, dummy(session)); a.status != 200 || a.raw != `{"user_id":"@bob:example.org"}` {
				t.Errorf("without a session: %s", a)
			}
		}
		session = d.began(t, form{"password": "a good pass word"})
		if a, b := d.register(t, dummy(session)), d.register(t, dummy(session)); a.text("user_id") == "" || a.text("user_id") != b.text("user_id") {
			t.Errorf("a name that was made up: %s, then %s", a, b)
		}
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		session = d.began(t, newcomer("carol"))
		d.register(t, dummy(session))
		d.change(t, "@carol:example.org", func(u *domain.User) { u.Deactivated = true })
		wants(t, "a deactivated user", d.register(t, dummy(session)), 403, "M_USER_DEACTIVATED")
	})
}

func TestASessionOfSomethingElseRegistersNobody(t *testing.T) { // "User-Interactive Authentication API"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		alice := d.mustRegister(t, newcomer("alice"))
		a := d.do(t, "DELETE", "/_matrix/client/v3/devices/"+alice.text("device_id"), alice.text("access_token"), "{}")
		if a.status != 401 || a.text("session") == "" {
			t.Fatalf("deleting a device: %s", a)
		}
		wants(t, "the session of a deletion", d.register(t, newcomer("bob").with(dummy(a.text("session")))), 403, "M_FORBIDDEN")
		wants(t, "a session for a deletion", d.do(t, "DELETE", "/_matrix/client/v3/devices/"+alice.text("device_id"), alice.text("access_token"),
			dummy(d.began(t, newcomer("bob"))).String()), 403, "M_FORBIDDEN")

		tablet := d.passwordLogin(t, "alice", "a good pass word").text("device_id")
		a = d.do(t, "DELETE", "/_matrix/client/v3/devices/"+tablet, alice.text("access_token"), "{}")
		done := form{"auth": form{"type": "m.login.password", "password": "a good pass word", "session": a.text("session")}}
		if a := d.do(t, "DELETE", "/_matrix/client/v3/devices/"+tablet, alice.text("access_token"), done.String()); a.status != 200 {
			t.Fatalf("deleting a device: %s", a)
		}
		wants(t, "a finished session of a deletion", d.register(t, dummy(a.text("session"))), 403, "M_FORBIDDEN")

		now := d.setClock()
		session := d.began(t, newcomer("bob"))
		*now = now.Add(2 * time.Hour)
		for _, session := range []string{session, "nonsense", alice.text("access_token")} {
			a := d.register(t, newcomer("bob").with(dummy(session)))
			if a.status != 401 || a.text("session") == "" || a.text("session") == session {
				t.Errorf("an unknown session: %s", a)
			}
		}
		if _, err := d.Storage.Repositories().Users.ByID(t.Context(), "@bob:example.org"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("bob: %v", err)
		}
	})
}

func TestASessionThatIsCompletedTwentyTimesAtOnceMakesOneUser(t *testing.T) { // "User-Interactive API in the REST API"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		for what, body := range map[string]form{"named": newcomer("alice").with(form{"device_id": "PHONE"}), "nameless": {"password": "a good pass word", "device_id": "PHONE"}} {
			session := d.began(t, body)
			answers := all(20, func(int) answer { return d.register(t, dummy(session)) })
			if got := tally(answers); got["200"] != 20 {
				t.Errorf("%s: got %v", what, got)
			}
			users := []string{}
			alive := 0
			for _, a := range answers {
				users = append(users, a.text("user_id"))
				if d.whoami(t, a.text("access_token")).status == 200 {
					alive++
				}
			}
			if users = slices.Compact(users); len(users) != 1 || alive != 1 {
				t.Errorf("%s: %v, with %d tokens alive; want one each", what, users, alive)
			}
		}
		if _, users, err := d.Storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1}); err != nil || users != 2 {
			t.Errorf("%d users, %v", users, err)
		}
	})
}
