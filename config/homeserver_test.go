package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

// delegated is a valid configuration of a server to which a homeserver delegates,
// with nothing to warn of.
const delegated = minimal + `public_base_url: https://matrix.example.org/
http: {trusted_proxies: [127.0.0.1]}
homeserver:
  kind: synapse
  secret: 0123456789abcdefghijklmnopqrstuv
  issuer: https://auth.example.org
`

// with returns that configuration with a setting of the homeserver in its last
// line, in the place of the one of that name.
func with(setting string) string {
	name, _, _ := strings.Cut(setting, ":")
	var lines []string
	for line := range strings.Lines(delegated) {
		if !strings.HasPrefix(line, "  "+name+":") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "") + "  " + setting + "\n"
}

func TestAHomeserverThatDelegates(t *testing.T) {
	h := parse(t, delegated).Homeserver
	if !h.Delegated() || h.Kind != config.Synapse || h.URL != "http://127.0.0.1:8018/" ||
		h.Issuer != "https://auth.example.org" || h.AccountManagement() != h.Issuer {
		t.Errorf("got %+v", h)
	}
	if h := parse(t, with("account_management_url: https://me.example.org/?a=b#c")).Homeserver; h.AccountManagement() != "https://me.example.org/?a=b#c" {
		t.Errorf("got %+v", h)
	}
	for kind, want := range map[string]bool{"none": false, "synapse": true, "palpo": true} {
		if got := parse(t, with("kind: "+kind)).Homeserver.Delegated(); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

// Issuers are published as they are written (RFC 8414, 2).
func TestWhatAHomeserverMayBe(t *testing.T) {
	for _, setting := range []string{
		"url: https://matrix.example.org", "url: https://matrix.example.org:8448/base/", "url: 'http://[::1]:8018'", "url: http://localhost:8018/",
		"issuer: https://auth.example.org/realm", "issuer: http://localhost:8008/", "issuer: http://127.1.2.3/", "issuer: 'http://[::ffff:127.0.0.1]/'",
		"account_management_url: ''", "account_management_url: http://me.example.org/",
		"secret: '!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!~'",
	} {
		if warnings := parse(t, with(setting)).Warnings(); len(warnings) != 0 {
			t.Errorf("%s: %q", setting, warnings)
		}
	}
}

func TestAHomeserverThatMakesNoSense(t *testing.T) {
	const (
		noURL    = "url: is no URL as in http://127.0.0.1:8018/, without user, query and fragment"
		noIssuer = "issuer: is no URL as in https://auth.example.org/, without user, query and fragment"
		plain    = "issuer: begins with http://, which is only for this machine itself; write https://"
		noHeader = "secret: has spaces or characters that are not ASCII; a header cannot hold them"
		noPage   = "account_management_url: is no URL, as in https://account.example.org/; leave it out for that of the issuer"
	)
	for setting, want := range map[string]string{
		"kind: synaspe":                                "kind: is none of synapse, palpo, none; did you mean synapse?",
		"kind: Palpo":                                  "kind: is none of synapse, palpo, none; did you mean palpo?",
		"kind: dendrite":                               "kind: is none of synapse, palpo, none",
		"kind: ''":                                     "kind: is none of synapse, palpo, none",
		"kind: ":                                       `kind: has no value; leave it out, or write ""`,
		"kind: true":                                   "kind: wants text; put it in quotes",
		"url: ''":                                      noURL,
		"url: 127.0.0.1:8018":                          noURL,
		"url: unix:///run/synapse.sock":                noURL,
		"url: http://:8018/":                           noURL,
		"url: https://user@matrix.example.org/":        noURL,
		"url: 'https://matrix.example.org/?'":          noURL,
		"url: 'https://matrix.example.org/#a'":         noURL,
		"url: 'https://matrix.example.org/ '":          noURL,
		"secret: ''":                                   "secret: is missing; give it or secret_file, with the secret that the homeserver has",
		"secret: 0123456789abcdefghijklmnopqrstu":      "secret: is shorter than 32 characters",
		"secret: 0123456789abcdef ghijklmnopqrstuvwx":  noHeader,
		`secret: "0123456789abcdef\nghijklmnopqrstuv"`: noHeader,
		"secret: ümlaut6789abcdefghijklmnopqrstuvw":    noHeader,
		"secret: 1234567890":                           "secret: wants text; put it in quotes",
		"issuer: ''":                                   "issuer: is missing; it is the URL that this service is known by, as in https://auth.example.org/",
		"issuer: auth.example.org":                     noIssuer,
		"issuer: https://a@auth.example.org/":          noIssuer,
		"issuer: 'https://auth.example.org/?'":         noIssuer,
		"issuer: 'https://auth.example.org/#'":         noIssuer,
		"issuer: http://auth.example.org/":             plain,
		"issuer: http://10.0.0.1/":                     plain,
		"issuer: http://localhost.example.org":         plain,
		"account_management_url: me":                   noPage,
		"account_management_url: ftp://a/":             noPage,
		"endpoint: http://127.0.0.1:8018/":             "endpoint: unknown key",
	} {
		t.Run(setting, func(t *testing.T) {
			text := with(setting)
			want := fmt.Sprintf("doorward.yaml:%d: homeserver.%s", strings.Count(text, "\n"), want)
			if diff := cmp.Diff([]string{want}, faults(t, text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEverythingThatAHomeserverNeedsIsAskedForAtOnce(t *testing.T) {
	want := []string{
		"doorward.yaml:6: homeserver.secret: is missing; give it or secret_file, with the secret that the homeserver has",
		"doorward.yaml:6: homeserver.issuer: is missing; it is the URL that this service is known by, as in https://auth.example.org/",
	}
	if diff := cmp.Diff(want, faults(t, minimal+"homeserver: {kind: palpo}\n")); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeWhileAHomeserverDelegates(t *testing.T) {
	const others = "registration: {guests: true}\n"
	want := []string{
		"doorward.yaml:12: registration.guests: is not for a homeserver.kind of synapse, which would take a guest for a user; set it to false",
	}
	if diff := cmp.Diff(want, faults(t, delegated+others)); diff != "" {
		t.Error(diff)
	}
	parse(t, with("kind: none")+others)
}

// A server that asked itself would find no homeserver, and nobody could sign in.
func TestTheHomeserverIsSomewhereElse(t *testing.T) {
	for _, c := range []struct {
		listen, url string
		same        bool
	}{
		{"127.0.0.1:8008", "http://127.0.0.1:8008/", true},
		{"127.0.0.1:8008", "http://localhost:8008", true},
		{"localhost:8008", "http://[::1]:8008/", true},
		{":8008", "http://127.0.0.1:8008/", true},
		{"0.0.0.0:8008", "http://localhost:8008/", true},
		{"[::]:8008", "http://127.0.0.1:8008/", true},
		{"10.0.0.1:80", "http://10.0.0.1/", true},
		{"10.0.0.1:443", "https://10.0.0.1/", true},
		{"127.0.0.1:8008", "http://127.0.0.1:8018/", false},
		{"127.0.0.1:8008", "http://127.0.0.2:8008/", false},
		{"127.0.0.1:8008", "http://10.0.0.1:8008/", false},
		{"127.0.0.1:80", "https://127.0.0.1/", false},
		{":8008", "http://synapse:8008/", false},
	} {
		text := strings.Replace(with("url: "+c.url), "http: {", "http: {listen: '"+c.listen+"', ", 1)
		if !c.same {
			parse(t, text)
			continue
		}
		want := []string{"doorward.yaml:12: homeserver.url: leads to http.listen, where this server itself answers; it is the homeserver's own URL"}
		if diff := cmp.Diff(want, faults(t, text)); diff != "" {
			t.Errorf("%s, %s: %s", c.listen, c.url, diff)
		}
	}
}

func TestAHomeserverIsWarnedAbout(t *testing.T) {
	const (
		wipes = "the homeserver answers what has expired without soft_logout, and clients forget their keys then"
		plain = "doorward.yaml:12: homeserver.url: the secret goes to another machine unencrypted; keep to https, or to a network that is private"
	)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing weak", delegated, nil},
		{"http to a name", with("url: http://synapse:8018/"), []string{plain}},
		{"http to a private address", with("url: http://10.0.0.2:8018/"), []string{plain}},
		{"nothing that clients need", minimal + delegated[strings.Index(delegated, "homeserver:"):], []string{
			"doorward.yaml: public_base_url: is empty, so that /.well-known/matrix/client is not served; clients find it nowhere else",
			"doorward.yaml: http.trusted_proxies: is empty, but clients come through a proxy that parts their requests between the homeserver and here; " +
				"without its address all of them share one"}},
		{"a database in memory", delegated + "database: {url: 'memory:'}\n", []string{
			"doorward.yaml:12: database.url: memory: forgets everybody at a restart, and the homeserver does not: it goes on knowing devices that nobody can log out"}},
		{"access tokens that end", delegated + "sessions: {access_token_lifetime: 24h}\n", []string{
			"doorward.yaml:12: sessions.access_token_lifetime: " + wipes + "; set it to 0s, or let all clients refresh their tokens"}},
		{"refresh tokens that end", delegated + "sessions: {refresh_token_lifetime: 24h}\n", []string{
			"doorward.yaml:12: sessions.refresh_token_lifetime: ends sessions by itself, as session_lifetime does: " + wipes}},
		{"sessions that end, said once", delegated + "sessions: {refresh_token_lifetime: 24h, session_lifetime: 48h}\n", []string{
			"doorward.yaml:12: sessions.session_lifetime: ends sessions by itself, as refresh_token_lifetime does: " + wipes}},
		{"sessions that end with their token", minimal + "      session_ends_with_token: true\n" + strings.TrimPrefix(delegated, minimal), []string{
			"doorward.yaml:6: jwt.providers[0].session_ends_with_token: ends sessions by itself: " + wipes}},
		{"nobody delegates", minimal + "      session_ends_with_token: true\nhomeserver: {kind: none, url: 'http://a/'}\nsessions: {access_token_lifetime: 24h, session_lifetime: 48h}\n", nil},
		{"a homeserver of no kind", minimal + "homeserver:\n  issuer: https://a/\n", []string{
			"doorward.yaml:6: homeserver: kind is missing, so that no homeserver delegates; write kind: synapse, palpo or none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, parse(t, c.text).Warnings()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
