package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

func TestFilesGiveTheValuesOfTheirTwins(t *testing.T) {
	folder := t.TempDir()
	elsewhere := write(t, t.TempDir(), "key.pem", "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n", 0o644)
	write(t, folder, "secret", "correct \n horse \r\n", 0o600)
	write(t, folder, "sub/base64", "YWJj", 0o600)
	write(t, folder, "jwks.json", `{"keys":[]}`, 0o644)
	write(t, folder, "url", "postgres://u:p@h/d\n", 0o400)
	path := write(t, folder, "d.yaml", `
server_name: a
database: {url_file: url}
password: {pepper_file: secret}
jwt:
  providers:
  - {name: a, issuers: [a], secret_file: secret}
  - {name: b, issuers: [b], secret_base64_file: ./sub/base64}
  - {name: c, issuers: [c], public_key_file: `+elsewhere+`}
  - {name: d, issuers: [d], jwks_file: jwks.json}
`, 0o644)
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := c.JWT.Providers
	got := []string{c.Database.URL.Reveal(), p[0].Secret.Reveal(), p[1].SecretBase64.Reveal(), p[2].PublicKey, p[3].JWKS.Reveal(), c.Password.Pepper.Reveal()}
	want := []string{"postgres://u:p@h/d", "correct \n horse ", "YWJj",
		"-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----", `{"keys":[]}`, "correct \n horse "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w := c.Warnings(); len(w) != 0 {
		t.Errorf("warnings: %q", w)
	}
}

func TestFilesThatAreFaults(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "empty", "", 0o600)
	write(t, folder, "blank", " \r\n\n", 0o600)
	write(t, folder, "binary", "\xff\xfe\n", 0o600)
	write(t, folder, "large", strings.Repeat("x", 64<<10+1), 0o600)
	write(t, folder, "full", strings.Repeat("x", 64<<10), 0o600)
	write(t, folder, "jwks", strings.Repeat("x", 1<<20+1), 0o600)
	const line = ":4: jwt.providers[0]."
	name := filepath.Join(folder, "d.yaml")
	for _, c := range []struct{ setting, want string }{
		{"secret_file: missing", "secret_file: the file (looked for in " + folder + ") cannot be read: no such file or directory"},
		{"secret_file: /missing/too", "secret_file: the file cannot be read: no such file or directory"},
		{"secret_base64_file: .", "secret_base64_file: the file (looked for in " + folder + ") cannot be read: is a directory"},
		{"public_key_file: empty", "public_key_file: the file (looked for in " + folder + ") is empty"},
		{"jwks_file: blank", "jwks_file: the file (looked for in " + folder + ") is empty"},
		{"secret_file: binary", "secret_file: the file (looked for in " + folder + ") is no text in UTF-8; a binary secret is written in base64"},
		{"secret_file: large", "secret_file: the file (looked for in " + folder + ") is larger than 64 KiB"},
		{"jwks_file: jwks", "jwks_file: the file (looked for in " + folder + ") is larger than 1024 KiB"},
		{"secret_file: full, secret: x", "secret_file: there is secret too; a provider has its keys from one place"},
	} {
		text := "server_name: a\njwt:\n  providers:\n  - {name: a, " + c.setting + "}\n"
		_, err := config.Parse(name, []byte(text), nil)
		if want := name + line + c.want; err == nil || err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", c.setting, err, want)
		}
	}
	for _, setting := range []string{"secret_file: full", "jwks_file: large"} {
		text := "server_name: a\njwt:\n  providers:\n  - {name: a, " + setting + "}\n"
		if _, err := config.Parse(name, []byte(text), nil); err != nil {
			t.Error(err)
		}
	}
}

func TestTheAddressOfTheDatabaseIsGivenOnce(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "url", "mysql://secret", 0o600)
	name := filepath.Join(folder, "d.yaml")
	for text, want := range map[string]string{
		"database:\n  url_file: url\n  url: sqlite:a\n":       name + ":3: database.url_file: there is url too; give one of them",
		"database:\n  url_file: url\n":                        name + ":3: database.url_file: begins with none of sqlite:, postgres:// and postgresql://, and is not memory:",
		"database: {url_file: missing}\n":                     name + ":2: database.url_file: the file (looked for in " + folder + ") cannot be read: no such file or directory",
		"database:\n  url_file: missing\n  url: postgres:x\n": name + ":3: database.url_file: there is url too; give one of them\n" + name + ":4: database.url: begins with none of sqlite:, postgres:// and postgresql://, and is not memory:",
	} {
		_, err := config.Parse(name, []byte("server_name: a\n"+text), nil)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v\nwant %s", text, err, want)
		}
	}
}

func TestSecretsThatStandAloneAreGivenOnce(t *testing.T) {
	folder := t.TempDir()
	secret := strings.Repeat("s", 32)
	write(t, folder, "secret", secret+"\n", 0o600)
	write(t, folder, "short", "short", 0o600)
	write(t, folder, "redis", "rediss://:password@redis.example.org/1\n", 0o600)
	name := filepath.Join(folder, "d.yaml")
	const head = "server_name: a\n"
	c, err := config.Parse(name, []byte(head+"registration: {shared_secret: '', shared_secret_file: secret}\nadmin: {api_token_file: secret}\n"+
		"homeserver: {kind: palpo, issuer: https://a/, secret_file: secret}\n"),
		[]string{"DOORWARD_RATE_LIMITS_STORE_FILE=redis"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Registration.SharedSecret.Reveal(), c.Admin.APIToken.Reveal(), c.Homeserver.Secret.Reveal(), c.RateLimits.Store.Reveal()}
	if diff := cmp.Diff([]string{secret, secret, secret, "rediss://:password@redis.example.org/1"}, got); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"registration: {shared_secret: " + secret + ", shared_secret_file: secret}": "registration.shared_secret_file: there is shared_secret too; give one of them",
		"registration: {shared_secret_file: short}":                                 "registration.shared_secret_file: is shorter than 16 bytes",
		"rate_limits: {store: memory, store_file: redis}":                           "rate_limits.store_file: there is store too; give one of them",
		"rate_limits: {store_file: secret}":                                         "rate_limits.store_file: begins with none of redis:// and rediss://, and is not memory",
		"admin: {api_token: " + secret + ", api_token_file: secret}":                "admin.api_token_file: there is api_token too; give one of them",
		"admin: {api_token_file: short}":                                            "admin.api_token_file: is shorter than 32 characters",
		"homeserver: {secret: " + secret + ", secret_file: secret}":                 "homeserver.secret_file: there is secret too; give one of them",
		"homeserver: {kind: synapse, issuer: https://a/, secret_file: short}":       "homeserver.secret_file: is shorter than 32 characters",
		"homeserver: {kind: synapse, issuer: https://a/, secret_file: missing}":     "homeserver.secret_file: the file (looked for in " + folder + ") cannot be read: no such file or directory",
		"admin: {api_token_file: missing}":                                          "admin.api_token_file: the file (looked for in " + folder + ") cannot be read: no such file or directory",
	} {
		_, err := config.Parse(name, []byte(head+text+"\n"), nil)
		if want = name + ":2: " + want; err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestSecretsThatOthersCanReadAreWarnedAbout(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "secret", "a secret", 0o640)
	write(t, folder, "key.pem", "PEM", 0o644)
	write(t, folder, "token", strings.Repeat("t", 32), 0o640)
	server := "server_name: a\njwt:\n  providers:\n"
	fromFile := server + "  - {name: a, secret_file: secret}\n"
	publicKey := server + "  - {name: a, public_key_file: key.pem}\n"
	path := filepath.Join(folder, "d.yaml")
	const own = "others than its owner may use the file (mode 0644); chmod 600 it, or keep the secret in a file of its own"
	for _, c := range []struct {
		name, text string
		environ    []string
		want       []string
	}{
		{"a file with a secret", fromFile, nil, []string{path + ":4: jwt.providers[0].secret_file: others than its owner may use the file (mode 0640); chmod 600 it"}},
		{"an inline secret", minimal, nil, []string{path + ":5: jwt.providers[0].secret: " + own}},
		{"an inline password", publicKey + "database: {url: 'postgres://a:b@c/d'}\n", nil, []string{path + ":5: database.url: " + own}},
		{"a password in the query", publicKey + "database: {url: 'postgres://c/d?password=b'}\n", nil, []string{path + ":5: database.url: " + own}},
		{"a password of Redis", publicKey + "rate_limits: {store: 'redis://:b@c'}\n", nil, []string{path + ":5: rate_limits.store: " + own}},
		{"Redis without one", publicKey + "rate_limits: {store: 'redis://c'}\n", nil, nil},
		{"a secret of registration", publicKey + "registration: {shared_secret: sixteen bytes...}\n", nil, []string{path + ":5: registration.shared_secret: " + own}},
		{"a homeserver's secret", publicKey + "homeserver: {kind: none, secret: a}\n", nil, []string{path + ":5: homeserver.secret: " + own}},
		{"a homeserver's secret in a file", publicKey + "homeserver: {kind: none, secret_file: token}\n", nil, []string{path + ":5: homeserver.secret_file: others than its owner may use the file (mode 0640); chmod 600 it"}},
		{"a token in a file", publicKey + "admin: {api_token_file: token}\n", nil, []string{path + ":5: admin.api_token_file: others than its owner may use the file (mode 0640); chmod 600 it"}},
		{"no password", publicKey + "database: {url: 'postgres://a@c/d'}\n", nil, nil},
		{"no secret", publicKey, nil, nil},
		{"a secret from the environment", server + "  - {name: a}\n", []string{"DOORWARD_JWT_PROVIDERS_0_SECRET=x"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, folder, "d.yaml", c.text, 0o644)
			loaded, err := config.Load(path, c.environ)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, loaded.Warnings()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
