package test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	lockPath    = "/_matrix/client/v1/admin/lock/"
	suspendPath = "/_matrix/client/v1/admin/suspend/"
	whoisPath   = "/_matrix/client/v3/admin/whois/"
)

// mustLoginAsAdmin signs a user in, and makes it an administrator.
func (d *door) mustLoginAsAdmin(t *testing.T, name string) string {
	t.Helper()
	token := d.mustLogin(t, corp(name))
	d.change(t, domain.UserID("@"+name+":example.org"), func(u *domain.User) { u.Admin = true })
	return token
}

// measures are what may be taken against a user: the paths, and the member.
var measures = []struct{ path, name string }{
	{lockPath, "locked"}, {suspendPath, "suspended"},
	{"/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/", "locked"},
	{"/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/", "suspended"},
}

// Client-server API, "Server administration": what is refused, in its order.
func TestWhoMayLockAndSuspendWhom(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		admin, alice := d.mustLoginAsAdmin(t, "admin"), d.mustLogin(t, jwt(claims{"sub": "alice"}))
		d.mustLoginAsAdmin(t, "chief")
		d.mustLogin(t, jwt(claims{"sub": "gone"}))
		d.change(t, "@gone:example.org", func(u *domain.User) { u.Deactivated = true })
		for _, m := range measures {
			for _, c := range []struct {
				name, method, token, user, body string
				status                          int
				errcode                         string
			}{
				{"no token", "GET", "", "@alice:example.org", "", 401, "M_MISSING_TOKEN"},
				{"a bad token", "PUT", "rubbish", "@alice:example.org", `{}`, 401, "M_UNKNOWN_TOKEN"},
				{"no administrator", "GET", alice, "@admin:example.org", "", 403, "M_FORBIDDEN"},
				{"no administrator, nobody", "GET", alice, "@nobody:example.org", "", 403, "M_FORBIDDEN"},
				{"no administrator, elsewhere", "GET", alice, "@alice:other.org", "", 403, "M_FORBIDDEN"},
				{"no administrator, no user id", "GET", alice, "alice", "", 403, "M_FORBIDDEN"},
				{"no administrator, oneself", "PUT", alice, "@alice:example.org", `{"` + m.name + `":true}`, 403, "M_FORBIDDEN"},
				{"no administrator, a bad body", "PUT", alice, "@nobody:example.org", `{`, 403, "M_FORBIDDEN"},
				{"a user of another server", "GET", admin, "@alice:other.org", "", 400, "M_INVALID_PARAM"},
				{"a user of another server", "PUT", admin, "@alice:other.org", `{"` + m.name + `":true}`, 400, "M_INVALID_PARAM"},
				{"no user id", "GET", admin, "alice", "", 400, "M_INVALID_PARAM"},
				{"nobody", "GET", admin, "@nobody:example.org", "", 404, "M_NOT_FOUND"},
				{"nobody", "PUT", admin, "@nobody:example.org", `{"` + m.name + `":true}`, 404, "M_NOT_FOUND"},
				{"deactivated", "GET", admin, "@gone:example.org", "", 404, "M_NOT_FOUND"},
				{"deactivated", "PUT", admin, "@gone:example.org", `{"` + m.name + `":true}`, 404, "M_NOT_FOUND"},
				{"another administrator", "GET", admin, "@chief:example.org", "", 403, "M_FORBIDDEN"},
				{"another administrator", "PUT", admin, "@chief:example.org", `{"` + m.name + `":true}`, 403, "M_FORBIDDEN"},
				{"oneself", "PUT", admin, "@admin:example.org", `{"` + m.name + `":true}`, 403, "M_FORBIDDEN"},
				{"oneself, only asked", "GET", admin, "@admin:example.org", "", 200, ""},
				{"no body", "PUT", admin, "@alice:example.org", "", 400, "M_BAD_JSON"},
				{"an empty body", "PUT", admin, "@alice:example.org", "{}", 400, "M_BAD_JSON"},
				{"null", "PUT", admin, "@alice:example.org", `{"` + m.name + `":null}`, 400, "M_BAD_JSON"},
				{"text", "PUT", admin, "@alice:example.org", `{"` + m.name + `":"true"}`, 400, "M_BAD_JSON"},
				{"no JSON", "PUT", admin, "@alice:example.org", `{`, 400, "M_NOT_JSON"},
				{"another method", "DELETE", admin, "@alice:example.org", "", 405, "M_UNRECOGNIZED"},
			} {
				wantAnswer(t, c.method+" "+m.path+": "+c.name, d.do(t, c.method, m.path+c.user, c.token, c.body), c.status, c.errcode)
			}
		}
		wantAnswer(t, "r0 has none of it", d.do(t, "GET", "/_matrix/client/r0/admin/lock/@alice:example.org", admin, ""), 404, "M_UNRECOGNIZED")
		for _, id := range []domain.UserID{"@alice:example.org", "@admin:example.org", "@chief:example.org", "@gone:example.org"} {
			if u := d.user(t, id); u.Locked || u.Suspended {
				t.Errorf("%s: %+v", id, u)
			}
		}
	})
}

// Client-server API, "Server administration": the answers, and that doing it
// twice is no fault.
func TestMeasuresAreTakenAndLifted(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		admin := d.mustLoginAsAdmin(t, "admin")
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
		for _, m := range measures {
			for _, taken := range []bool{true, true, false, false} {
				want := fmt.Sprintf(`{"%s":%t}`, m.name, taken)
				if a := d.do(t, "PUT", m.path+"@alice:example.org", admin, want); a.status != 200 || a.raw != want {
					t.Errorf("PUT %s: got %s; want %s", m.path, a, want)
				}
				if a := d.do(t, "GET", m.path+"%40alice%3Aexample.org", admin, ""); a.status != 200 || a.raw != want {
					t.Errorf("GET %s: got %s; want %s", m.path, a, want)
				}
				if u := d.user(t, "@alice:example.org"); u.Locked != (taken && m.name == "locked") || u.Suspended != (taken && m.name == "suspended") {
					t.Errorf("%s: the user is %+v", want, u)
				}
			}
		}
	})
}

// Client-server API, "Account locking".
func TestALockedUserIsNotLoggedOut(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		admin := d.mustLoginAsAdmin(t, "admin")
		alice := d.mustHold(t, d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`, `"refresh_token":true`))
		tablet := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`)
		wantAnswer(t, "the lock", d.do(t, "PUT", lockPath+"@alice:example.org", admin, `{"locked":true}`), 200, "")
		for what, a := range map[string]answer{
			"whoami":  d.whoami(t, alice.access),
			"devices": d.do(t, "GET", "/_matrix/client/v3/devices", alice.access, ""),
			"whois":   d.do(t, "GET", whoisPath+"@alice:example.org", alice.access, ""),
			"refresh": d.refresh(t, alice.refresh),
			"login":   d.login(t, jwt(claims{"sub": "alice"})),
		} {
			if wantAnswer(t, what, a, 401, "M_USER_LOCKED"); a.body["soft_logout"] != true {
				t.Errorf("%s: %s; want soft_logout", what, a)
			}
		}
		wantAnswer(t, "logout", d.do(t, "POST", "/_matrix/client/v3/logout", tablet, ""), 200, "")
		wantAnswer(t, "the end of the lock", d.do(t, "PUT", lockPath+"@alice:example.org", admin, `{"locked":false}`), 200, "")
		d.wantUsable(t, alice.access, "PHONE")
		d.mustRefresh(t, alice.refresh)
		wantEnd(t, "the device that logged out", d.whoami(t, tablet), false)
	})
}

// Client-server API, "Account suspension".
func TestASuspendedUserSignsInAndLooksAfterItsAccount(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		d.change(t, "@bob:example.org", func(u *domain.User) { u.Admin = true })
		bob := d.mustLogin(t, corp("bob"))
		wantAnswer(t, "the suspension", d.do(t, "PUT", suspendPath+"@alice:example.org", bob, `{"suspended":true}`), 200, "")
		wantAnswer(t, "whoami", d.whoami(t, alice), 200, "")
		d.mustLogin(t, corp("alice"), `"device_id":"NEW"`)
		if !d.user(t, "@alice:example.org").Suspended {
			t.Error("the login ended the suspension")
		}
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		wantAnswer(t, "deletion of a device", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
		session = d.challenged(t, "POST", deactivatePath, alice, "{}")
		wantAnswer(t, "deactivation", d.do(t, "POST", deactivatePath, alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
	})
}

// An application service that may act as an administrator is none.
func TestAnApplicationServiceIsNoAdministrator(t *testing.T) {
	onEveryVariant(t, withBridge(t), func(t *testing.T, d *door) {
		if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@_irc_boss:example.org", Admin: true}); err != nil {
			t.Fatal(err)
		}
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
		as := "?user_id=" + url.QueryEscape("@_irc_boss:example.org")
		wantAnswer(t, "it is that user", d.do(t, "GET", "/_matrix/client/v3/account/whoami"+as, "as of irc", ""), 200, "")
		a := d.do(t, "GET", "/_matrix/client/v3/capabilities"+as, "as of irc", "")
		if wantAnswer(t, "capabilities", a, 200, ""); strings.Contains(a.raw, "m.account_moderation") {
			t.Errorf("it is told that it may moderate: %s", a)
		}
		wantAnswer(t, "a lock", d.do(t, "PUT", lockPath+"@alice:example.org"+as, "as of irc", `{"locked":true}`), 403, "M_FORBIDDEN")
		wantAnswer(t, "whois", d.do(t, "GET", whoisPath+"@alice:example.org"+as, "as of irc", ""), 403, "M_FORBIDDEN")
		wantAnswer(t, "the admin API", d.do(t, "GET", "/_synapse/admin/v2/users"+as, "as of irc", ""), 403, "M_FORBIDDEN")
	})
}

// Client-server API, "GET /_matrix/client/v3/admin/whois/{userId}".
func TestWhoisIsForOneselfAndAdministrators(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		now := d.setClock()
		admin, bob := d.mustLoginAsAdmin(t, "admin"), d.mustLogin(t, jwt(claims{"sub": "bob"}))
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
		d.mustHaveDevice(t, "@alice:example.org", "UNSEEN")
		d.whoami(t, alice)
		if err := d.API.LastSeen.Write(context.WithoutCancel(t.Context()), true); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"devices":{"PHONE":{"sessions":[{"connections":[{"ip":"127.0.0.1","last_seen":%d,"user_agent":"Go-http-client/1.1"}]}]},`+
			`"UNSEEN":{"sessions":[{"connections":[]}]}},"user_id":"@alice:example.org"}`, now.UnixMilli())
		for _, path := range []string{whoisPath, strings.Replace(whoisPath, "v3", "r0", 1), "/_synapse/admin/v1/whois/"} {
			if a := d.do(t, "GET", path+"@alice:example.org", admin, ""); a.status != 200 || a.raw != want {
				t.Errorf("%s: got %s; want %s", path, a, want)
			}
			wantAnswer(t, "nobody", d.do(t, "GET", path+"@nobody:example.org", admin, ""), 404, "M_NOT_FOUND")
			wantAnswer(t, "elsewhere", d.do(t, "GET", path+"@alice:other.org", admin, ""), 400, "M_INVALID_PARAM")
			for _, id := range []string{"@alice:example.org", "@nobody:example.org", "@alice:other.org"} {
				wantAnswer(t, "somebody else about "+id, d.do(t, "GET", path+id, bob, ""), 403, "M_FORBIDDEN")
			}
			wantAnswer(t, "without a token", d.do(t, "GET", path+"@alice:example.org", "", ""), 401, "M_MISSING_TOKEN")
		}
		if a := d.do(t, "GET", whoisPath+"@alice:example.org", alice, ""); a.status != 200 || a.raw != want {
			t.Errorf("oneself: got %s; want %s", a, want)
		}
	})
}
