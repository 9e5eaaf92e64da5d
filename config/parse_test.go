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

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	want := &config.Config{
		ServerName: "example.org",
		HTTP:       config.HTTP{Listen: "127.0.0.1:8008", MaxBodyBytes: 65536},
		Database:   config.Database{URL: "sqlite:doorward.db", Migrate: true},
		JWT: config.JWT{
			DeprecatedType: true,
			Providers: []config.Provider{{
				Name:         "corp",
				Secret:       "correct horse",
				Leeway:       2 * time.Minute,
				SubjectClaim: "sub",
				Localpart:    "reject",
				RegisterUser: true,
			}},
		},
		Sessions: config.Sessions{RefreshableAccessTokenLifetime: 5 * time.Minute},
		Log:      config.Log{Level: "info", Format: "text"},
	}
	if diff := cmp.Diff(want, parse(t, minimal), comparable); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	got := parse(t, `
server_name: "example.org"
public_base_url: http://example.org:8008
http: {listen: ":80", trusted_proxies: [10.0.0.0/8, 192.0.2.1, "::1", "fd00::/8"], max_body_bytes: 1024}
metrics:
  listen: localhost:9008
database:
  url: postgres://doorward:pass%20word@db:5432/doorward?sslmode=verify-full
  max_connections: 12
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
    require: [exp]
    max_age: 1h30m
    max_lifetime: 24h
    subject_claim: user.name
    display_name_claim: name
    localpart: escape
    register_user: false
sessions:
  access_token_lifetime: 1h
  refreshable_access_token_lifetime: 0s
  refresh_token_lifetime: 720h
  session_lifetime: 8760h
log: {level: debug, format: json}
`)
	want := &config.Config{
		ServerName:    "example.org",
		PublicBaseURL: "http://example.org:8008",
		HTTP: config.HTTP{
			Listen:         ":80",
			TrustedProxies: []string{"10.0.0.0/8", "192.0.2.1", "::1", "fd00::/8"},
			MaxBodyBytes:   1024,
		},
		Metrics:  config.Metrics{Listen: "localhost:9008"},
		Database: config.Database{URL: "postgres://doorward:pass%20word@db:5432/doorward?sslmode=verify-full", MaxConnections: 12},
		JWT: config.JWT{Providers: []config.Provider{{
			Name:             "a-1_b",
			PublicKey:        "-----BEGIN PUBLIC KEY-----\nAAAA\n",
			AllowWeakSecret:  true,
			Algorithms:       []string{"ES256", "EdDSA"},
			Issuers:          []string{"https://a.example/"},
			Audiences:        []string{"it's", "b"},
			Require:          []string{"exp"},
			MaxAge:           90 * time.Minute,
			MaxLifetime:      24 * time.Hour,
			SubjectClaim:     "user.name",
			DisplayNameClaim: "name",
			Localpart:        "escape",
		}}},
		Sessions: config.Sessions{
			AccessTokenLifetime: time.Hour, RefreshTokenLifetime: 720 * time.Hour, SessionLifetime: 8760 * time.Hour,
		},
		Log: config.Log{Level: "debug", Format: "json"},
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
		"issuers that differ by path":     minimal + "      issuers: [https://a/x, https://a/X]\n",
	} {
		t.Run(name, func(t *testing.T) { parse(t, text) })
	}
}

func TestAFileIsRead(t *testing.T) {
	path := write(t, t.TempDir(), "doorward.yaml", minimal, 0o600)
	c, err := config.Load(path, []string{"DOORWARD_SERVER_NAME=other.org"})
	if err != nil {
		t.Fatal(err)
	}
	if c.ServerName != "other.org" || c.JWT.Providers[0].Secret.Reveal() != "correct horse" {
		t.Errorf("got %+v", c)
	}
}

func TestAFileThatCannotBeReadIsAFault(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing.yaml")
	large := write(t, folder, "large.yaml", strings.Repeat("#", 1<<20+1), 0o600)
	for path, want := range map[string]string{
		missing: missing + ": cannot be read: no such file or directory",
		folder:  folder + ": cannot be read: is a directory",
		large:   large + ": is larger than 1024 KiB",
	} {
		if _, err := config.Load(path, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
