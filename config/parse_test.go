package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/config"
)

// minimal is a valid configuration that leaves out everything it can.
const minimal = `server_name: example.org
jwt:
  providers:
    - name: corp
      secret: correct horse
`

// comparable ignores where settings were given.
var comparable = cmpopts.IgnoreUnexported(config.Config{})

func parse(t *testing.T, text string, environ ...string) *config.Config {
	t.Helper()
	c, err := config.Parse("doorward.yaml", []byte(text), environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// faults returns the lines of a refusal.
func faults(t *testing.T, text string, environ ...string) []string {
	t.Helper()
	c, err := config.Parse("doorward.yaml", []byte(text), environ)
	if err == nil {
		t.Fatalf("accepted: %+v", c)
	}
	if c != nil {
		t.Error("there is a configuration besides the error")
	}
	if _, ok := err.(config.Faults); !ok {
		t.Errorf("the error is a %T", err)
	}
	return strings.Split(err.Error(), "\n")
}

// write writes a file into a new folder, or one that exists.
func write(t *testing.T, folder, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	got := parse(t, `
server_name: "example.org"
public_base_url: http://example.org:8008
http: {listen: ":80", trusted_proxies: [10.0.0.0/8, 192.0.2.1, "::1", "fd00::/8"], max_body_bytes: 1024, log_sample: 0.25}
metrics:
  listen: localhost:9008
database:
  url: postgres://doorward:pass%20word@db:5432/doorward?sslmode=verify-full
  max_connections: 12
  group_sign_ins: false
  token_cache: 0
  migrate: false
jwt:
  deprecated_type: false
  providers:
  - name: a-1_b
    public_key: |
      -----BEGIN PUBLIC KEY-----
      AAAA
    allow_weak_secret: true
    algorithms: [ES256, "EdDSA"]
    issuers:
      - https://a.example/   # a comment
    audiences: ['it''s', b]
    leeway: 0s
    jwks_max_stale: 36h
    require: [exp]
    max_age: 1h30m
    max_lifetime: 24h
    subject_claim: user.name
    single_use: true
    session_ends_with_token: true
    allow: [groups contains staff, 'level is not "0"']
    display_name_claim: name
    display_name_policy: always
    email_claim: mail
    avatar_claim: picture.mxc
    avatar_policy: always
    admin_claim: https://example.org/admin
    admin_policy: always
    link_existing: true
    localpart: escape
    register_user: false
    allow_uia: true
password: {enabled: false}
login_token: {enabled: false, lifetime: 10m}
registration:
  enabled: true
  tokens_required: true
  shared_secret: sixteen bytes...
  guests: true
  terms:
  - {id: a, version: "1.0", name: A, url: https://a.example/?a=b#c}
  - {id: a, version: "1.0", language: pt-BR, name: Á, url: http://a.example}
  - {id: b, version: "2", language: gsw-756, name: B, url: http://b.example/}
sessions:
  access_token_lifetime: 1h
  refreshable_access_token_lifetime: 0s
  refresh_token_lifetime: 720h
  session_lifetime: 8760h
  max_devices_per_user: 12
rate_limits:
  enabled: false
  login_failed: {per_second: 0.001, burst: 1}
  login_address: {per_second: 2.5, burst: 2}
  login_account: {per_second: 3, burst: 3}
  registration: {per_second: .4, burst: 4}
  refresh: {per_second: 5, burst: 5}
  login_token: {per_second: 0.6, burst: 6}
  store: redis://:pass%20word@redis:6379/15
homeserver:
  kind: none
  url: not used
  secret: not used
  issuer: not used
  account_management_url: not used
admin: {api_token: 0123456789abcdefghijklmnopqrstuv}
audit: {enabled: false, retention: 48h}
log: {level: debug, format: json}
`)
	want := &config.Config{
		ServerName:    "example.org",
		PublicBaseURL: "http://example.org:8008",
		HTTP: config.HTTP{
			Listen:         ":80",
			TrustedProxies: []string{"10.0.0.0/8", "192.0.2.1", "::1", "fd00::/8"},
			MaxBodyBytes:   1024,
			LogSample:      0.25,
		},
		Metrics:  config.Metrics{Listen: "localhost:9008"},
		Database: config.Database{URL: "postgres://doorward:pass%20word@db:5432/doorward?sslmode=verify-full", MaxConnections: 12},
		JWT: config.JWT{Providers: []config.Provider{{
			Name:            "a-1_b",
			PublicKey:       "-----BEGIN PUBLIC KEY-----\nAAAA\n",
			JWKSMaxStale:    36 * time.Hour,
			AllowWeakSecret: true,
			Algorithms:      []string{"ES256", "EdDSA"},
			Issuers:         []string{"https://a.example/"},
			Audiences:       []string{"it's", "b"},
			Require:         []string{"exp"},
			MaxAge:          90 * time.Minute,
			MaxLifetime:     24 * time.Hour,
			SubjectClaim:    "user.name",
			SingleUse:       true, SessionEndsWithToken: true,
			DisplayNameClaim: "name", DisplayNamePolicy: "always",
			EmailClaim: "mail", EmailPolicy: "first",
			AvatarClaim: "picture.mxc", AvatarPolicy: "always",
			AdminClaim: "https://example.org/admin", AdminPolicy: "always",
			Allow:        []string{"groups contains staff", `level is not "0"`},
			Localpart:    "escape",
			LinkExisting: new(true),
			AllowUIA:     true,
		}}},
		LoginToken: config.LoginToken{Lifetime: 10 * time.Minute},
		Registration: config.Registration{
			Enabled: true, TokensRequired: true, SharedSecret: "sixteen bytes...", Guests: true,
			Terms: []config.Policy{
				{ID: "a", Version: "1.0", Language: "en", Name: "A", URL: "https://a.example/?a=b#c"},
				{ID: "a", Version: "1.0", Language: "pt-BR", Name: "Á", URL: "http://a.example"},
				{ID: "b", Version: "2", Language: "gsw-756", Name: "B", URL: "http://b.example/"},
			},
		},
		Sessions: config.Sessions{
			AccessTokenLifetime: time.Hour, RefreshTokenLifetime: 720 * time.Hour, SessionLifetime: 8760 * time.Hour,
			MaxDevicesPerUser: 12,
		},
		RateLimits: config.RateLimits{
			LoginFailed:  config.Limit{PerSecond: 0.001, Burst: 1},
			LoginAddress: config.Limit{PerSecond: 2.5, Burst: 2},
			LoginAccount: config.Limit{PerSecond: 3, Burst: 3},
			Registration: config.Limit{PerSecond: 0.4, Burst: 4},
			Refresh:      config.Limit{PerSecond: 5, Burst: 5},
			LoginToken:   config.Limit{PerSecond: 0.6, Burst: 6},
			Store:        "redis://:pass%20word@redis:6379/15",
		},
		Homeserver: config.Homeserver{
			Kind: config.None, URL: "not used", Secret: "not used", Issuer: "not used", AccountManagementURL: "not used",
		},
		Admin: config.Admin{APIToken: "0123456789abcdefghijklmnopqrstuv"},
		Audit: config.Audit{Retention: 48 * time.Hour},
		Log:   config.Log{Level: "debug", Format: "json"},
	}
	if diff := cmp.Diff(want, got, comparable); diff != "" {
		t.Error(diff)
	}
}

func manyProviders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{name: p%d, secret: x, issuers: [i%d]},", i, i)
	}
	return b.String()
}

func TestWhatIsAccepted(t *testing.T) {
	const server = "server_name: a\n"
	for name, text := range map[string]string{
		"no provider":                     server,
		"sections with nothing in them":   server + "http:\nmetrics:\ndatabase: ~\njwt:\n  providers:\nlog: {}\n",
		"lists with nothing in them":      server + "http: {trusted_proxies: []}\n",
		"a byte order mark":               "\ufeff" + server,
		"lines that end as on Windows":    "server_name: a\r\nhttp:\r\n  listen: :80\r\n",
		"the mark of a document":          "# a comment\n---\n" + server,
		"a database in memory":            server + "database: {url: 'memory:'}\n",
		"a database behind a Unix socket": server + "database: {url: 'postgresql:///doorward?host=/run/postgresql'}\n",
		"any free port, twice":            server + "http: {listen: 127.0.0.1:0}\nmetrics: {listen: 127.0.0.1:0}\n",
		"many brackets, one by one":       server + "jwt: {providers: [" + manyProviders(20) + "]}\n",
		"a duration of zero":              minimal + "      leeway: 0\n",
		"a section that is only begun":    server + "rate_limits:\n  refresh:\nregistration: {terms: }\nappservices: []\n",
		"Redis without a database":        server + "rate_limits: {store: 'redis://[::1]'}\n",
		"the shortest login tokens":       server + "login_token: {lifetime: 1s}\n",
		"issuers that differ by path":     minimal + "      issuers: [https://a/x, https://a/X]\n",
	} {
		t.Run(name, func(t *testing.T) { parse(t, text) })
	}
}
