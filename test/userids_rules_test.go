package test

import (
	"strings"
	"testing"
)

// hostileUserIDs are what may stand in a path for a user id, and name nobody.
var hostileUserIDs = map[string]string{
	"upper case":            "@ALICE:example.org",
	"upper case, server":    "@alice:EXAMPLE.org",
	"encoded twice":         "%2540alice%253Aexample.org",
	"NUL":                   "@alice%00:example.org",
	"NUL at the end":        "@alice:example.org%00",
	"no UTF-8":              "@%ff:example.org",
	"a surrogate":           "@%ed%a0%80:example.org",
	"spaces":                "%20@alice:example.org",
	"a line":                "@alice:example.org%0a",
	"a path":                "..%2f..%2fv1%2fusers",
	"a path after it":       "@alice:example.org%2f..%2f@alice:example.org",
	"a port":                "@alice:example.org:8448",
	"another server":        "@alice:other.org",
	"no localpart":          "@:example.org",
	"no server":             "@alice:",
	"no colon":              "@alice",
	"no @":                  "alice:example.org",
	"SQL":                   "@alice'--:example.org",
	"a pattern":             "@%25:example.org",
	"5,000 bytes":           "@" + strings.Repeat("a", 5000) + ":example.org",
	"256 bytes":             "@" + strings.Repeat("a", 243) + ":example.org",
	"another kind of digit": "@alice\u200b:example.org",
}

// Whatever stands in a path for a user, nobody else is meant, and nothing breaks.
func TestHostileUserIDsMeanNobody(t *testing.T) {
	calls := []struct{ method, before, after string }{
		{"GET", lockPath, ""}, {"PUT", lockPath, ""}, {"PUT", suspendPath, ""}, {"GET", whoisPath, ""},
		{"POST", "/_matrix/client/v3/user/", "/openid/request_token"},
	}
	for _, c := range adminCalls {
		if before, after, ok := strings.Cut(c.path, "@alice:example.org"); ok {
			calls = append(calls, struct{ method, before, after string }{c.method, "/_synapse/admin" + before, after})
		}
	}
	const body = `{"locked":true,"suspended":true,"suspend":true,"admin":true,"new_password":"correct horse","devices":["PHONE"],"display_name":"x"}`
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		admin := d.mustLoginAsAdmin(t, "admin")
		before := d.user(t, "@alice:example.org")
		for what, id := range hostileUserIDs {
			for _, c := range calls {
				a := d.do(t, c.method, c.before+id+c.after, admin, body)
				if a.status != 400 && a.status != 403 && a.status != 404 || a.text("errcode") == "" {
					t.Errorf("%s: %s %s: %s", what, c.method, c.before+c.after, a)
				}
			}
		}
		if after := d.user(t, "@alice:example.org"); after != before {
			t.Errorf("alice was %+v and is %+v", before, after)
		}
		d.wantUsable(t, alice, "PHONE")
		if a := d.admin(t, "GET", usersPath, "", 200); a.body["total"] != 2. {
			t.Errorf("users: %s", a)
		}
	})
}
