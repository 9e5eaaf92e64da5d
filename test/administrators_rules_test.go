package test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// Client-server API, "Account suspension": whoever is suspended does not lift that
// by itself, and does nothing to others meanwhile.
func TestASuspendedAdministratorDoesNotAdminister(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		admin := d.mustLoginAsAdmin(t, "admin")
		d.admin(t, "PUT", "/_synapse/admin/v1/suspend/@admin:example.org", `{"suspend":true}`, 200)
		for _, c := range adminCalls {
			wantAnswer(t, c.method+" "+c.path, d.do(t, c.method, "/_synapse/admin"+c.path, admin, "{}"), 403, "M_USER_SUSPENDED")
		}
		own := d.do(t, "PUT", usersPath+"/@admin:example.org", admin, `{"suspended":false}`)
		wantAnswer(t, "the end of its own suspension", own, 403, "M_USER_SUSPENDED")
		for _, m := range measures {
			wantAnswer(t, "GET "+m.path, d.do(t, "GET", m.path+"@alice:example.org", admin, ""), 403, "M_USER_SUSPENDED")
			wantAnswer(t, "PUT "+m.path, d.do(t, "PUT", m.path+"@alice:example.org", admin, `{"`+m.name+`":true}`), 403, "M_USER_SUSPENDED")
		}
		wantAnswer(t, "whois of another", d.do(t, "GET", whoisPath+"@alice:example.org", admin, ""), 403, "M_USER_SUSPENDED")
		wantAnswer(t, "whois of itself", d.do(t, "GET", whoisPath+"@admin:example.org", admin, ""), 200, "")
		if _, ok := d.capabilities(t, admin)["m.account_moderation"]; ok {
			t.Error("it is told that it may moderate")
		}
		wantAnswer(t, "alice", d.whoami(t, alice), 200, "")

		d.admin(t, "PUT", "/_synapse/admin/v1/suspend/@admin:example.org", `{"suspend":false}`, 200)
		wantAnswer(t, "afterwards", d.do(t, "GET", usersPath, admin, ""), 200, "")
	})
}

// Synapse's admin API, "Login as a user": an administrator keeps no power over
// others by a token of another administrator.
func TestWhoActsAsAnAdministratorDoesNotAdminister(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		admin := d.mustLoginAsAdmin(t, "admin")
		d.mustLoginAsAdmin(t, "chief")
		d.mustLogin(t, corp("alice"))
		const login = "/_synapse/admin/v1/users/@chief:example.org/login"
		for who, token := range map[string]string{"an administrator": admin, "the operator's program": adminToken} {
			acting := d.do(t, "POST", login, token, "{}").text("access_token")
			if got := d.whoami(t, acting).text("user_id"); got != "@chief:example.org" {
				t.Fatalf("%s acts as %q", who, got)
			}
			for _, c := range adminCalls {
				wantAnswer(t, who+": "+c.method+" "+c.path, d.do(t, c.method, "/_synapse/admin"+c.path, acting, "{}"), 403, "M_FORBIDDEN")
			}
			for _, m := range measures {
				wantAnswer(t, who+": "+m.path, d.do(t, "PUT", m.path+"@alice:example.org", acting, `{"`+m.name+`":true}`), 403, "M_FORBIDDEN")
			}
			wantAnswer(t, who+": whois", d.do(t, "GET", whoisPath+"@alice:example.org", acting, ""), 403, "M_FORBIDDEN")
			wantAnswer(t, who+": whois of the user", d.do(t, "GET", whoisPath+"@chief:example.org", acting, ""), 200, "")
			if _, ok := d.capabilities(t, acting)["m.account_moderation"]; ok {
				t.Errorf("%s is told that it may moderate", who)
			}
		}
	})
}

// An account that is given back has nothing of before: no rights, either.
func TestADeactivationTakesTheRightsOfAnAdministratorAway(t *testing.T) {
	for name, deactivate := range map[string]func(t *testing.T, d *door, token string){
		"by the operator": func(t *testing.T, d *door, _ string) {
			d.admin(t, "POST", "/_synapse/admin/v1/deactivate/@alice:example.org", "", 200)
		},
		"by an administrator's form": func(t *testing.T, d *door, _ string) {
			d.admin(t, "PUT", aliceAdmin, `{"deactivated":true,"admin":true}`, 200)
		},
		"by itself": func(t *testing.T, d *door, token string) {
			a := d.do(t, "POST", deactivatePath, token, withAuth("", byPassword("alice", "alice's")))
			wantAnswer(t, "the deactivation", a, 200, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEveryVariant(t, administrable, func(t *testing.T, d *door) {
				alice, _ := twoUsers(t, d)
				d.change(t, "@alice:example.org", func(u *domain.User) { u.Admin, u.Locked = true, false })
				deactivate(t, d, alice)
				if d.user(t, "@alice:example.org").Admin {
					t.Error("deactivated, and an administrator")
				}
				if a := d.admin(t, "PUT", aliceAdmin, `{"deactivated":false}`, 200); a.body["admin"] != false {
					t.Errorf("given back: %s", a)
				}
				again := d.mustLogin(t, corp("alice"))
				wantAnswer(t, "given back", d.do(t, "GET", usersPath, again, ""), 403, "M_FORBIDDEN")
			})
		})
	}
}

// Of a login with the old password at the same time as a new one nothing remains.
func TestALoginDuringTheResetOfItsPassword(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		logins := make(chan answer, 8)
		each(cap(logins)+1, func(i int) {
			if i == 4 {
				d.admin(t, "POST", "/_synapse/admin/v1/reset_password/@alice:example.org", `{"new_password":"correct horse"}`, 200)
				return
			}
			logins <- d.passwordLogin(t, "alice", "alice's")
		})
		close(logins)
		for a := range logins {
			if a.status == 200 {
				wantEnd(t, "a login in time", d.whoami(t, a.text("access_token")), false)
				continue
			}
			wantAnswer(t, "a login too late", a, 403, "M_FORBIDDEN")
		}
		d.wantDevices(t, "@alice:example.org")
	})
}

// Synapse's admin API, "Create or modify account": an address that two accounts
// are given at once is one's.
func TestAnAddressIsGivenToOneAccount(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		twoUsers(t, d)
		var mu sync.Mutex
		statuses := map[string]map[int]int{"alice": {}, "bob": {}}
		each(20, func(i int) {
			name := []string{"alice", "bob"}[i%2]
			a := d.do(t, "PUT", usersPath+"/@"+name+":example.org", adminToken, `{"threepids":[{"medium":"email","address":"x@example.com"}]}`)
			mu.Lock()
			defer mu.Unlock()
			statuses[name][a.status]++
			if a.status != 200 {
				wantAnswer(t, "the other", a, 400, "M_THREEPID_IN_USE")
			}
		})
		if got := fmt.Sprint(statuses); got != "map[alice:map[200:10] bob:map[400:10]]" && got != "map[alice:map[400:10] bob:map[200:10]]" {
			t.Errorf("got %s", got)
		}
	})
}

// Synapse's admin API, "List Accounts": whatever a program asks for, a page has no
// more than a thousand users.
func TestAPageOfUsersIsBounded(t *testing.T) {
	d := open(t, administrable, "memory:")
	for i := range 1001 {
		d.mustCreate(t, domain.UserID(fmt.Sprintf("@u%d:example.org", i)))
	}
	a := d.admin(t, "GET", usersPath+"?limit=2147483647", "", 200)
	if users := a.body["users"].([]any); len(users) != 1000 || a.text("next_token") != "1000" || a.body["total"] != 1001. {
		t.Errorf("%d users, next_token %q, total %v", len(users), a.text("next_token"), a.body["total"])
	}
}
