package proxy_test

import "testing"

// odd are paths that two readers could read in two ways.
var odd = []route{
	// Slashes.
	{"POST", "//_matrix/client/v3/login", nobody},
	{"POST", "/_matrix/client/v3//login", nobody},
	{"POST", "/_matrix/client/v3/login/", doorward},
	{"POST", "/_matrix/client/v3/login?x=//", doorward},
	{"POST", "//oauth2/introspect", nobody},
	{"POST", "/_matrix//../oauth2/introspect", nobody},
	{"POST", `/_matrix\..\oauth2/introspect`, nobody},

	// Dots.
	{"POST", "/_matrix/client/v3/./login", nobody},
	{"POST", "/_matrix/client/v3/x/../login", nobody},
	{"POST", "/_matrix/client/v3/login/..", nobody},
	{"POST", "/_matrix/client/v3/login?next=/../", doorward},
	{"POST", "/_matrix/../oauth2/introspect", nobody},
	{"POST", "/_matrix/../../oauth2/introspect", nobody},
	{"POST", "/_matrix/%2e%2e/oauth2/introspect", nobody},
	{"POST", "/_matrix/.%2E/oauth2/introspect", nobody},
	{"POST", "/_matrix/client/v3/x/%2e%2e/%2E%2e/%2e%2E/%2e%2e/_synapse/mas/provision_user", nobody},
	{"POST", "/_doorward/../oauth2/introspect", nobody},
	{"POST", "/oauth2/introspect/../../_matrix/client/v3/login", nobody},
	{"POST", "/_synapse/client/../mas/provision_user", nobody},
	{"GET", "/_synapse/client/../admin/v2/users", nobody},
	{"GET", "/.well-known/matrix/../openid-configuration", nobody},

	// Encoded where nobody encodes.
	{"POST", "/_matrix/client/v3/log%69n", nobody},
	{"POST", "/_matrix/client/v3/login%2Fget_token", nobody},
	{"POST", "/%6Fauth2/introspect", nobody},
	{"POST", "/oauth2%2Fintrospect", nobody},
	{"POST", "/_synapse/m%61s/provision_user", nobody},
	{"POST", "/%5Fsynapse/mas/provision_user", nobody},
	{"POST", "/_synapse%2Fmas/provision_user", nobody},
	{"GET", "/_synapse/adm%69n/v2/users", nobody},
	{"POST", "/_doorward/backchannel-logout/a%2Fb", nobody},
	{"GET", "/%2Ewell-known/openid-configuration", nobody},
	{"GET", "/.well-known%2Fopenid-configuration", nobody},

	// Upper case.
	{"POST", "/_matrix/client/v3/LOGIN", homeserver},
	{"POST", "/_MATRIX/client/v3/login", nobody},
	{"POST", "/OAuth2/introspect", nobody},
	{"POST", "/_SYNAPSE/MAS/provision_user", nobody},
	{"GET", "/_Synapse/Admin/v2/users", nobody},

	// What some take off the end.
	{"POST", "/_matrix/client/v3/login;x", homeserver},
	{"POST", "/_matrix/client/v3/login;x=/../..", nobody},
	{"POST", "/oauth2;x/introspect", nobody},
	{"POST", "/_synapse/mas;x/provision_user", nobody},
	{"POST", "/_matrix/..;/oauth2/introspect", homeserver},
	{"POST", "/oauth2/introspect?x=/_matrix/client/v3/login", nobody},

	// A target with a host.
	{"POST", "http://matrix.example.org/oauth2/introspect", nobody},
	{"POST", "https://matrix.example.org/_synapse/mas/provision_user", nobody},

	// Parts of paths that may be anything.
	{"DELETE", "/_matrix/client/v3/devices/a%2F..%2Fb%252F", doorward},
	{"DELETE", "/_matrix/client/v3/devices/sync?x=devices", doorward},
	{"GET", "/_matrix/client/v3/devices/login", homeserver},
	{"PUT", "/_matrix/client/v3/rooms/!a:example.org/state/login/%2Flogin", homeserver},
	{"PUT", "/_matrix/client/v3/rooms/!a:example.org/state/m.x/...", homeserver},
	{"GET", "/_matrix/client/v3/directory/room/%23a%3Aexample.org", homeserver},
}

func TestOddPathsLeadNowhereElse(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) { p.check(t, odd) })
}

// Methods that are taken for others by some.
func TestOddMethodsLeadNowhereElse(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) {
		const device = "/_matrix/client/v3/devices/A"
		for _, header := range []string{"X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"} {
			if got := p.ask(t, "PUT", device, header).Header.Get(nameHeader); got != homeserver {
				t.Errorf("PUT with %s: %s", header, got)
			}
		}
		for _, header := range []string{"X-Original-URL: /oauth2/introspect", "X-Rewrite-URL: /oauth2/introspect"} {
			p.take()
			p.ask(t, "GET", device, header)
			if seen := p.take(); len(seen) != 1 || seen[0].uri != device {
				t.Errorf("GET with %s: those behind saw %+v", header, seen)
			}
		}
	})
}
