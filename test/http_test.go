package test

import (
	"strings"
	"testing"
)

func TestPathsAndMethods(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for _, c := range []struct {
			method, path string
			status       int
			errcode      string
		}{
			{"GET", "/_matrix/client/versions", 200, ""},
			{"GET", "/.well-known/matrix/client", 200, ""},
			{"GET", "/health", 200, ""},
			{"GET", "/_matrix/nonsense", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v4/login", 404, "M_UNRECOGNIZED"},
			{"POST", "/_matrix/client/v3/login/", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/sync", 404, "M_UNRECOGNIZED"},
			{"PUT", "/_matrix/client/v3/login", 405, "M_UNRECOGNIZED"},
			{"DELETE", "/_matrix/client/v3/login", 405, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/logout", 405, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/refresh", 405, "M_UNRECOGNIZED"},
			{"POST", "/_matrix/client/r0/refresh", 404, "M_UNRECOGNIZED"},
			{"POST", "/_matrix/client/v3/refresh", 400, "M_NOT_JSON"},
			{"POST", "/_matrix/client/v3/account/whoami", 405, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/account/whoami", 401, "M_MISSING_TOKEN"},
			{"GET", "/debug/pprof/", 404, "M_UNRECOGNIZED"},
			{"GET", "/metrics", 404, "M_UNRECOGNIZED"},
			{"GET", "/.git/config", 404, "M_UNRECOGNIZED"},
			{"GET", "//_matrix/client/v3/account/whoami", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/./account/whoami", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/x/../account/whoami", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/account%2fwhoami", 404, "M_UNRECOGNIZED"},
			{"GET", "/_matrix/client/v3/account/whoami;x=1", 404, "M_UNRECOGNIZED"},
			{"GET", "/_MATRIX/client/v3/account/whoami", 404, "M_UNRECOGNIZED"},
			{"OPTIONS", "/_matrix/client/v3/login", 204, ""},
			{"OPTIONS", "/_matrix/client/v3/anything", 204, ""},
		} {
			a := d.do(t, c.method, c.path, "", "")
			if a.status != c.status || a.text("errcode") != c.errcode {
				t.Errorf("%s %s: got %s; want %d %s", c.method, c.path, a, c.status, c.errcode)
			}
			h := a.header
			if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" ||
				!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "DELETE") {
				t.Errorf("%s %s: %v", c.method, c.path, h)
			}
			if a.status != 204 && h.Get("Content-Type") != "application/json" {
				t.Errorf("%s %s: content type %q", c.method, c.path, h.Get("Content-Type"))
			}
		}
	})
}

func TestDiscovery(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		if a := d.do(t, "GET", "/.well-known/matrix/client", "", ""); !strings.Contains(a.raw, `"base_url":"https://matrix.example.org/"`) {
			t.Errorf("got %s", a)
		}
		if a := d.do(t, "GET", "/_matrix/client/versions", "", ""); len(a.body["versions"].([]any)) == 0 {
			t.Errorf("got %s", a)
		}
	})
	onEveryVariant(t, strict, func(t *testing.T, d *door) {
		if a := d.do(t, "GET", "/.well-known/matrix/client", "", ""); a.status != 404 {
			t.Errorf("without public_base_url: got %s", a)
		}
	})
}
