package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	const provider = "jwt.providers[0]"
	const rule = `is no rule, as in "groups contains staff", "department is sales" or "level is not 0"`
	for _, c := range []struct {
		setting string // appended to a valid configuration
		path    string
		problem string
	}{
		{"public_base_url: example.org", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"public_base_url: 'https://'", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"public_base_url: https://:443/", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"public_base_url: 'https://a/?'", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"public_base_url: 'https://a/#'", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"public_base_url: https://a@b/", "public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment"},
		{"http: {listen: localhost}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {listen: ''}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {listen: 'a:65536'}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {listen: 'a:http'}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {listen: 'a@b:80'}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {listen: 'http://a:80'}", "http.listen", "is no host:port, as in 127.0.0.1:8008"},
		{"http: {trusted_proxies: [10.0.0.0/33]}", "http.trusted_proxies[0]", "is no address and no network, as in 192.0.2.1 or 10.0.0.0/8"},
		{"http: {trusted_proxies: [proxy]}", "http.trusted_proxies[0]", "is no address and no network, as in 192.0.2.1 or 10.0.0.0/8"},
		{"http: {trusted_proxies: ['fe80::1%eth0']}", "http.trusted_proxies[0]", "is no address and no network, as in 192.0.2.1 or 10.0.0.0/8"},
		{"http: {max_body_bytes: 1023}", "http.max_body_bytes", "is not from 1024 to 1048576"},
		{"http: {max_body_bytes: 1048577}", "http.max_body_bytes", "is not from 1024 to 1048576"},
		{"http: {log_sample: 1.1}", "http.log_sample", "is not from 0 to 1"},
		{"http: {log_sample: -0.1}", "http.log_sample", "is not from 0 to 1"},
		{"http: {log_sample: .nan}", "http.log_sample", "wants a number, as in 5 or 0.2"},
		{"http: {max_body_bytes: 0x1000}", "http.max_body_bytes", "wants a whole number"},
		{"http: {max_body_bytes: '65536'}", "http.max_body_bytes", "wants a whole number"},
		{"http: {max_body_bytes: 6e4}", "http.max_body_bytes", "wants a whole number"},
		{"http: {max_body_bytes: 9223372036854775808}", "http.max_body_bytes", "wants a whole number"},
		{"http: {max_body_bytes: }", "http.max_body_bytes", "has no value; leave it out, or write 0"},
		{"http: {trusted_proxies: }", "http.trusted_proxies", "has no value; leave it out, or write []"},
		{"http: {trusted_proxies: 10.0.0.0/8}", "http.trusted_proxies", "wants a list, as in [a, b]"},
		{"http: {trusted_proxies: [~]}", "http.trusted_proxies[0]", "is empty"},
		{"http: {trusted_proxies: [[10.0.0.0/8]]}", "http.trusted_proxies[0]", "wants text; put it in quotes"},
		{"metrics: {listen: here}", "metrics.listen", "is no host:port, as in 127.0.0.1:9008"},
		{"metrics: {listen: 127.0.0.1:8008}", "metrics.listen", "is the address of http.listen; metrics need one of their own"},
		{"database: {url: doorward.db}", "database.url", "begins with none of sqlite:, postgres:// and postgresql://, and is not memory:"},
		{"database: {url: ''}", "database.url", "begins with none of sqlite:, postgres:// and postgresql://, and is not memory:"},
		{"database: {url: 'memory:x'}", "database.url", "begins with none of sqlite:, postgres:// and postgresql://, and is not memory:"},
		{"database: {url: 'sqlite:'}", "database.url", "names no file after sqlite:; a database in memory is memory:"},
		{"database: {url: 'postgres://a:50%@b/c'}", "database.url", "is no URL; special characters in a password are written %XX"},
		{"database: {max_connections: -1}", "database.max_connections", "is less than 0"},
		{"database: {token_cache: -1}", "database.token_cache", "is not between 0 and 10000000"},
		{"database: {token_cache: 10000001}", "database.token_cache", "is not between 0 and 10000000"},
		{"database: {migrate: 1}", "database.migrate", "wants true or false"},
		{"database: {migrate: 'true'}", "database.migrate", "wants true or false"},
		{"database: {migrate: }", "database.migrate", "has no value; leave it out, or write false"},
		{"sessions: {access_token_lifetime: -1s}", "sessions.access_token_lifetime", "is less than 0"},
		{"sessions: {refreshable_access_token_lifetime: 5}", "sessions.refreshable_access_token_lifetime", "wants a duration, as in 30s, 5m or 24h"},
		{"sessions: {refreshable_access_token_lifetime: 5ms}", "sessions.refreshable_access_token_lifetime", "is less than a second; minutes are written 5m"},
		{"sessions: {refresh_token_lifetime: -1h}", "sessions.refresh_token_lifetime", "is less than 0"},
		{"sessions: {refresh_token_lifetime: 5m}", "sessions.refresh_token_lifetime",
			"is not longer than refreshable_access_token_lifetime (5m0s): clients refresh when the access token is about to expire"},
		{"sessions: {session_lifetime: 1ms}", "sessions.session_lifetime", "is less than a second; minutes are written 5m"},
		{"password: {enabled: 1}", "password.enabled", "wants true or false"},
		{"password: {salt: a}", "password.salt", "unknown key"},
		{"password: {pepper: 12}", "password.pepper", "wants text; put it in quotes"},
		{"login_token: {lifetime: 999ms}", "login_token.lifetime", "is not from 1s to 10m0s"},
		{"login_token: {lifetime: 601s}", "login_token.lifetime", "is not from 1s to 10m0s"},
		{"login_token: {enabled: false, lifetime: 0s}", "login_token.lifetime", "is not from 1s to 10m0s"},
		{"registration: {shared_secret: fifteen bytes..}", "registration.shared_secret", "is shorter than 16 bytes"},
		{"registration: {shared_secret: 1234567890123456}", "registration.shared_secret", "wants text; put it in quotes"},
		{"registration: {terms: terms.html}", "registration.terms", "wants a list, as in [a, b]"},
		{"appservices: irc.yaml", "appservices", "wants a list, as in [a, b]"},
		{"appservices: ['']", "appservices[0]", "is empty"},
		{"appservices: [~]", "appservices[0]", "is empty"},
		{"appservices: ", "appservices", "has no value; leave it out, or write []"},
		{"audit: {retention: -1h}", "audit.retention", "is less than 0"},
		{"audit: {retention: 90ms}", "audit.retention", "is less than a second; minutes are written 5m"},
		{"audit: {retention: 90d}", "audit.retention", "wants a duration, as in 30s, 5m or 24h"},
		{"audit: {enabled: 1}", "audit.enabled", "wants true or false"},
		{"sessions: {max_devices_per_user: -1}", "sessions.max_devices_per_user", "is less than 0"},
		{"sessions: {max_devices_per_user: 1.5}", "sessions.max_devices_per_user", "wants a whole number"},
		{"rate_limits: {login_failed: {per_second: 0}}", "rate_limits.login_failed.per_second", "is not greater than 0"},
		{"rate_limits: {login_address: {per_second: -0.5}}", "rate_limits.login_address.per_second", "is not greater than 0"},
		{"rate_limits: {enabled: false, login_account: {burst: 0}}", "rate_limits.login_account.burst", "is less than 1"},
		{"rate_limits: {registration: {burst: 2.5}}", "rate_limits.registration.burst", "wants a whole number"},
		{"rate_limits: {registration: {burst: 0}}", "rate_limits.registration.burst", "is less than 1"},
		{"rate_limits: {refresh: {burst: -1}}", "rate_limits.refresh.burst", "is less than 1"},
		{"rate_limits: {refresh: 5}", "rate_limits.refresh", `wants settings, each "name: value"`},
		{"rate_limits: {refresh: {per_second: '5'}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: .inf}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: .nan}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: 1e999}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: 0x10}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: 5s}}", "rate_limits.refresh.per_second", "wants a number, as in 5 or 0.2"},
		{"rate_limits: {refresh: {per_second: }}", "rate_limits.refresh.per_second", "has no value; leave it out, or write 0"},
		{"rate_limits: {login_token: {per_second: 0}}", "rate_limits.login_token.per_second", "is not greater than 0"},
		{"rate_limits: {store: ''}", "rate_limits.store", "begins with none of redis:// and rediss://, and is not memory"},
		{"rate_limits: {store: 'memory:'}", "rate_limits.store", "begins with none of redis:// and rediss://, and is not memory"},
		{"rate_limits: {store: localhost:6379}", "rate_limits.store", "begins with none of redis:// and rediss://, and is not memory"},
		{"rate_limits: {store: redis://}", "rate_limits.store", "is no URL as in redis://host:6379/0; special characters in a password are written %XX"},
		{"rate_limits: {store: 'rediss://host?skip_verify=true'}", "rate_limits.store", "is no URL as in redis://host:6379/0; special characters in a password are written %XX"},
		{"rate_limits: {store: redis://host/zero}", "rate_limits.store", "is no URL as in redis://host:6379/0; special characters in a password are written %XX"},
		{"rate_limits: {store: 'redis://:50%@host'}", "rate_limits.store", "is no URL as in redis://host:6379/0; special characters in a password are written %XX"},
		{"admin: {api_token: 0123456789abcdefghijklmnopqrstu}", "admin.api_token", "is shorter than 32 characters"},
		{"admin: {api_token: 0123456789 abcdefghijklmnopqrstuv}", "admin.api_token", "has spaces or characters that are not ASCII; a header cannot hold them"},
		{"admin: {api_token: ümlaut6789abcdefghijklmnopqrstuvw}", "admin.api_token", "has spaces or characters that are not ASCII; a header cannot hold them"},
		{"log: {level: WARN}", "log.level", "is none of debug, info, warn, error; did you mean warn?"},
		{"log: {format: xml}", "log.format", "is none of text, json"},
		{"log: {level: }", "log.level", `has no value; leave it out, or write ""`},
		{"log: {level: true}", "log.level", "wants text; put it in quotes"},
		{"log: [a]", "log", `wants settings, each "name: value"`},
		{"log: {'': a}", `log.""`, "unknown key"},
		{"'': a", `""`, "unknown key"},
		{"a.b: c", "a…", "unknown key"},
		{strings.Repeat("a", 41) + ": b", strings.Repeat("a", 40) + "…", "unknown key"},
		{"log: {1: a}", "log.1", "unknown key"},
		{"log: {Level: info}", "log.Level", "unknown key; did you mean level?"},
		{"      secret: again", provider + ".secret", "stands twice; first in line 5"},
		{"      secret_base64: YQ==", provider + ".secret_base64", "there is secret too; a provider has its keys from one place"},
		{"      jwks: x", provider + ".jwks", "unknown key"},
		{"      require_exp: true", provider + ".require_exp", "unknown key"},
		{"      algorithms: [HS256, HS256]", provider + ".algorithms[1]", "stands twice in the list"},
		{"      algorithms: ['']", provider + ".algorithms[0]", "is empty"},
		{"      issuers: ['']", provider + ".issuers[0]", "is empty"},
		{"      issuers: [a, 1]", provider + ".issuers[1]", "wants text; put it in quotes"},
		{"      audiences: [a, '']", provider + ".audiences[1]", "is empty"},
		{"      audiences: [a, a]", provider + ".audiences[1]", "stands twice in the list"},
		{"      require: ['']", provider + ".require[0]", "is empty"},
		{"      leeway: -1s", provider + ".leeway", "is less than 0"},
		{"      leeway: 2", provider + ".leeway", "wants a duration, as in 30s, 5m or 24h"},
		{"      leeway: 2 minutes", provider + ".leeway", "wants a duration, as in 30s, 5m or 24h"},
		{"      leeway: 300000000h", provider + ".leeway", "wants a duration, as in 30s, 5m or 24h"},
		{"      leeway: ", provider + ".leeway", "has no value; leave it out, or write 0s"},
		{"      jwks_url: https://a.example/keys", provider + ".jwks_url", "there is secret too; a provider has its keys from one place"},
		{"      discovery_url: https://a.example/keys", provider + ".discovery_url", "there is secret too; a provider has its keys from one place"},
		{"      jwks_max_stale: 59s", provider + ".jwks_max_stale", "is less than 1m0s; keys are looked for every 30 seconds"},
		{"      jwks_max_stale: 0s", provider + ".jwks_max_stale", "is less than 1m0s; keys are looked for every 30 seconds"},
		{"      max_age: 5ms", provider + ".max_age", "is less than a second; minutes are written 5m"},
		{"      max_lifetime: -5m", provider + ".max_lifetime", "is less than 0"},
		{"      subject_claim: ''", provider + ".subject_claim", "is no path of a claim, as in sub or user.name"},
		{"      subject_claim: user.", provider + ".subject_claim", "is no path of a claim, as in sub or user.name"},
		{"      display_name_claim: a..b", provider + ".display_name_claim", "is no path of a claim, as in name or user.name"},
		{"      display_name_policy: never", provider + ".display_name_policy", "is none of first, always"},
		{"      email_claim: .mail", provider + ".email_claim", "is no path of a claim, as in name or user.name"},
		{"      email_policy: ''", provider + ".email_policy", "is none of first, always"},
		{"      avatar_claim: a.", provider + ".avatar_claim", "is no path of a claim, as in name or user.name"},
		{"      avatar_policy: Always", provider + ".avatar_policy", "is none of first, always; did you mean always?"},
		{"      admin_claim: .", provider + ".admin_claim", "is no path of a claim, as in name or user.name"},
		{"      admin_policy: frist", provider + ".admin_policy", "is none of first, always; did you mean first?"},
		{"      single_use: true", provider + ".single_use", "needs max_lifetime: what was used is remembered until its token ends"},
		{"      single_use: 1", provider + ".single_use", "wants true or false"},
		{"      session_ends_with_token: 24h", provider + ".session_ends_with_token", "wants true or false"},
		{"      link_existing: auto", provider + ".link_existing", "wants true or false"},
		{"      link_existing: ", provider + ".link_existing", "has no value; leave it out, or write false"},
		{"      allow: groups contains a", provider + ".allow", "wants a list, as in [a, b]"},
		{"      allow: [a is b, groups has c]", provider + ".allow[1]", rule},
		{"      allow: [a is]", provider + ".allow[0]", rule},
		{"      allow: ['']", provider + ".allow[0]", rule},
		{"      allow: [a isnot b]", provider + ".allow[0]", rule},
		{"      allow: [a contains]", provider + ".allow[0]", rule},
		{"      allow: [a..b is c]", provider + ".allow[0]", rule},
		{"      allow: ['a is \"b']", provider + ".allow[0]", rule},
		{"      allow_uia: yes", provider + ".allow_uia", "wants true or false"},
		{"      localpart: ''", provider + ".localpart", "is none of reject, escape"},
	} {
		t.Run(c.setting, func(t *testing.T) {
			want := []string{"doorward.yaml:6: " + c.path + ": " + c.problem}
			if diff := cmp.Diff(want, faults(t, minimal+c.setting+"\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatMustDifferBetweenProviders(t *testing.T) {
	const head = "server_name: a\njwt:\n  providers:\n"
	for _, c := range []struct {
		name, providers string
		want            []string
	}{
		{"names", "  - {name: a, secret: x, issuers: [a]}\n  - {name: a, secret: x}\n", []string{
			"doorward.yaml:5: jwt.providers[1].name: is the name of jwt.providers[0] already"}},
		{"a lack of issuers", "  - {name: a, secret: x}\n  - {name: b, secret: x, issuers: []}\n", []string{
			"doorward.yaml:5: jwt.providers[1].issuers: is empty, as at jwt.providers[0]; at most one provider may have no issuers"}},
		{"issuers", "  - {name: a, secret: x, issuers: [i, j]}\n  - {name: b, secret: x, issuers: [k, j]}\n", []string{
			"doorward.yaml:5: jwt.providers[1].issuers[1]: is the same issuer as jwt.providers[0].issuers[1]; an issuer belongs to one provider, once"}},
		{"issuers of one provider", "  - {name: a, secret: x, issuers: [i, i]}\n", []string{
			"doorward.yaml:4: jwt.providers[0].issuers[1]: is the same issuer as jwt.providers[0].issuers[0]; an issuer belongs to one provider, once"}},
		{"no name, no keys, no section", "  - {}\n  - x\n  -\n", []string{
			"doorward.yaml:4: jwt.providers[0]: has no keys; give one of secret, secret_file, secret_base64, secret_base64_file, public_key, public_key_file, jwks_file, jwks_url, discovery_url",
			"doorward.yaml:4: jwt.providers[0].name: is missing",
			`doorward.yaml:5: jwt.providers[1]: wants settings, each "name: value"`,
			"doorward.yaml:6: jwt.providers[2]: is empty"}},
		{"no list", "    name: a\n", []string{"doorward.yaml:3: jwt.providers: wants a list, as in [a, b]"}},
		{"bad issuers, and none", "  - {name: a, secret: x, issuers: 1}\n  - {name: b, secret: x}\n", []string{
			"doorward.yaml:4: jwt.providers[0].issuers: wants a list, as in [a, b]"}},
		{"empty names and issuers", "  - {name: '', secret: x, issuers: ['']}\n  - {name: '', secret: x, issuers: ['']}\n", []string{
			"doorward.yaml:4: jwt.providers[0].name: is missing",
			"doorward.yaml:4: jwt.providers[0].issuers[0]: is empty",
			"doorward.yaml:5: jwt.providers[1].name: is missing",
			"doorward.yaml:5: jwt.providers[1].issuers[0]: is empty"}},
		{"a bad source is a source", "  - {name: a, secret: 1}\n", []string{
			"doorward.yaml:4: jwt.providers[0].secret: wants text; put it in quotes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, faults(t, head+c.providers)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIssuersThatCouldBeMistakenForEachOther(t *testing.T) {
	for _, other := range []string{
		"https://a.example/x/", "HTTPS://a.example/x", "https://A.Example/x", "https://a.example:443/x", "https://A.EXAMPLE:443/x//",
	} {
		text := "server_name: a\njwt:\n  providers:\n  - {name: a, secret: x, issuers: [https://a.example/x]}\n  - {name: b, secret: x, issuers: ['" + other + "']}\n"
		if got := faults(t, text); len(got) != 1 || !strings.Contains(got[0], "is the same issuer as") {
			t.Errorf("%s: %q", other, got)
		}
	}
}
