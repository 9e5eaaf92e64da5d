package test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// The first login that the two documents show, sent as they show it: with
// curl --data, so with the content type of a form.
func TestTheDocumentedExampleWorksAsPrinted(t *testing.T) {
	example, err := os.ReadFile("../config/examples/synapse-jwt-doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"type":"org.matrix.login.jwt","token":"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0LXVzZXIifQ.Ag71GT8v01UO3w80aqRPTeuVPBIBZkYhNTJJ-_-zQIc"}`
	onEveryVariant(t, string(example), func(t *testing.T, d *door) {
		req, err := http.NewRequestWithContext(t.Context(), "POST", d.url+loginPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := send(t, req)
		if a.status != 200 || a.text("user_id") != "@test-user:localhost" || a.text("home_server") != "localhost" ||
			a.text("access_token") == "" || a.text("device_id") == "" {
			t.Fatalf("got %s", a)
		}
		if !strings.Contains(d.log.String(), "allow_weak_secret") {
			t.Error("the weak secret was not warned of")
		}
	})
}

func TestASessionFromLoginToLogout(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		a := d.login(t, jwt(claims{"sub": "alice", "exp": in(time.Minute)}), `"device_id":"PHONE"`, `"initial_device_display_name":"Alice's phone"`, `"refresh_token":false`)
		if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" || a.text("home_server") != "example.org" {
			t.Fatalf("login: %s", a)
		}
		if wk, _ := a.body["well_known"].(map[string]any); fmt.Sprint(wk) != "map[m.homeserver:map[base_url:https://matrix.example.org/]]" {
			t.Errorf("well_known: %s", a)
		}
		for _, absent := range []string{"refresh_token", "expires_in_ms"} {
			if _, there := a.body[absent]; there {
				t.Errorf("%s: %s", absent, a)
			}
		}
		phone := a.text("access_token")
		laptop := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		tablet := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		bob := d.mustLogin(t, jwt(claims{"sub": "bob"}), `"device_id":"PHONE"`)

		if a := d.whoami(t, phone); a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" || a.body["is_guest"] != false {
			t.Errorf("whoami: %s", a)
		}
		if a := d.do(t, "GET", "/_matrix/client/r0/account/whoami?access_token="+phone, "", ""); a.status != 200 || a.text("device_id") != "PHONE" {
			t.Errorf("whoami with the token in the query: %s", a)
		}
		unknown := refusal{"", "", 401, "M_UNKNOWN_TOKEN", ""}
		for _, prefix := range []string{"v3", "r0"} {
			logout := "/_matrix/client/" + prefix + "/logout"
			token := map[string]string{"v3": phone, "r0": tablet}[prefix]
			if a := d.do(t, "POST", logout, token, ""); a.status != 200 || a.raw != "{}\n" && a.raw != "{}" {
				t.Errorf("logout: %s", a)
			}
			unknown.check(t, d.whoami(t, token))
			unknown.check(t, d.do(t, "POST", logout, token, "{}"))
		}
		if a := d.whoami(t, laptop); a.status != 200 {
			t.Errorf("the other device after the logout: %s", a)
		}
		devices := d.Storage.Repositories().Devices
		if list, err := devices.List(t.Context(), "@alice:example.org"); err != nil || len(list) != 1 {
			t.Errorf("devices after the logout: %v, %v", list, err)
		}
		phone = d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
		if a := d.do(t, "POST", "/_matrix/client/v3/logout/all", phone, ""); a.status != 200 {
			t.Errorf("logout of all: %s", a)
		}
		unknown.check(t, d.whoami(t, phone))
		unknown.check(t, d.whoami(t, laptop))
		if a := d.whoami(t, bob); a.status != 200 || a.text("user_id") != "@bob:example.org" {
			t.Errorf("another user after the logout of all: %s", a)
		}
		refusal{"", "", 401, "M_MISSING_TOKEN", ""}.check(t, d.do(t, "POST", "/_matrix/client/v3/logout", "", ""))
	})
}

func TestALoginOnAKnownDeviceReplacesItsToken(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		login := func(name string) string {
			return d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`, `"initial_device_display_name":"`+name+`"`)
		}
		first, second := login("first"), login("second")
		if a := d.whoami(t, first); a.status != 401 || a.text("errcode") != "M_UNKNOWN_TOKEN" || a.body["soft_logout"] == true {
			t.Errorf("the earlier token: %s", a)
		}
		if a := d.whoami(t, second); a.status != 200 {
			t.Errorf("the later token: %s", a)
		}
		device, err := d.Storage.Repositories().Devices.ByID(t.Context(), "@alice:example.org", "PHONE")
		if err != nil || device.DisplayName != "first" {
			t.Errorf("the device is %+v, %v; its name was to stay", device, err)
		}
	})
}

func TestWhatALoginAccepts(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		good := claims{"sub": "alice"}
		for name, body := range map[string]string{
			"the deprecated type":             strings.Replace(loginBody(jwt(good)), "org.matrix.login.jwt", "m.login.jwt", 1),
			"null for every optional field":   loginBody(jwt(good), `"device_id":null`, `"initial_device_display_name":null`, `"refresh_token":null`),
			"unknown members":                 loginBody(jwt(good), `"user":"bob"`, `"access_token":"x"`, `"org.example.x":{"y":[1]}`),
			"upper case, which is folded":     loginBody(jwt(claims{"sub": "ALICE"})),
			"all times, within the leeway":    loginBody(jwt(good.with(claims{"exp": in(-100 * time.Second), "nbf": in(100 * time.Second), "iat": in(100 * time.Second)}))),
			"a fractional exp":                loginBody(jwt(`{"sub":"alice","exp":` + fmt.Sprint(in(time.Minute)) + `.5}`)),
			"aud null":                        loginBody(jwt(good.with(claims{"aud": nil}))),
			"claims that mean nothing here":   loginBody(jwt(good.with(claims{"admin": true, "user_id": "@bob:example.org", "SUB": "bob", "EXP": 0}))),
			"a header with keys of its own":   loginBody(jws(`{"alg":"HS256","kid":"x","jku":"http://127.0.0.1:1/","jwk":{"kty":"oct","k":"AA"}}`, good)),
			"a typ of no special meaning":     loginBody(jws(`{"alg":"HS256","typ":"at+jwt"}`, good)),
			"a body as large as it may be":    loginBody(jwt(good), `"x":"`+strings.Repeat("x", 65536-len(loginBody(jwt(good), `"x":""`)))+`"`),
			"the longest device id":           loginBody(jwt(good), `"device_id":"`+strings.Repeat("\u2603", 255)+`"`),
			"a device id with odd characters": loginBody(jwt(good), `"device_id":"a/b ..%00\ud83d\ude00"`),
		} {
			t.Run(name, func(t *testing.T) {
				a := d.do(t, "POST", loginPath, "", body)
				if a.status != 200 || a.text("user_id") != "@alice:example.org" {
					t.Fatalf("got %s", a)
				}
				if who := d.whoami(t, a.text("access_token")); who.text("device_id") != a.text("device_id") || who.text("user_id") != "@alice:example.org" {
					t.Errorf("whoami: %s", who)
				}
			})
		}
		if a := d.login(t, jwt(claims{"sub": "bob", "iss": strings.Repeat("x", 5000)})); a.text("user_id") != "@bob:example.org" {
			t.Errorf("an issuer nobody asked for: %s", a)
		}
	})
}

func TestTheLongestUserID(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		name := strings.Repeat("a", 255-len("@:example.org"))
		if a := d.login(t, jwt(claims{"sub": name})); a.status != 200 || len(a.text("user_id")) != 255 {
			t.Errorf("got %s", a)
		}
	})
}

// mapped has what a provider can do with claims.
const mapped = `
server_name: example.org
jwt:
  providers:
    - name: corp
      secret: "` + secret + `"
      subject_claim: user.name
      display_name_claim: user.display
      localpart: escape
`

func TestClaimsAreMappedAsConfigured(t *testing.T) {
	user := func(name any, more ...any) claims {
		c := claims{"name": name}
		if len(more) > 0 {
			c["display"] = more[0]
		}
		return claims{"sub": name, "user": c}
	}
	onEveryVariant(t, mapped, func(t *testing.T, d *door) {
		users := d.Storage.Repositories().Users
		for sub, want := range map[string]string{
			"Alice": "@alice:example.org", "al ice": "@al=20ice:example.org", "a=b": "@a=3db:example.org",
			"alice@corp.example": "@alice=40corp.example:example.org", "á": "@=c3=a1:example.org", "\u212a": "@=e2=84=aa:example.org",
		} {
			if a := d.login(t, jwt(user(sub))); a.status != 200 || a.text("user_id") != want {
				t.Errorf("%q: got %s; want %s", sub, a, want)
			}
		}
		for name, r := range map[string]refusal{
			"user id":            {"", loginBody(jwt(user("@alice:example.org"))), 400, "M_INVALID_USERNAME", charactersText},
			"other server's":     {"", loginBody(jwt(user("@alice:other.org"))), 400, "M_INVALID_USERNAME", charactersText},
			"empty":              {"", loginBody(jwt(user(""))), 400, "M_INVALID_USERNAME", "User ID cannot be empty"},
			"too long, escaped":  {"", loginBody(jwt(user(strings.Repeat("!", 85)))), 400, "M_INVALID_USERNAME", "User ID may not be longer than 255 characters"},
			"not where it leads": {"", loginBody(jwt(claims{"sub": "alice"})), 403, "M_FORBIDDEN", "Invalid JWT"},
			"leads through text": {"", loginBody(jwt(claims{"user": "alice"})), 403, "M_FORBIDDEN", "Invalid JWT"},
			"display name":       {"", loginBody(jwt(user("alice", 1))), 403, "M_FORBIDDEN", "JWT validation failed: invalid_claim: Invalid claim 'user.display'"},
		} {
			t.Run(name, func(t *testing.T) { r.check(t, d.do(t, "POST", loginPath, "", r.body)) })
		}
		d.mustLogin(t, jwt(user("carol", "Carol C.")))
		d.mustLogin(t, jwt(user("carol", "Somebody else")))
		if carol, err := users.ByID(t.Context(), "@carol:example.org"); err != nil || carol.DisplayName != "Carol C." {
			t.Errorf("the display name of the first login was to stay: %+v, %v", carol, err)
		}
	})
}

func TestAUserUnderTheExactSpellingIsTakenFirst(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@Alice:example.org"}); err != nil {
			t.Fatal(err)
		}
		for sub, want := range map[string]string{"Alice": "@Alice:example.org", "alice": "@alice:example.org", "ALICE": "@alice:example.org"} {
			if a := d.login(t, jwt(claims{"sub": sub})); a.status != 200 || a.text("user_id") != want {
				t.Errorf("%s: got %s; want %s", sub, a, want)
			}
		}
	})
}

func TestFlowsListTheTypesThatAreAccepted(t *testing.T) {
	const local = "map[type:m.login.password] map[get_login_token:true type:m.login.token]"
	for _, c := range []struct{ name, settings, want string }{
		{"both names", plain, "[map[type:org.matrix.login.jwt] map[type:m.login.jwt] " + local + "]"},
		{"the deprecated one off", strict, "[map[type:org.matrix.login.jwt] " + local + "]"},
		{"no provider", "server_name: example.org\n", "[" + local + "]"},
		{"nothing at all", "server_name: example.org\npassword: {enabled: false}\nlogin_token: {enabled: false}\n", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryVariant(t, c.settings, func(t *testing.T, d *door) {
				for _, prefix := range []string{"v3", "r0", "unstable"} {
					if a := d.do(t, "GET", "/_matrix/client/"+prefix+"/login", "", "{}"); a.status != 200 || fmt.Sprint(a.body["flows"]) != c.want {
						t.Errorf("%s: got %s; want %s", prefix, a, c.want)
					}
				}
			})
		})
	}
}

func TestFirstLoginsAtOnceAllSucceed(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		tokens := atOnce(t, d, 50, "")
		for _, token := range tokens {
			if a := d.whoami(t, token); a.status != 200 || a.text("user_id") != "@alice:example.org" {
				t.Errorf("got %s", a)
			}
		}
	})
}

func TestLoginsAtOnceOnOneDeviceLeaveOneToken(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alive := 0
		for _, token := range atOnce(t, d, 50, "PHONE") {
			if d.whoami(t, token).status == 200 {
				alive++
			}
		}
		devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org")
		if alive != 1 || err != nil || len(devices) != 1 {
			t.Errorf("%d tokens alive, %d devices, %v; want one each", alive, len(devices), err)
		}
	})
}

func atOnce(t *testing.T, d *door, n int, device string) []string {
	t.Helper()
	var more []string
	if device != "" {
		more = append(more, fmt.Sprintf(`"device_id":%q`, device))
	}
	tokens := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			a := d.login(t, jwt(claims{"sub": "alice"}), more...)
			if a.status != 200 {
				t.Errorf("got %s", a)
			}
			tokens[i] = a.text("access_token")
		})
	}
	all.Wait()
	return tokens
}

func TestNothingSecretIsLoggedAtDebugLevel(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		good := jwt(claims{"sub": "alice", "jti": "a-jti-of-the-test"})
		token := d.mustLogin(t, good)
		first := d.mustLoginRefreshable(t, "PHONE")
		second := d.mustRefresh(t, first.refresh)
		d.refresh(t, second.refresh)
		d.refresh(t, first.refresh)
		d.do(t, "POST", refreshPath+"?refresh_token="+second.refresh, first.access, `{"refresh_token":["`+second.refresh+`"]}`)
		bad := sign(input(good), "a wrong secret")
		expired := jwt(claims{"sub": "alice", "exp": 1})
		d.login(t, bad)
		d.login(t, expired)
		d.login(t, good, `"password":"a-password-of-the-test"`)
		d.do(t, "GET", "/_matrix/client/v3/account/whoami?access_token="+token, "", "")
		d.do(t, "GET", "/_matrix/client/v3/nothing?access_token="+token, token, "")
		d.do(t, "POST", "/_matrix/client/v3/logout", token, "")
		d.whoami(t, token)
		d.whoami(t, "not-even-a-token-of-the-test")
		log := d.log.String()
		if !strings.Contains(log, "@alice:example.org") {
			t.Error("the log says nothing of the login")
		}
		secrets := []string{first.access, first.refresh, second.access, second.refresh, secret, token, good, bad, expired, "a-jti-of-the-test", "a-password-of-the-test", "not-even-a-token-of-the-test"}
		for _, token := range []string{good, bad, expired} {
			secrets = append(secrets, strings.Split(token, ".")[1:]...)
		}
		for _, s := range secrets {
			if strings.Contains(log, s) {
				t.Errorf("the log holds %q", s)
			}
		}
	})
}
