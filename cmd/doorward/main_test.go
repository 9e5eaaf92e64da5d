package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"testing"
)

// doorward runs a command line in the working directory.
func doorward(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	return doorwardIn(t, nil, stdin, args...)
}

// doorwardIn runs it with an environment.
func doorwardIn(t *testing.T, environ []string, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(args, &streams{in: strings.NewReader(stdin), out: &stdout, err: &stderr, environ: environ})
	return code, stdout.String(), stderr.String()
}

// inFolder makes the working directory a fresh one with the files.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const twoProviders = `
server_name: localhost
database: {url: "memory:"}
jwt:
  providers:
    - {name: one, secret: "0123456789abcdef0123456789abcdef", issuers: [https://one.example], audiences: [matrix]}
    - {name: two, secret: "fedcba9876543210fedcba9876543210", subject_claim: user.name, require: [exp, jti]}
`

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		args  string
		code  int
		says  string // on stderr, or stdout for 0 and refusals
	}{
		{"no command shows the help", nil, "", 0, "serve"},
		{"help", nil, "--help", 0, "token mint"},
		{"help of a command", nil, "serve --help", 0, "doorward.secret"},
		{"unknown command", nil, "open", 2, "doorward --help"},
		{"unknown flag", nil, "serve --fast", 2, "--fast"},
		{"missing flag", nil, "token mint", 2, "--sub"},
		{"version", nil, "version", 0, "go1."},
		{"version for programs", nil, "version --json", 0, `"commit"`},
		{"example", nil, "config example", 0, "server_name:"},
		{"missing configuration", nil, "config check -c nothing.yaml", 1, "nothing.yaml"},
		{"good configuration", map[string]string{"doorward.yaml": twoProviders}, "config check", 0, "good"},
		{"every fault at once", map[string]string{"doorward.yaml": "server_name: 'a b'\nfast: true\nlog: {level: loud}\n"}, "config check", 1, "doorward.yaml:3: log.level"},
		{"faults for programs", map[string]string{"doorward.yaml": "server_name: 'a b'\nfast: true\n"}, "config check --json", 1, `"ok": false`},
		{"bad server name", map[string]string{"doorward.yaml": "server_name: 'a b'\n"}, "config check", 1, "doorward.yaml:1: server_name"},
		{"weak secret", map[string]string{"doorward.yaml": "server_name: a\njwt:\n  providers:\n    - name: p\n      secret: short\n"}, "config check", 1, "doorward.yaml:5: jwt.providers[0].secret"},
		{"serve with a fault", map[string]string{"doorward.yaml": "server_name: 'a b'\n"}, "serve", 1, "doorward.yaml:1: server_name"},
		{"mint without saying for whom", map[string]string{"doorward.yaml": twoProviders}, "token mint --sub alice", 2, "--provider: one, two"},
		{"mint with a bad claim", map[string]string{"doorward.yaml": twoProviders}, "token mint --sub alice --provider one --claim name=Alice", 2, "NAME=JSON"},
		{"mint with an algorithm that does not fit", map[string]string{"doorward.yaml": twoProviders}, "token mint --sub alice --provider one --alg RS256", 2, "does not fit"},
		{"migrate without a database", map[string]string{"doorward.yaml": twoProviders}, "migrate status", 2, "memory:"},
		{"migrate", nil, "migrate up", 0, "up to date"},
		{"check of a missing database", map[string]string{"doorward.yaml": "server_name: a\n"}, "config check --online", 1, "migrate up"},
		{"check where nothing is", nil, "config check", 1, "no doorward.yaml"},
		{"explain where nothing is", nil, "token explain x", 1, "no doorward.yaml"},
		{"state of a missing database", map[string]string{"doorward.yaml": "server_name: a\n"}, "migrate status", 1, "no database yet"},
		{"faults of keys beside others", map[string]string{"doorward.yaml": "server_name: a\nfast: true\njwt:\n  providers:\n    - name: p\n      secret: short\n"}, "config check", 1, "doorward.yaml:6: jwt.providers[0].secret"},
		{"warnings beside faults", map[string]string{"doorward.yaml": "server_name: a b\npassword: {enabled: false}\n"}, "config check", 1, "warning: doorward.yaml: jwt.providers: there is none"},
		{"explain nothing", map[string]string{"doorward.yaml": twoProviders}, "token explain", 2, "there is no token"},
		{"explain rubbish", map[string]string{"doorward.yaml": twoProviders}, "token explain rubbish", 1, "403 M_FORBIDDEN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inFolder(t, c.files)
			code, out, errs := doorward(t, "", strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("exit code %d, want %d and %q:\n%s%s", code, c.code, c.says, out, errs)
			}
			if code == 2 && (strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "doorward: ")) {
				t.Errorf("not one line: %q", errs)
			}
		})
	}
}

func TestMintedTokensAreExplainedAsGood(t *testing.T) {
	for name, args := range map[string]string{
		"provider one":         "--provider one --sub alice",
		"provider two, nested": "--provider two --sub alice",
		"another algorithm":    "--provider two --sub alice --claim name=\"Alice\"",
	} {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"doorward.yaml": twoProviders})
			code, token, errs := doorward(t, "", append([]string{"token", "mint"}, strings.Fields(args)...)...)
			if code != 0 {
				t.Fatal(errs)
			}
			code, out, errs := doorward(t, token, "token", "explain", "--json")
			var explained explanation
			if err := json.Unmarshal([]byte(out), &explained); err != nil {
				t.Fatal(err, errs)
			}
			if code != 0 || explained.Status != 200 || explained.UserID != "@alice:localhost" || explained.Exists {
				t.Errorf("exit code %d: %s", code, out)
			}
		})
	}
}

func TestATokenMintedForOneProviderIsNotGoodForAnother(t *testing.T) {
	inFolder(t, map[string]string{"doorward.yaml": twoProviders})
	_, token, _ := doorward(t, "", "token", "mint", "--provider", "two", "--sub", "alice", "--iss", "https://one.example", "--aud", "matrix")
	code, out, _ := doorward(t, token, "token", "explain")
	if code != 1 || !strings.Contains(out, "Signature verification failed") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestCommandsThatLookMakeNoFiles(t *testing.T) {
	inFolder(t, map[string]string{"doorward.yaml": "server_name: localhost\njwt: {providers: [{name: p, secret: 0123456789abcdef0123456789abcdef}]}\n"})
	_, token, _ := doorward(t, "", "token", "mint", "--sub", "alice")
	code, out, errs := doorward(t, token, "token", "explain")
	if code != 0 || !strings.Contains(out, "no database yet") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	doorward(t, "", "config", "check", "--online")
	doorward(t, "", "migrate", "status")
	if files, err := os.ReadDir("."); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestExplainKnowsTheUsersThatThereAre(t *testing.T) {
	inFolder(t, nil)
	if code, _, errs := doorward(t, "", "migrate", "up"); code != 0 {
		t.Fatal(errs)
	}
	_, token, _ := doorward(t, "", "token", "mint", "--sub", "alice")
	if code, out, _ := doorward(t, token, "token", "explain"); code != 0 || !strings.Contains(out, "@alice:localhost, which does not exist") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestTheEnvironmentAloneIsAConfigurationAndNoTrial(t *testing.T) {
	inFolder(t, nil)
	environ := []string{"DOORWARD_SERVER_NAME=example.org", "DOORWARD_JWT_PROVIDERS_0_NAME=corp", "DOORWARD_JWT_PROVIDERS_0_SECRET=0123456789abcdef0123456789abcdef"}
	_, token, errs := doorwardIn(t, environ, "", "token", "mint", "--sub", "alice")
	code, out, _ := doorwardIn(t, environ, token, "token", "explain", "--json")
	if code != 0 || !strings.Contains(out, `"@alice:example.org"`) {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if _, err := os.Stat(trialSecret); !os.IsNotExist(err) {
		t.Errorf("%s: %v", trialSecret, err)
	}
}

func TestAnExpiredTokenCanBeMinted(t *testing.T) {
	inFolder(t, map[string]string{"doorward.yaml": twoProviders})
	_, token, _ := doorward(t, "", "token", "mint", "--sub", "alice", "--provider", "one", "--ttl=-5m")
	if code, out, _ := doorward(t, token, "token", "explain"); code != 1 || !strings.Contains(out, "expired_token") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestTokensOfAKeySetNameTheirKey(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherPoint, err := other.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	jwk := func(kid string, point []byte) string {
		return fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":%q,"x":%q,"y":%q}`, kid, encode(point[1:33]), encode(point[33:]))
	}
	inFolder(t, map[string]string{
		"key.pem":       string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})),
		"ec.json":       `{"keys":[` + jwk("other", otherPoint) + `,` + jwk("mine", point) + `]}`,
		"secrets.json":  `{"keys":[{"kty":"oct","kid":"a","k":"` + encode([]byte("0123456789abcdef0123456789abcdef")) + `"},{"kty":"oct","kid":"b","k":"` + encode([]byte("fedcba9876543210fedcba9876543210")) + `"}]}`,
		"doorward.yaml": "server_name: a\njwt:\n  providers:\n    - {name: ec, jwks_file: ec.json, issuers: [ec]}\n    - {name: secrets, jwks_file: secrets.json}\n",
	})
	for provider, more := range map[string][]string{"ec": {"--key", "key.pem"}, "secrets": nil} {
		_, token, errs := doorward(t, "", append([]string{"token", "mint", "--sub", "alice", "--provider", provider}, more...)...)
		if code, out, _ := doorward(t, token, "token", "explain"); code != 0 {
			t.Errorf("%s: exit code %d: %s%s", provider, code, out, errs)
		}
	}
}

func TestTheTrialSecretIsMadeOnceAndReadableByNobodyElse(t *testing.T) {
	inFolder(t, nil)
	if code, _, errs := doorward(t, "", "token", "mint", "--sub", "alice"); code != 1 || !strings.Contains(errs, "no doorward.yaml") {
		t.Errorf("before anything was tried out: exit code %d: %s", code, errs)
	}
	doorward(t, "", "migrate", "up")
	_, first, _ := doorward(t, "", "token", "mint", "--sub", "alice")
	before, err := os.ReadFile(trialSecret)
	if err != nil {
		t.Fatal(err)
	}
	if _, second, _ := doorward(t, "", "token", "mint", "--sub", "alice"); first == second {
		t.Error("two tokens are alike: they have no jti")
	}
	after, err := os.ReadFile(trialSecret)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the secret changed: %v", err)
	}
	if info, err := os.Stat(trialSecret); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
