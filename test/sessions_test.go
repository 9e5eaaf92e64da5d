package test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestOfLogoutsAtOnceOneSucceeds(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		other := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`)
		for range 5 {
			h := d.mustLoginRefreshable(t, "PHONE")
			answers := all(20, func(int) answer { return d.do(t, "POST", logoutPath, h.access, "") })
			if got := tally(answers); got["200"] != 1 || got["401 M_UNKNOWN_TOKEN"] != 19 {
				t.Errorf("got %v", got)
			}
			wantEnd(t, "the access token", d.whoami(t, h.access), false)
			wantEnd(t, "the refresh token", d.refresh(t, h.refresh), false)
		}
		d.wantUsable(t, other, "TABLET")
		d.wantDevices(t, "@alice:example.org", "TABLET")
	})
}

// A sign-in that ends with a logout of all either was before it or comes after
// it: what it leaves is whole.
func TestLoginsAgainstALogoutOfAll(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for range 3 {
			token := d.mustLogin(t, jwt(claims{"sub": "alice"}))
			answers := all(20, func(i int) answer {
				if i == 10 {
					return d.do(t, "POST", logoutPath+"/all", token, "")
				}
				return d.login(t, jwt(claims{"sub": "alice"}), fmt.Sprintf(`"device_id":"D%d"`, i))
			})
			alive := map[domain.DeviceID]bool{}
			for _, a := range answers {
				if a.status != 200 {
					t.Errorf("got %s", a)
				}
				if a.text("access_token") != "" && d.whoami(t, a.text("access_token")).status == 200 {
					alive[domain.DeviceID(a.text("device_id"))] = true
				}
			}
			wantEnd(t, "the first token", d.whoami(t, token), false)
			devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org")
			if err != nil || len(devices) != len(alive) {
				t.Errorf("%d devices and %d tokens are left, %v", len(devices), len(alive), err)
			}
			if len(alive) > 0 {
				for _, a := range answers {
					if alive[domain.DeviceID(a.text("device_id"))] {
						d.do(t, "POST", logoutPath+"/all", a.text("access_token"), "")
						break
					}
				}
			}
		}
	})
}

// "Relationship between access tokens and devices": ids of devices are each
// user's own.
func TestOneDeviceIDOfTwoUsers(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		for _, c := range []struct{ method, path, body string }{
			{"PUT", devicesPath + "LAPTOP", `{"display_name":"bob's"}`},
			{"DELETE", devicesPath + "LAPTOP", withAuth("", byPassword("bob", "bob's"))},
			{"POST", deleteDevicesPath, withAuth("", byPassword("bob", "bob's"), `"devices":["PHONE","TABLET","LAPTOP","@alice:example.org/PHONE"]`)},
		} {
			d.do(t, c.method, c.path, bob, c.body)
			d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		}
		d.wantUsable(t, alice, "PHONE")
		wantEnd(t, "bob, who deleted his own", d.whoami(t, bob), false)
		bob = d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
		d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
		wantEnd(t, "bob's earlier token", d.whoami(t, bob), false)
		d.wantUsable(t, alice, "PHONE")
		for _, query := range []string{"?user_id=@alice:example.org", "?user_id=@alice:example.org&device_id=PHONE", "?org.matrix.msc3202.device_id=TABLET"} {
			bob := d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
			if a := d.do(t, "GET", "/_matrix/client/v3/account/whoami"+query, bob, ""); a.text("user_id") != "@bob:example.org" || a.text("device_id") != "PHONE" {
				t.Errorf("%s: %s", query, a)
			}
		}
	})
}

func TestDeviceIDsThatNobodyMayHave(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		for _, ids := range []string{`null`, `"PHONE"`, `{}`, `[1]`, `[null]`, `["PHONE",["TABLET"]]`, `["\u0000"]`, `["\ud800"]`} {
			a := d.do(t, "POST", deleteDevicesPath, alice, withAuth("", byPassword("alice", "alice's"), `"devices":`+ids))
			if a.status != 400 {
				t.Errorf("devices %s: %s", ids, a)
			}
		}
		for _, id := range []string{"%00", "%0D%0A", "%FF", "..", "%2E%2E%2F", "%20", strings.Repeat("x", 5000), "'%3B--", "%F0%9F%98%80"} {
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				a := d.do(t, method, devicesPath+id, alice, "{}")
				if a.status < 400 || a.status >= 500 {
					t.Errorf("%s %.40s: %s", method, id, a)
				}
			}
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		d.wantUsable(t, alice, "PHONE")
	})
}

// "Login Fallback": the page is a page, at this path and no other.
func TestTheLoginPage(t *testing.T) {
	const path = "/_matrix/static/client/login/"
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for _, query := range []string{"", "?device_id=PHONE&initial_device_display_name=x", "?device_id=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"} {
			a := d.page(t, path+query, nil) // which looks at the headers
			wantPage(t, query, a, 200, "matrixLogin", "<form")
			policy := a.header.Get("Content-Security-Policy")
			for _, rule := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'sha256-"} {
				if !strings.Contains(policy, rule) {
					t.Errorf("the policy %q lacks %s", policy, rule)
				}
			}
			if h := a.header; strings.Contains(policy, "unsafe") || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" ||
				h.Get("Set-Cookie") != "" || strings.Contains(a.raw, "alert(1)") {
				t.Errorf("%v", h)
			}
		}
		for _, other := range []string{"/_matrix/static/client/login", "/_matrix/static/client/login/index.html", "/_matrix/static/", "/_matrix/static/client/login//"} {
			wantAnswer(t, other, d.do(t, "GET", other, "", ""), 404, "M_UNRECOGNIZED")
		}
		wantAnswer(t, "POST", d.do(t, "POST", path, "", "{}"), 405, "M_UNRECOGNIZED")
		if a := d.doWith(t, http.Header{"Origin": {"https://evil.example"}}, "OPTIONS", path, ""); a.status != 204 {
			t.Errorf("OPTIONS: %s", a)
		}
	})
}
