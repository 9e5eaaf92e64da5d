package test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// Synapse's admin API, "Create or modify account": a new one.
func TestAdministratorsCreateAccounts(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		a := d.admin(t, "PUT", aliceAdmin, `{"password":"correct horse","logout_devices":false,"displayname":"Alice","avatar_url":"mxc://example.org/a",`+
			`"threepids":[{"medium":"email","address":"Alice@Example.COM"},{"medium":"msisdn","address":"447470274584"}],"external_ids":[],`+
			`"admin":true,"deactivated":false,"user_type":null,"locked":false}`, 201)
		for member, want := range map[string]string{
			"name": "@alice:example.org", "displayname": "Alice", "avatar_url": "mxc://example.org/a", "admin": "true", "deactivated": "false", "locked": "false",
		} {
			if fmt.Sprint(a.body[member]) != want {
				t.Errorf("%s: %v", member, a.body[member])
			}
		}
		if ids := fmt.Sprint(a.body["threepids"]); !strings.Contains(ids, "address:alice@example.com") || !strings.Contains(ids, "address:447470274584") {
			t.Errorf("threepids: %s", ids)
		}
		if b := d.admin(t, "GET", aliceAdmin, "", 200); b.raw != a.raw {
			t.Errorf("GET: %s; want %s", b, a)
		}
		wantAnswer(t, "her password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
		wantAnswer(t, "her address", d.do(t, "POST", loginPath, "",
			`{"type":"m.login.password","identifier":{"type":"m.id.thirdparty","medium":"email","address":"ALICE@example.com"},"password":"correct horse"}`), 200, "")

		d.admin(t, "PUT", usersPath+"/@bob:example.org", `{}`, 201)
		wantAnswer(t, "no password", d.passwordLogin(t, "bob", ""), 403, "M_FORBIDDEN")
		d.mustLogin(t, corp("bob"))
		if u := d.user(t, "@bob:example.org"); u.Admin || u.DisplayName != "" {
			t.Errorf("bob is %+v", u)
		}
		d.admin(t, "PUT", usersPath+"/@never:example.org", `{"deactivated":true}`, 201)
		wantAnswer(t, "deactivated from the beginning", d.login(t, corp("never")), 403, "M_USER_DEACTIVATED")
	})
}

// Synapse's admin API, "Create or modify account": all or nothing.
func TestAnAccountThatIsRefusedIsNotCreatedAndNotChanged(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		d.mustHaveAddress(t, "@bob:example.org", "bob@example.com")
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		before := d.admin(t, "GET", aliceAdmin, "", 200)
		bad := map[string][2]string{
			`"password":"short"`: {"M_WEAK_PASSWORD", ""},
			`"password":1`:       {"M_BAD_JSON", ""},
			`"displayname":"` + strings.Repeat("é", 257):   {"M_TOO_LARGE", `"`},
			`"displayname":"a\u0000"`:                      {"M_BAD_JSON", ""},
			`"avatar_url":"https://example.org/a.png"`:     {"M_INVALID_PARAM", ""},
			`"admin":"true"`:                               {"M_BAD_JSON", ""},
			`"locked":1`:                                   {"M_BAD_JSON", ""},
			`"threepids":{}`:                               {"M_BAD_JSON", ""},
			`"threepids":["x"]`:                            {"M_BAD_JSON", ""},
			`"threepids":[{"medium":"email"}]`:             {"M_BAD_JSON", ""},
			`"threepids":[{"medium":"x","address":"y"}]`:   {"M_INVALID_PARAM", ""},
			`"threepids":[{"medium":"email","address":"y`:  {"M_INVALID_PARAM", `"}]`},
			`"external_ids":[{"auth_provider":"x"}]`:       {"M_INVALID_PARAM", ""},
			`"password":"correct horse","deactivated":tru`: {"M_INVALID_PARAM", "e"},
			`"threepids":[{"medium":"email","address":"new@example.com"},{"medium":"email","address":"BOB@example.com"}],"password":"correct horse`: {"M_THREEPID_IN_USE", `"`},
		}
		for members, c := range bad {
			body := `{` + members + c[1] + `,"suspended":true}`
			wantAnswer(t, "create "+body, d.do(t, "PUT", usersPath+"/@carol:example.org", adminToken, body), 400, c[0])
			wantAnswer(t, "modify "+body, d.do(t, "PUT", aliceAdmin, adminToken, body), 400, c[0])
		}
		for id, errcode := range map[string]string{
			"@Carol:example.org": "M_INVALID_USERNAME", "@_carol:example.org": "M_INVALID_USERNAME", "@123:example.org": "M_INVALID_USERNAME",
			"@ca%20rol:example.org": "M_INVALID_USERNAME", "carol": "M_INVALID_PARAM", "@carol:other.org": "M_INVALID_PARAM",
		} {
			wantAnswer(t, id, d.do(t, "PUT", usersPath+"/"+id, adminToken, "{}"), 400, errcode)
		}
		wantAnswer(t, "carol", d.do(t, "GET", usersPath+"/@carol:example.org", adminToken, ""), 404, "M_NOT_FOUND")
		if a := d.admin(t, "GET", aliceAdmin, "", 200); a.raw != before.raw {
			t.Errorf("alice was %s and is %s", before, a)
		}
		wantAnswer(t, "her password", d.passwordLogin(t, "alice", "alice's"), 200, "")
	})
}

// Synapse's admin API, "Create or modify account": what is not said stays.
func TestAdministratorsModifyAccounts(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		d.admin(t, "PUT", aliceAdmin, `{"displayname":"Alice","avatar_url":"mxc://example.org/a","suspended":true}`, 200)
		d.admin(t, "PUT", aliceAdmin, `{"displayname":null,"avatar_url":null,"threepids":null,"locked":null}`, 200)
		if u := d.user(t, "@alice:example.org"); u.DisplayName != "Alice" || u.AvatarURL != "mxc://example.org/a" || !u.Suspended || u.Locked || u.Admin {
			t.Errorf("got %+v", u)
		}
		wantAnswer(t, "her token", d.whoami(t, alice), 200, "")

		a := d.admin(t, "PUT", aliceAdmin, `{"threepids":[{"medium":"email","address":"alice@example.com"},{"medium":"email","address":"A@b.example"},{"medium":"email","address":"a@B.example"}],`+
			`"displayname":"","avatar_url":"","suspended":false}`, 200)
		if ids := a.body["threepids"].([]any); len(ids) != 2 || a.body["displayname"] != nil || a.body["avatar_url"] != nil {
			t.Errorf("got %s", a)
		} else if kept := fmt.Sprint(ids[1]); !strings.Contains(kept, "alice@example.com") || !strings.Contains(kept, "1.700000000001e+12") {
			t.Errorf("the address that she had: %s", kept)
		}
		a = d.admin(t, "PUT", aliceAdmin, `{"threepids":[]}`, 200)
		if ids := a.body["threepids"].([]any); len(ids) != 0 {
			t.Errorf("got %s", a)
		}

		d.admin(t, "PUT", aliceAdmin, `{"locked":true}`, 200)
		if a := d.whoami(t, alice); a.status != 401 || a.text("errcode") != "M_USER_LOCKED" || a.body["soft_logout"] != true {
			t.Errorf("locked: %s", a)
		}
		d.admin(t, "PUT", aliceAdmin, `{"locked":false}`, 200)
		wantAnswer(t, "unlocked", d.whoami(t, alice), 200, "")

		d.admin(t, "PUT", "/_synapse/admin/v1/users/@bob:example.org/admin", `{"admin":true}`, 200)
		wantAnswer(t, "bob administers", d.do(t, "GET", usersPath, bob, ""), 200, "")
		d.admin(t, "PUT", "/_synapse/admin/v1/users/@bob:example.org/admin", `{"admin":false}`, 200)
		wantAnswer(t, "bob no longer does", d.do(t, "GET", usersPath, bob, ""), 403, "M_FORBIDDEN")

		if a := d.admin(t, "PUT", "/_synapse/admin/v1/suspend/@alice:example.org", `{"suspend":true}`, 200); a.raw != `{"user_@alice:example.org_suspended":true}` {
			t.Errorf("got %s", a)
		}
		if !d.user(t, "@alice:example.org").Suspended {
			t.Error("alice is not suspended")
		}
	})
}

// Synapse's admin API, "Reset password", and the password of "Create or modify
// account".
func TestANewPasswordOfAnAdministratorEndsSessions(t *testing.T) {
	const reset = "/_synapse/admin/v1/reset_password/@alice:example.org"
	for name, c := range map[string]struct{ method, path, member string }{
		"reset": {"POST", reset, "new_password"}, "modify": {"PUT", aliceAdmin, "password"},
	} {
		t.Run(name, func(t *testing.T) {
			onEveryVariant(t, administrable, func(t *testing.T, d *door) {
				alice, bob := twoUsers(t, d)
				acting := d.admin(t, "POST", "/_synapse/admin/v1/users/@alice:example.org/login", "{}", 200).text("access_token")
				d.admin(t, c.method, c.path, `{"`+c.member+`":"correct horse","logout_devices":false}`, 200)
				wantAnswer(t, "with logout_devices false", d.whoami(t, alice), 200, "")
				wantAnswer(t, "the old password", d.passwordLogin(t, "alice", "alice's"), 403, "M_FORBIDDEN")
				d.admin(t, c.method, c.path, `{"`+c.member+`":"battery staple"}`, 200)
				wantEnd(t, "without it", d.whoami(t, alice), false)
				wantEnd(t, "who acted as her", d.whoami(t, acting), false)
				d.wantDevices(t, "@alice:example.org")
				wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "battery staple"), 200, "")
				wantAnswer(t, "bob", d.whoami(t, bob), 200, "")
				if strings.Contains(d.log.String(), "staple") {
					t.Error("the password is in the log")
				}
			})
		})
	}
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		for body, errcode := range map[string]string{
			"{}": "M_MISSING_PARAM", `{"new_password":"short"}`: "M_WEAK_PASSWORD", "": "M_NOT_JSON", `{"new_password":"correct horse","logout_devices":"no"}`: "M_BAD_JSON",
		} {
			wantAnswer(t, body, d.do(t, "POST", reset, adminToken, body), 400, errcode)
		}
		wantAnswer(t, "nobody", d.do(t, "POST", strings.Replace(reset, "alice", "nobody", 1), adminToken, `{"new_password":"correct horse"}`), 404, "M_NOT_FOUND")
		wantAnswer(t, "the old password", d.passwordLogin(t, "alice", "alice's"), 200, "")
	})
}

// Synapse's admin API, "Deactivate Account", and the way back.
func TestAnAccountThatIsGivenBackHasNothingOfBefore(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.DisplayName = "Alice" })
		tokens := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"LAPTOP"`))
		openID := d.mustOpenID(t, tokens.access, "@alice:example.org")
		acting := d.admin(t, "POST", "/_synapse/admin/v1/users/@alice:example.org/login", "{}", 200).text("access_token")

		if a := d.admin(t, "POST", "/_synapse/admin/v1/deactivate/@alice:example.org", "", 200); a.raw != `{"id_server_unbind_result":"no-support"}` {
			t.Errorf("got %s", a)
		}
		d.wantNoWayIn(t, "afterwards", tokens, openID, "alice's", "alice@example.com")
		if u := d.user(t, "@alice:example.org"); !u.Deactivated || u.Erased || u.DisplayName != "Alice" {
			t.Errorf("got %+v", u)
		}
		wantAnswer(t, "a JWT", d.login(t, corp("alice")), 403, "M_USER_DEACTIVATED")
		wantAnswer(t, "a password meanwhile", d.do(t, "PUT", aliceAdmin, adminToken, `{"password":"correct horse"}`), 400, "M_INVALID_PARAM")
		if a := d.admin(t, "POST", "/_synapse/admin/v1/deactivate/@alice:example.org", `{"erase":true}`, 200); a.raw != `{"id_server_unbind_result":"success"}` {
			t.Errorf("again: %s", a)
		}
		if u := d.user(t, "@alice:example.org"); !u.Erased || u.DisplayName != "" {
			t.Errorf("erased: %+v", u)
		}

		a := d.admin(t, "PUT", aliceAdmin, `{"deactivated":false}`, 200)
		if a.body["deactivated"] != false || a.body["erased"] != false || len(a.body["threepids"].([]any)) != 0 {
			t.Errorf("got %s", a)
		}
		d.wantNoWayIn(t, "given back", tokens, openID, "alice's", "alice@example.com")
		wantEnd(t, "who acted as her", d.whoami(t, acting), false)
		d.mustLogin(t, corp("alice"), `"device_id":"NEW"`)
		d.wantDevices(t, "@alice:example.org", "NEW")

		// Even if whoever deactivated her took nothing away.
		d.mustHavePassword(t, "@alice:example.org", "alice's")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
		d.admin(t, "PUT", aliceAdmin, `{"deactivated":false}`, 200)
		d.wantDevices(t, "@alice:example.org")
		wantAnswer(t, "the old password", d.passwordLogin(t, "alice", "alice's"), 403, "M_FORBIDDEN")

		d.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
		d.admin(t, "PUT", aliceAdmin, `{"deactivated":false,"password":"correct horse"}`, 200)
		wantAnswer(t, "the new password", d.passwordLogin(t, "alice", "correct horse"), 200, "")
		for _, path := range []string{"/_synapse/admin/v1/deactivate/@nobody:example.org", "/_synapse/admin/v1/deactivate/@nobody%3Aexample.org"} {
			wantAnswer(t, "nobody", d.do(t, "POST", path, adminToken, "{}"), 404, "M_NOT_FOUND")
		}
	})
}

// An administrator who shuts itself out could not let itself in again.
func TestAdministratorsDoNotShutThemselvesOut(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		admin := d.mustLogin(t, corp("admin"), `"device_id":"MINE"`)
		d.mustLogin(t, corp("admin"), `"device_id":"OTHER"`)
		d.mustLoginAsAdmin(t, "admin")
		const self = "@admin:example.org"
		for _, c := range []struct{ method, path, body string }{
			{"PUT", usersPath + "/" + self, `{"admin":false}`},
			{"PUT", usersPath + "/" + self, `{"locked":true}`},
			{"PUT", usersPath + "/" + self, `{"suspended":true}`},
			{"PUT", usersPath + "/" + self, `{"deactivated":true}`},
			{"PUT", "/_synapse/admin/v1/users/" + self + "/admin", `{"admin":false}`},
			{"PUT", "/_synapse/admin/v1/suspend/" + self, `{"suspend":true}`},
			{"POST", "/_synapse/admin/v1/deactivate/" + self, `{}`},
			{"POST", "/_synapse/admin/v1/users/" + self + "/login", `{}`},
		} {
			wantAnswer(t, c.path+" "+c.body, d.do(t, c.method, c.path, admin, c.body), 403, "M_FORBIDDEN")
		}
		a := d.do(t, "PUT", usersPath+"/"+self, admin, `{"displayname":"The Admin","admin":true,"locked":false,"deactivated":false,"password":"correct horse"}`)
		wantAnswer(t, "what a form sends", a, 200, "")
		wantAnswer(t, "the session that did it", d.whoami(t, admin), 200, "")
		d.wantDevices(t, self, "MINE")
	})
}

// Synapse's admin API, "Create or modify account": two at once.
func TestAnAccountIsCreatedOnce(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		var mu sync.Mutex
		created := 0
		each(20, func(i int) {
			a := d.do(t, "PUT", aliceAdmin, adminToken, fmt.Sprintf(`{"displayname":"%d"}`, i))
			mu.Lock()
			defer mu.Unlock()
			if a.status == 201 {
				created++
			} else if a.status != 200 {
				t.Errorf("got %s", a)
			}
		})
		if created != 1 {
			t.Errorf("created %d times", created)
		}
	})
}

// A guest has no password, and does not administer.
func TestAGuestStaysAGuest(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@1:example.org", Guest: true}); err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{`{"password":"correct horse"}`, `{"admin":true}`} {
			wantAnswer(t, body, d.do(t, "PUT", usersPath+"/@1:example.org", adminToken, body), 400, "M_INVALID_PARAM")
		}
		d.admin(t, "PUT", usersPath+"/@1:example.org", `{"locked":true}`, 200)
	})
}
