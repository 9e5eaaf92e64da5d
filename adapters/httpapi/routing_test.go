package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

// routes are all paths, and the methods that are served on each.
func routes() map[string][]string {
	all := map[string][]string{
		"/_matrix/client/versions":   {"GET"},
		"/.well-known/matrix/client": {"GET"},
		"/health":                    {"GET"},
		metadataPath:                 {"GET"},
		introspectPath:               {"POST"},
		revokePath:                   {"POST"},
	}
	all["/_matrix/client/v3/refresh"] = []string{"POST"}
	all["/_matrix/client/unstable/org.matrix.msc2918/refresh"] = []string{"POST"}
	for _, version := range []string{"r0", "v3", "unstable"} {
		prefix := "/_matrix/client/" + version
		all[prefix+"/login"] = []string{"GET", "POST"}
		all[prefix+"/logout"] = []string{"POST"}
		all[prefix+"/logout/all"] = []string{"POST"}
		all[prefix+"/account/whoami"] = []string{"GET"}
	}
	return all
}

func routedDoor() door {
	return delegatedDoor(func(a *httpapi.API) { a.Settings.PublicBaseURL = "https://example.org" })
}

func TestEveryMethodOfEveryPath(t *testing.T) {
	d := routedDoor()
	for path, served := range routes() {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"} {
			a := d.do(t, method, path, "", "X-HTTP-Method-Override: POST", "X-Method-Override: GET")
			known := false
			for _, s := range served {
				known = known || s == method
			}
			if known == (a.status == 405) {
				t.Errorf("%s %s: %d %s", method, path, a.status, a.text)
			}
			if known {
				continue
			}
			if a.errcode() != "M_UNRECOGNIZED" {
				t.Errorf("%s %s: %s", method, path, a.text)
			}
			for _, s := range served {
				if !strings.Contains(a.header.Get("Allow"), s) {
					t.Errorf("%s %s: Allow: %s", method, path, a.header.Get("Allow"))
				}
			}
		}
	}
}

func TestWhatIsNotServedIsUnrecognized(t *testing.T) {
	d := routedDoor()
	token := d.login(t, "alice", "D")
	for _, path := range []string{
		"/", "/_matrix", "/_matrix/", "/_matrix/nonsense", "/_matrix/client/", "/_matrix/client/v3", "/_matrix/client/v3/",
		"/_matrix/client/v4/login", "/_matrix/client/v1/login", "/_matrix/client/v3/room/unknown",
		"/_matrix/client/v3/versions", "/_matrix/client/v1/capabilities", "/_matrix/federation/v1/version",
		"/_matrix/client/v3/login/", "/_matrix/client/v3/logout/", "/_matrix/client/v3/account/whoami/", "/health/",
		"/_matrix/client/v3/Login", "/_MATRIX/client/v3/login", "/_matrix/client/V3/account/whoami",
		"//_matrix/client/v3/account/whoami", "/_matrix//client/v3/account/whoami", "/_matrix/client/v3/account//whoami",
		"/_matrix/client/./v3/account/whoami", "/_matrix/client/v3/../v3/account/whoami", "/x/../_matrix/client/v3/account/whoami",
		"/_matrix/client/v3/account%2fwhoami", "/_matrix/client/v3/account%2Fwhoami", "/_matrix/client/v3/account/%77hoami",
		"/_matrix/client/v3/account/whoami;x", "/_matrix/client/v3/account/whoami;x=1", "/_matrix/client/v3/account/whoami%00",
		"/_matrix/client/v3/account/whoami%20", "/_matrix/client/v3/account/whoami%ff", "/_matrix/client/v3/account\\whoami",
		"/_matrix/client/v3/account/whoami/..", "/_matrix/client/v3/account/whoami/.", "/_matrix/client/v3/account/whoami%2e",
		"/debug/pprof/", "/debug/vars", "/.env", "/.git/config", "/swagger", "/metrics", "/.well-known/matrix/server",
	} {
		for _, method := range []string{"GET", "POST"} {
			a := d.do(t, method, path, "", "Authorization: Bearer "+token)
			if a.status != 404 || a.errcode() != "M_UNRECOGNIZED" || a.header.Get("Location") != "" {
				t.Errorf("%s %s: %d %s %v", method, path, a.status, a.text, a.header)
			}
		}
	}
}

func TestOptionsIsAnsweredWithoutAskingTheEndpoint(t *testing.T) {
	d := routedDoor()
	for _, path := range []string{loginPath, whoamiPath, "/_matrix/client/v3/logout", "/_matrix/nonsense", "/", "*"} {
		r := httptest.NewRequest("OPTIONS", "/", strings.NewReader(`{"type":"org.example.badge","token":"badge of alice"}`))
		r.URL.Path = path
		a := d.send(t, r)
		if a.status != http.StatusNoContent || a.text != "" {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	if len(d.saw.logins) != 0 {
		t.Errorf("logins %v", d.saw.logins)
	}
}

func TestEveryAnswerHasTheStandardHeadersAndNoMore(t *testing.T) {
	d := routedDoor()
	for _, c := range []struct{ method, path, body string }{
		{"POST", loginPath, `{"type":"org.example.badge","token":"badge of alice"}`},
		{"POST", loginPath, `{`},
		{"POST", loginPath, `{"type":"org.example.badge","token":"bomb"}`},
		{"GET", whoamiPath, ""},
		{"GET", "/_matrix/client/versions", ""},
		{"GET", "/.well-known/matrix/client", ""},
		{"GET", metadataPath, ""},
		{"GET", "/nonsense", ""},
		{"PUT", loginPath, ""},
	} {
		a := d.do(t, c.method, c.path, c.body, "Origin: https://evil.example", "Host: evil.example",
			"X-Forwarded-Host: evil.example", "X-Original-URL: /health", "Referer: https://evil.example")
		if len(a.header.Get("X-Request-Id")) < 20 {
			t.Errorf("%s %s: X-Request-Id %q", c.method, c.path, a.header.Get("X-Request-Id"))
		}
		for _, varies := range []string{"X-Request-Id", "Allow"} {
			a.header.Del(varies)
		}
		want := http.Header{
			"Access-Control-Allow-Origin":   {"*"},
			"Access-Control-Allow-Methods":  {"GET, POST, PUT, DELETE, OPTIONS"},
			"Access-Control-Allow-Headers":  {"X-Requested-With, Content-Type, Authorization"},
			"Access-Control-Expose-Headers": {"Retry-After, X-Request-Id"},
			"Cache-Control":                 {"no-store"},
			"Content-Type":                  {"application/json"},
			"X-Content-Type-Options":        {"nosniff"},
		}
		if c.path == "/_matrix/client/versions" {
			want["Vary"] = []string{"Authorization"} // a token is optional there
		}
		if diff := cmp.Diff(want, a.header); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.method, c.path, diff)
		}
	}
}
