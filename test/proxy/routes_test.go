package proxy_test

import (
	"cmp"
	"strings"
	"testing"
)

// A route is a request and who has to answer it.
type route struct{ method, path, to string }

// A rule is about one path of the Matrix API in several versions.
type rule struct {
	methods  string
	versions string // empty: the path has none
	path     string
	to       string
}

const client = "/_matrix/client/"

// rules say where what clients ask for goes.
var rules = []rule{
	// What a homeserver that delegates authentication serves no longer.
	{"GET POST", "r0 v3 unstable", "login", doorward},
	{"GET", "r0 v3 unstable", "login/sso/redirect login/sso/redirect/oidc", doorward},
	{"POST", "v1 unstable/org.matrix.msc3882", "login/get_token", doorward},
	{"POST", "r0 v3 unstable", "logout logout/all", doorward},
	{"POST", "v3 unstable/org.matrix.msc2918", "refresh", doorward},
	{"POST", "r0 v3 unstable", "register account/password account/deactivate delete_devices", doorward},
	{"GET", "r0 v3 unstable", "register/available", doorward},
	{"DELETE", "r0 v3 unstable", "devices/ABCDEFGH devices/a%2Fb devices/%C3%A9%20%3F devices/a.b devices/..b", doorward},
	// What it would serve, and must not.
	{"GET", "v1 unstable unstable/org.matrix.msc2965", "auth_metadata auth_issuer", doorward},
	{"GET", "", "/.well-known/matrix/client", doorward},

	// What belongs to those.
	{"GET", "v1", "register/m.login.registration_token/validity", doorward},
	{"GET", "unstable/org.matrix.msc3231", "register/org.matrix.msc3231.login.registration_token/validity", doorward},
	{"POST", "r0 v3", "register/email/requestToken account/password/email/requestToken account/3pid/email/requestToken", doorward},
	{"GET", "", "/_matrix/static/client/login/ /_matrix/static/client/login", doorward},
	{"GET POST", "r0 v3", "auth/m.login.password/fallback/web auth/org.matrix.login.jwt/fallback/web", doorward},
	{"GET", "r0 v3", "account/3pid", doorward},
	{"POST", "r0 v3 unstable", "account/3pid/delete", doorward},
	{"POST", "r0 v3 unstable", "account/3pid/bind account/3pid/unbind", homeserver},
	{"POST", "", "/_doorward/backchannel-logout/corp", doorward},

	// What both serve.
	{"GET", "r0 v3 unstable", "devices devices/ABCDEFGH devices/a%2Fb account/whoami capabilities", homeserver},
	{"PUT", "r0 v3 unstable", "devices/ABCDEFGH devices/a%2Fb", homeserver},
	{"GET", "", client + "versions", homeserver},
	{"POST", "r0 v3", "user/@alice:example.org/openid/request_token", homeserver},
	{"GET", "", "/_matrix/federation/v1/openid/userinfo", homeserver},
	{"GET", "r0 v3", "admin/whois/@alice:example.org", homeserver},
	{"GET PUT", "v1 unstable/uk.timedout.msc4323", "admin/suspend/@alice:example.org", homeserver},
	{"GET PUT", "v1 unstable/uk.timedout.msc4323", "admin/lock/@alice:example.org", doorward},
	{"GET", "r0 v3", "auth/m.oauth/fallback/web auth/org.matrix.cross_signing_reset/fallback/web", homeserver},

	// What is the homeserver's alone.
	{"GET", "v3", "sync profile/@alice:example.org profile/%40alice%3Aexample.org/displayname", homeserver},
	{"POST", "v3", "keys/upload keys/device_signing/upload createRoom rooms/!r:example.org/join", homeserver},
	{"PUT", "v3", "rooms/!r:example.org/state/m.room.topic/ rooms/!r:example.org/send/m.room%5Fx/1 user/@alice:example.org/account_data/login", homeserver},
	{"GET", "v3", "loginx account/passwords accounts/password pushrules/global/ rooms/login/state", homeserver},
	{"POST", "v1", "appservice/bridge/ping", homeserver},
	{"POST", "", "/_matrix/media/v3/upload", homeserver},
	{"GET", "", "/_matrix/client/v1/media/download/example.org/x /_matrix/key/v2/server", homeserver},
	{"PUT", "", "/_matrix/federation/v1/send/1", homeserver},
	{"GET", "", "/_synapse/client/unsubscribe", homeserver},

	// What the public must not reach.
	{"POST", "", "/oauth2/introspect /oauth2/revoke /oauth2 /oauth2/introspect/", nobody},
	{"GET", "", "/.well-known/openid-configuration", nobody},
	{"POST", "", "/_synapse/mas/provision_user /_synapse/mas/delete_device /_palpo/mas/provision_user /_synapse/mas", nobody},
	{"GET", "", "/_synapse/mas/query_user?localpart=a /_synapse/metrics /_synapse/replication", nobody},
	{"GET", "", "/health /metrics / /login /debug/pprof/", nobody},
	{"POST", "api/v1 r0", "admin/deactivate/@alice:example.org admin/reset_password/@alice:example.org", doorward},
}

// administration says where calls of administrators go once the operator lets them.
var administration = []rule{
	{"GET POST", "", "/_synapse/admin/v1/register", doorward},
	{"GET", "", "/_synapse/admin/v2/users /_synapse/admin/v2/users?from=0", doorward},
	{"GET PUT", "", "/_synapse/admin/v2/users/@alice:example.org /_synapse/admin/v2/users/%40alice%3Aexample.org", doorward},
	{"GET PUT DELETE", "", "/_synapse/admin/v2/users/@alice:example.org/devices/a%2Fb", doorward},
	{"GET", "", "/_synapse/admin/v2/users/@alice:example.org/devices", doorward},
	{"POST", "", "/_synapse/admin/v2/users/@alice:example.org/delete_devices", doorward},
	{"POST", "", "/_synapse/admin/v1/deactivate/@alice:example.org /_synapse/admin/v1/reset_password/@alice:example.org", doorward},
	{"GET PUT", "", "/_synapse/admin/v1/users/@alice:example.org/admin", doorward},
	{"POST", "", "/_synapse/admin/v1/users/@alice:example.org/login", doorward},
	{"POST", "", "/_synapse/admin/v1/users/@alice:example.org/_allow_cross_signing_replacement_without_uia", doorward},
	{"GET", "", "/_synapse/admin/v1/username_available?username=a", doorward},
	{"GET", "", "/_synapse/admin/v1/registration_tokens /_synapse/admin/v1/registration_tokens/abc", doorward},
	{"POST", "", "/_synapse/admin/v1/registration_tokens/new", doorward},

	{"GET", "", "/_synapse/admin/v1/server_version /_synapse/admin/v1/whois/@alice:example.org", homeserver},
	{"PUT", "", "/_synapse/admin/v1/suspend/@alice:example.org", homeserver},
	{"GET", "", "/_synapse/admin/v1/rooms /_synapse/admin/v1/users/@alice:example.org/joined_rooms", homeserver},
	{"POST", "", "/_synapse/admin/v1/media/quarantine/example.org/x /_synapse/admin/v1/send_server_notice", homeserver},
}

// routes returns every request that the rules are about.
func routes(rules []rule) []route {
	var all []route
	for _, r := range rules {
		for _, version := range strings.Fields(cmp.Or(r.versions, "-")) {
			prefix := ""
			if version != "-" {
				prefix = client + version + "/"
			}
			for _, path := range strings.Fields(r.path) {
				for _, method := range strings.Fields(r.methods) {
					all = append(all, route{method, prefix + path, r.to})
				}
			}
		}
	}
	return all
}

// check sends the requests and looks who answers, and whether that one saw the path
// that was sent.
func (p *proxy) check(t *testing.T, routes []route) {
	t.Helper()
	for _, r := range routes {
		p.take()
		answer := p.ask(t, r.method, r.path)
		seen := p.take()
		got := cmp.Or(answer.Header.Get(nameHeader), nobody)
		switch {
		case got != r.to:
			t.Errorf("%s %s: %s (%d), not %s", r.method, r.path, got, answer.StatusCode, r.to)
		case r.to == nobody && (answer.StatusCode < 400 || answer.StatusCode > 404 || len(seen) != 0):
			t.Errorf("%s %s: status %d, and those behind saw %v", r.method, r.path, answer.StatusCode, seen)
		case r.to != nobody && (len(seen) != 1 || seen[0].backend != r.to || seen[0].method != r.method || seen[0].uri != r.path):
			t.Errorf("%s %s: those behind saw %+v", r.method, r.path, seen)
		}
	}
}

func TestPathsGoWhereTheyBelong(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) { p.check(t, routes(rules)) })
}

// Browsers ask OPTIONS before anything else, and both would answer alike.
func TestBrowsersMayAskBefore(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) {
		for _, r := range routes(rules) {
			if r.to == nobody {
				continue
			}
			if got := p.ask(t, "OPTIONS", r.path).Header.Get(nameHeader); got == "" {
				t.Errorf("OPTIONS %s is refused", r.path)
			}
		}
	})
}

func TestOtherServersFindTheHomeserver(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) {
		answer := p.send(t, "GET /.well-known/matrix/server HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
		body := new(strings.Builder)
		if err := answer.Write(body); err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "application/json" ||
			!strings.HasSuffix(body.String(), `{"m.server": "matrix.example.org:443"}`) {
			t.Errorf("got %s", body)
		}
	})
}
