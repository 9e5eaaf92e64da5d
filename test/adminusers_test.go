package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	adminToken = "0123456789abcdef-of-the-operator"
	usersPath  = "/_synapse/admin/v2/users"
	aliceAdmin = usersPath + "/@alice:example.org"
)

// administrable is confirmable, with a token for programs.
const administrable = confirmable + `
admin: {api_token: "` + adminToken + `"}
`

// admin sends a request of the operator's program, and wants it to succeed.
func (d *door) admin(t *testing.T, method, path, body string, status int) answer {
	t.Helper()
	a := d.do(t, method, path, adminToken, body)
	if a.status != status {
		t.Fatalf("%s %s %s: got %s; want %d", method, path, body, a, status)
	}
	return a
}

// adminCalls are all there are.
var adminCalls = []struct{ method, path string }{
	{"GET", "/v2/users"}, {"GET", "/v2/users/@alice:example.org"}, {"PUT", "/v2/users/@alice:example.org"},
	{"POST", "/v1/deactivate/@alice:example.org"}, {"PUT", "/v1/suspend/@alice:example.org"},
	{"POST", "/v1/reset_password/@alice:example.org"}, {"POST", "/v1/users/@alice:example.org/login"},
	{"GET", "/v1/users/@alice:example.org/admin"}, {"PUT", "/v1/users/@alice:example.org/admin"},
	{"GET", "/v1/whois/@alice:example.org"}, {"GET", "/v1/username_available?username=x"}, {"GET", "/v1/server_version"},
	{"GET", "/v2/users/@alice:example.org/devices"}, {"GET", "/v2/users/@alice:example.org/devices/PHONE"},
	{"PUT", "/v2/users/@alice:example.org/devices/PHONE"}, {"DELETE", "/v2/users/@alice:example.org/devices/PHONE"},
	{"POST", "/v2/users/@alice:example.org/delete_devices"},
	{"GET", "/v1/registration_tokens"}, {"POST", "/v1/registration_tokens/new"}, {"GET", "/v1/registration_tokens/abc"},
	{"PUT", "/v1/registration_tokens/abc"}, {"DELETE", "/v1/registration_tokens/abc"},
}

// Synapse's admin API: nobody but administrators learns anything from it.
func TestTheAdminAPIIsForAdministrators(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		admin, locked := d.mustLoginAsAdmin(t, "admin"), d.mustLoginAsAdmin(t, "locked")
		d.change(t, "@locked:example.org", func(u *domain.User) { u.Locked = true })
		for _, c := range adminCalls {
			path := "/_synapse/admin" + c.path
			ask := func(method, token string) answer { return d.do(t, method, path, token, "{") }
			what := c.method + " " + path
			wantAnswer(t, what+" without a token", ask(c.method, ""), 401, "M_MISSING_TOKEN")
			wantAnswer(t, what+" with rubbish", ask(c.method, "rubbish"), 401, "M_UNKNOWN_TOKEN")
			wantAnswer(t, what+" with a part of the token", ask(c.method, adminToken[:31]), 401, "M_UNKNOWN_TOKEN")
			wantAnswer(t, what+" with more than the token", ask(c.method, adminToken+"x"), 401, "M_UNKNOWN_TOKEN")
			wantAnswer(t, what+" as a user", ask(c.method, alice), 403, "M_FORBIDDEN")
			wantAnswer(t, what+" as a locked administrator", ask(c.method, locked), 401, "M_USER_LOCKED")
			for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
				if a := ask(method, alice); a.status < 400 {
					t.Errorf("%s %s: %s", method, path, a)
				}
			}
			for who, token := range map[string]string{"an administrator": admin, "the operator's program": adminToken} {
				if c.method == "DELETE" || strings.HasSuffix(path, "/login") || strings.Contains(path, "deactivate") {
					continue // they need no body
				}
				if a := ask(c.method, token); a.status == 401 || a.status == 403 || a.status >= 500 {
					t.Errorf("%s as %s: %s", what, who, a)
				}
			}
		}
		for _, path := range []string{"/_matrix/client/v3/account/whoami", "/_matrix/client/v3/devices", lockPath + "@alice:example.org", whoisPath + "@alice:example.org"} {
			wantAnswer(t, "the operator's token at "+path, d.do(t, "GET", path, adminToken, ""), 401, "M_UNKNOWN_TOKEN")
		}
		if strings.Contains(d.log.String(), adminToken[:16]) {
			t.Error("the token is in the log")
		}
	})
}

// No token is the operator's if none is configured.
func TestWithoutATokenNoProgramAdministers(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for _, token := range []string{adminToken, "%00", "0"} {
			wantAnswer(t, token, d.do(t, "GET", usersPath, token, ""), 401, "M_UNKNOWN_TOKEN")
		}
		wantAnswer(t, "none", d.do(t, "GET", usersPath, "", ""), 401, "M_MISSING_TOKEN")
	})
}

// Synapse's admin API, "List Accounts".
func TestAdministratorsListUsers(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		at := time.UnixMilli(1_700_000_000_123)
		for _, u := range []domain.User{
			{ID: "@alice:example.org", DisplayName: "Alice A.", AvatarURL: "mxc://example.org/a", CreatedAt: at},
			{ID: "@bob:example.org", Admin: true, CreatedAt: at}, {ID: "@carol:example.org", Suspended: true, CreatedAt: at},
			{ID: "@dead:example.org", Deactivated: true, Erased: true, CreatedAt: at}, {ID: "@locked:example.org", Locked: true, CreatedAt: at},
			{ID: "@1:example.org", Guest: true, CreatedAt: at},
		} {
			if err := d.Storage.Repositories().Users.Create(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ query, names, next, total string }{
			{"", "1 alice bob carol", "", "4"},
			{"from=0&limit=10&guests=false", "alice bob carol", "", "3"},
			{"guests=true", "1 alice bob carol", "", "4"},
			{"deactivated=true", "1 alice bob carol dead", "", "5"},
			{"deactivated=false", "1 alice bob carol", "", "4"},
			{"locked=true", "1 alice bob carol locked", "", "5"},
			{"deactivated=true&locked=true", "1 alice bob carol dead locked", "", "6"},
			{"admins=true", "bob", "", "1"},
			{"admins=false", "1 alice carol", "", "3"},
			{"name=LIC", "alice", "", "1"},
			{"name=a.", "alice", "", "1"},
			{"user_id=bob", "bob", "", "1"},
			{"name=carol&user_id=bob", "carol", "", "1"},
			{"name=nobody", "", "", "0"},
			{"limit=2", "1 alice", "2", "4"},
			{"limit=2&from=2", "bob carol", "", "4"},
			{"limit=1&from=2", "bob", "3", "4"},
			{"limit=0", "", "", "4"},
			{"from=9", "", "", "4"},
			{"order_by=name&dir=f", "1 alice bob carol", "", "4"},
		} {
			a := d.admin(t, "GET", usersPath+"?"+c.query, "", 200)
			var names []string
			for _, u := range a.body["users"].([]any) {
				names = append(names, domain.UserID(u.(map[string]any)["name"].(string)).Localpart())
			}
			if strings.Join(names, " ") != c.names || a.text("next_token") != c.next || fmt.Sprint(a.body["total"]) != c.total {
				t.Errorf("%s: got %s", c.query, a)
			}
		}
		const alice = `{"users":[{"name":"@alice:example.org","displayname":"Alice A.","avatar_url":"mxc://example.org/a","user_type":null,` +
			`"is_guest":false,"admin":false,"deactivated":false,"erased":false,"locked":false,"suspended":false,"shadow_banned":false,` +
			`"creation_ts":1700000000123,"last_seen_ts":null}]}`
		if a := d.admin(t, "GET", usersPath+"?name=alice", "", 200); a.raw != `{"total":1,`+alice[1:] {
			t.Errorf("got %s", a)
		}
		for _, query := range []string{"from=x", "from=-1", "limit=-1", "limit=1e9999", "limit=99999999999999999999", "guests=yes", "deactivated=", "locked=1", "admins=no", "order_by=creation_ts", "dir=b", "name=%00"} {
			wantAnswer(t, query, d.do(t, "GET", usersPath+"?"+query, adminToken, ""), 400, "M_INVALID_PARAM")
		}
	})
}

// Synapse's admin API, "Query User Account".
func TestAdministratorsSeeAUser(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{
			ID: "@alice:example.org", Admin: true, Suspended: true, CreatedAt: time.UnixMilli(1_700_000_000_123),
		})
		if err != nil {
			t.Fatal(err)
		}
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		const want = `{"name":"@alice:example.org","displayname":null,"avatar_url":null,"user_type":null,` +
			`"is_guest":false,"admin":true,"deactivated":false,"erased":false,"locked":false,"suspended":true,"shadow_banned":false,` +
			`"creation_ts":1700000000,"last_seen_ts":null,` +
			`"threepids":[{"medium":"email","address":"alice@example.com","added_at":1700000000001,"validated_at":1700000000000}],` +
			`"external_ids":[],"appservice_id":null,"consent_server_notice_sent":null,"consent_version":null,"consent_ts":null}`
		for _, id := range []string{"@alice:example.org", "%40alice%3Aexample.org"} {
			if a := d.admin(t, "GET", usersPath+"/"+id, "", 200); a.raw != want {
				t.Errorf("got %s; want %s", a, want)
			}
		}
		wantAnswer(t, "nobody", d.do(t, "GET", usersPath+"/@nobody:example.org", adminToken, ""), 404, "M_NOT_FOUND")
		wantAnswer(t, "elsewhere", d.do(t, "GET", usersPath+"/@alice:other.org", adminToken, ""), 400, "M_INVALID_PARAM")
		wantAnswer(t, "no user id", d.do(t, "GET", usersPath+"/alice", adminToken, ""), 400, "M_INVALID_PARAM")
		if a := d.admin(t, "GET", "/_synapse/admin/v1/users/@alice:example.org/admin", "", 200); a.raw != `{"admin":true}` {
			t.Errorf("got %s", a)
		}
	})
}

// Synapse's admin API, "Login as a user".
func TestAnAdministratorActsAsAUser(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		now := d.setClock()
		alice, _ := twoUsers(t, d)
		admin := d.mustLoginAsAdmin(t, "admin")
		const path = "/_synapse/admin/v1/users/@alice:example.org/login"
		forEver := d.admin(t, "POST", path, "", 200).text("access_token")
		a := d.do(t, "POST", path, admin, fmt.Sprintf(`{"valid_until_ms":%d}`, now.Add(time.Minute).UnixMilli()))
		wantAnswer(t, "for a while", a, 200, "")
		forAWhile := a.text("access_token")
		for what, token := range map[string]string{"for ever": forEver, "for a while": forAWhile} {
			if a := d.whoami(t, token); a.status != 200 || a.raw != `{"user_id":"@alice:example.org","is_guest":false}` {
				t.Errorf("%s: %s", what, a)
			}
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		wantAnswer(t, "it administers nothing", d.do(t, "GET", usersPath, forEver, ""), 403, "M_FORBIDDEN")
		*now = now.Add(time.Minute)
		wantEnd(t, "a minute later", d.whoami(t, forAWhile), false)
		wantAnswer(t, "logout of the other", d.do(t, "POST", "/_matrix/client/v3/logout", forEver, ""), 200, "")
		wantEnd(t, "after it", d.whoami(t, forEver), false)
		wantAnswer(t, "alice herself", d.whoami(t, alice), 200, "")

		forEver = d.admin(t, "POST", path, "{}", 200).text("access_token")
		wantAnswer(t, "logout of everything", d.do(t, "POST", "/_matrix/client/v3/logout/all", alice, ""), 200, "")
		wantEnd(t, "after it", d.whoami(t, forEver), false)

		for what, c := range map[string]struct {
			user, body string
			status     int
			errcode    string
		}{
			"oneself":               {"@admin:example.org", "{}", 403, "M_FORBIDDEN"},
			"nobody":                {"@nobody:example.org", "{}", 404, "M_NOT_FOUND"},
			"elsewhere":             {"@alice:other.org", "{}", 400, "M_INVALID_PARAM"},
			"a time that is gone":   {"@alice:example.org", fmt.Sprintf(`{"valid_until_ms":%d}`, now.UnixMilli()), 400, "M_INVALID_PARAM"},
			"the beginning of time": {"@alice:example.org", `{"valid_until_ms":0}`, 400, "M_INVALID_PARAM"},
			"no time":               {"@alice:example.org", `{"valid_until_ms":"x"}`, 400, "M_BAD_JSON"},
			"a fraction":            {"@alice:example.org", `{"valid_until_ms":1.5}`, 400, "M_BAD_JSON"},
			"too large":             {"@alice:example.org", `{"valid_until_ms":9007199254740993}`, 400, "M_BAD_JSON"},
			"no JSON":               {"@alice:example.org", `{`, 400, "M_NOT_JSON"},
		} {
			wantAnswer(t, what, d.do(t, "POST", "/_synapse/admin/v1/users/"+c.user+"/login", admin, c.body), c.status, c.errcode)
		}
		// The fault of the other account must not look like one's own.
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "a locked user", d.do(t, "POST", path, admin, "{}"), 400, "M_INVALID_PARAM")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Deactivated = false, true })
		wantAnswer(t, "a deactivated user", d.do(t, "POST", path, admin, "{}"), 400, "M_INVALID_PARAM")
	})
}

// Synapse's admin API, "Check username availability".
func TestAdministratorsAskWhetherANameIsFree(t *testing.T) {
	settings := strings.Replace(withBridge(t), "jwt:", "admin: {api_token: "+adminToken+"}\njwt:", 1)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
		const path = "/_synapse/admin/v1/username_available"
		if a := d.admin(t, "GET", path+"?username=carol", "", 200); a.raw != `{"available":true}` {
			t.Errorf("got %s", a)
		}
		for name, errcode := range map[string]string{
			"alice": "M_USER_IN_USE", "a%20b": "M_INVALID_USERNAME", "": "M_INVALID_USERNAME", "_x": "M_INVALID_USERNAME",
			"123": "M_INVALID_USERNAME", "ircbot": "M_EXCLUSIVE", strings.Repeat("a", 250): "M_INVALID_USERNAME",
		} {
			wantAnswer(t, name, d.do(t, "GET", path+"?username="+name, adminToken, ""), 400, errcode)
		}
		wantAnswer(t, "no name", d.do(t, "GET", path, adminToken, ""), 400, "M_MISSING_PARAM")
		wantAnswer(t, "the version", d.do(t, "GET", "/_synapse/admin/v1/server_version", adminToken, ""), 200, "")
	})
}
