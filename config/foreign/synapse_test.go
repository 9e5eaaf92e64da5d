package foreign_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config/foreign"
)

// What PyYAML makes of a text decides, not what YAML 1.2 does.
func TestYAMLIsReadAsSynapseReadsIt(t *testing.T) {
	for name, c := range map[string]struct{ text, name, issuer, secret string }{
		"words for true":      {"jwt_config: {enabled: On, secret: s, algorithm: HS256}", "a", "", "s"},
		"anchor and alias":    {"x: &s shared\njwt_config: {enabled: yes, secret: *s, algorithm: HS256}", "a", "", "shared"},
		"merge":               {"x: &j {enabled: true, secret: s, algorithm: HS256, issuer: i}\njwt_config: {<<: *j, issuer: other}", "a", "other", "s"},
		"merge of several":    {"x: &x {enabled: true, secret: s}\ny: &y {secret: t, algorithm: HS256}\njwt_config: {<<: [*x, *y]}", "a", "", "s"},
		"merge comes first":   {"x: &j {secret: t, enabled: true}\njwt_config:\n  secret: s\n  algorithm: HS256\n  <<: *j", "a", "", "s"},
		"tags of YAML":        {"jwt_config: !!map {enabled: !!bool yes, secret: !!str 12345, algorithm: !!str HS256}", "a", "", "12345"},
		"block with newline":  {"jwt_config:\n  enabled: true\n  algorithm: HS256\n  secret: |\n    s\n", "a", "", "s\n"},
		"block without":       {"jwt_config:\n  enabled: true\n  algorithm: HS256\n  secret: >-\n    s\n    t\n", "a", "", "s t"},
		"the last of two":     {"jwt_config: {enabled: false}\njwt_config: {enabled: true, secret: s, algorithm: HS256}\nserver_name: b", "b", "", "s"},
		"escapes":             {`jwt_config: {enabled: true, algorithm: HS256, secret: "\x41\u00e9\t\"\\"}`, "a", "", "Aé\t\"\\"},
		"quotes in quotes":    {`jwt_config: {enabled: true, algorithm: HS256, secret: 'it''s: #1'}`, "a", "", "it's: #1"},
		"a word as a secret":  {`jwt_config: {enabled: true, algorithm: HS256, secret: 'yes'}`, "a", "", "yes"},
		"a secret like a tag": {`jwt_config: {enabled: true, algorithm: HS256, secret: '!vault x'}`, "a", "", "!vault x"},
	} {
		t.Run(name, func(t *testing.T) {
			got := parse(t, convert(t, foreign.Synapse, "server_name: a\n"+c.text+"\n"))
			if len(got.JWT.Providers) != 1 {
				t.Fatal("no provider")
			}
			p := got.JWT.Providers[0]
			if got.ServerName != c.name || p.Secret.Reveal() != c.secret || strings.Join(p.Issuers, ",") != c.issuer {
				t.Errorf("%q, %q, %q", got.ServerName, p.Secret.Reveal(), p.Issuers)
			}
		})
	}
}

func TestYAMLThatCannotBeReadIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"syntax":             "server_name: [a\n",
		"alias before":       "server_name: *a\nx: &a b\n",
		"alias of itself":    "server_name: a\nx: &a [*a]\n",
		"merge of a text":    "server_name: a\nx: {<<: b}\n",
		"two documents":      "server_name: a\n---\nserver_name: b\n",
		"key that is a list": "server_name: a\n[a]: b\n",
		"bad UTF-8":          "server_name: \xff\n",
		"deep":               "server_name: a\nx: " + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "\n",
		"long":               "server_name: a\n" + strings.Repeat("\n", 10_001),
		"large":              "server_name: a\nx: " + strings.Repeat("x", 1<<20) + "\n",
	} {
		if result, err := foreign.Convert("", foreign.File{Name: "f", Text: []byte(text)}); err == nil {
			t.Errorf("%s: %s", name, result.YAML)
		}
	}
}

func TestAKeyThatStandsTwiceIsSaid(t *testing.T) {
	result := convert(t, "", "server_name: a\npassword_config: {enabled: false}\npassword_config: {enabled: true}\n")
	if !strings.Contains(lines(result), "decide: password_config: stands more than once") || !parse(t, result).Password.Enabled {
		t.Error(lines(result))
	}
}

func TestSynapsesSessions(t *testing.T) {
	c := parse(t, convert(t, "", "server_name: a\nsession_lifetime: 86400000\nrefreshable_access_token_lifetime: '90000'\n"+
		"refresh_token_lifetime: 24h\nnonrefreshable_access_token_lifetime: 2w\n"))
	s := c.Sessions
	if s.SessionLifetime != 24*time.Hour || s.RefreshableAccessTokenLifetime != 90*time.Second ||
		s.RefreshTokenLifetime != 24*time.Hour || s.AccessTokenLifetime != 14*24*time.Hour {
		t.Errorf("%+v", s)
	}
}

// A registration that asks for something Doorward cannot ask for stays closed.
func TestSynapsesRegistration(t *testing.T) {
	for text, want := range map[string]struct{ enabled, tokens, says bool }{
		"": {},
		"enable_registration: false\nregistration_requires_token: true":                                      {tokens: true},
		"enable_registration: true\nregistration_requires_token: true":                                       {enabled: true, tokens: true, says: true},
		"enable_registration: true\nenable_registration_without_verification: true":                          {enabled: true, says: true},
		"enable_registration: true":                                                                          {says: true},
		"enable_registration: true\nregistrations_require_3pid: [email]":                                     {says: true},
		"enable_registration: true\nenable_registration_captcha: true":                                       {says: true},
		"enable_registration: true\nregistration_requires_token: true\nregistrations_require_3pid: [msisdn]": {tokens: true, says: true},
	} {
		result := convert(t, "", "server_name: a\n"+text+"\n")
		r := parse(t, result).Registration
		if r.Enabled != want.enabled || r.TokensRequired != want.tokens || strings.Contains(lines(result), "decide: ") != want.says {
			t.Errorf("%q: %+v\n%s", text, r, lines(result))
		}
	}
}

func TestSynapsesPasswords(t *testing.T) {
	for text, enabled := range map[string]bool{
		"{}":                         true,
		"{enabled: false}":           false,
		"{enabled: only_for_reauth}": false,
		"{localdb_enabled: false}":   false,
	} {
		if c := parse(t, convert(t, "", "server_name: a\npassword_config: "+text+"\n")); c.Password.Enabled != enabled {
			t.Errorf("%s: %v", text, c.Password.Enabled)
		}
	}
}

func TestSynapsesListeners(t *testing.T) {
	const client = ", type: http, resources: [{names: [client]}]}"
	for text, want := range map[string]struct {
		listen  string
		proxies []string
		says    string
	}{
		"{port: 80, bind_addresses: ['::', 0.0.0.0]" + client: {":80", nil, ""},
		"{port: 80" + client: {":80", nil, ""},
		"{port: 80, bind_addresses: ['::1', 127.0.0.1], x_forwarded: true" + client: {"127.0.0.1:80", []string{"127.0.0.1", "::1"}, "bind_addresses"},
		"{port: 80, bind_address: 10.0.0.1, x_forwarded: true" + client:             {"10.0.0.1:80", nil, "http.trusted_proxies"},
		"{port: 80, bind_addresses: ['::1'], tls: true" + client:                    {"[::1]:80", nil, "TLS"},
		"{path: /run/synapse.sock" + client:                                         {"127.0.0.1:8008", nil, "Unix"},
		"{port: 80, type: http, resources: [{names: [federation]}]}":                {"127.0.0.1:8008", nil, ""},
	} {
		result := convert(t, "", "server_name: a\nlisteners: ["+text+"]\n")
		c := parse(t, result)
		if c.HTTP.Listen != want.listen || !cmp.Equal(c.HTTP.TrustedProxies, want.proxies) {
			t.Errorf("%s: %s, %v", text, c.HTTP.Listen, c.HTTP.TrustedProxies)
		}
		if said := lines(result); strings.Contains(said, "decide: ") != (want.says != "") || !strings.Contains(said, want.says) {
			t.Errorf("%s: %s", text, said)
		}
	}
}

func TestSynapsesDatabaseIsNamedWithoutItsPassword(t *testing.T) {
	for text, want := range map[string]string{
		"{name: sqlite3, args: {database: /var/lib/homeserver.db}}":                                      "--from 'sqlite:/var/lib/homeserver.db'",
		"{name: psycopg2, args: {user: u, password: hush, database: d, host: h, port: 5433}}":            "--from 'postgres://u@h:5433/d'",
		"{name: psycopg2, args: {user: u, password: hush, dbname: d, host: /run/postgresql, port: '1'}}": "--from 'postgres://u@/d?host=%2Frun%2Fpostgresql&port=1'",
	} {
		said := lines(convert(t, "", "server_name: a\ndatabase: "+text+"\n"))
		if !strings.Contains(said, want) || strings.Contains(said, "hush") {
			t.Errorf("%s: %s", text, said)
		}
	}
}

func TestALimitOfNoneIsLeftToDoorward(t *testing.T) {
	result := convert(t, "", "server_name: a\nrc_login: {address: {per_second: 0, burst_count: 0}, account: {burst_count: 7.9}}\n")
	limits := parse(t, result).RateLimits
	if limits.LoginAddress.Burst != 60 || limits.LoginAccount.Burst != 7 || limits.LoginAccount.PerSecond != 0.003 ||
		!strings.Contains(lines(result), "decide: rc_login.address: ") {
		t.Errorf("%+v\n%s", limits, lines(result))
	}
}
