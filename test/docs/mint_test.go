// Package docs_test checks that what the documentation shows is what works.
package docs_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// secret has characters that programs with a wrong idea of bytes would change.
const secret = "a shared secret = '$HOME' + \"ünï\" + 0123456789"

// An example mints a token for the user that is its last argument.
type example struct {
	fence string   // the language of its code block in the README
	file  string   // the program, below mint
	run   []string // the command, less the user
}

func examples(t *testing.T) []example {
	return []example{
		{"python", "mint.py", []string{"python3", absolute(t, "mint/mint.py")}},
		{"javascript", "mint.mjs", []string{"node", absolute(t, "mint/mint.mjs")}},
		{"rust", "rust/src/main.rs", []string{"cargo", "run", "--quiet", "--manifest-path", "Cargo.toml", "--"}},
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExamplesMintTokensThatVerify(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.fence, func(t *testing.T) {
			if _, err := exec.LookPath(e.run[0]); err != nil {
				t.Skipf("%s is not installed, so %s was not run", e.run[0], e.file)
			}
			dir := t.TempDir()
			if e.fence == "rust" {
				prepareRust(t, dir)
			}
			first := verified(t, mint(t, dir, e.run, "JWT_SECRET="+secret))
			if err := os.WriteFile(filepath.Join(dir, "doorward.secret"), []byte(secret+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			second := verified(t, mint(t, dir, e.run))
			if first == second {
				t.Errorf("two tokens have the same jti %q", first)
			}
		})
	}
}

// mint runs an example in a directory and returns what it prints.
func mint(t *testing.T, dir string, run []string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), run[0], append(run[1:], "alice")...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "JWT_SECRET=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// verified checks a token as a login does (RFC 7515, section 5.2) and returns
// its jti.
func verified(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q has not three segments", token)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); parts[2] != want {
		t.Errorf("the signature is %s; want %s", parts[2], want)
	}
	var header struct{ Alg string }
	var claims struct {
		Sub, Jti string
		Iat, Exp int64
	}
	decode(t, parts[0], &header)
	decode(t, parts[1], &claims)
	now := time.Now().Unix()
	if header.Alg != "HS256" || claims.Sub != "alice" || claims.Jti == "" ||
		claims.Iat < now-60 || claims.Iat > now || claims.Exp != claims.Iat+300 {
		t.Errorf("at %d the token says %+v %+v", now, header, claims)
	}
	return claims.Jti
}

func decode(t *testing.T, segment string, into any) {
	t.Helper()
	text, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%q: %v", segment, err)
	}
}

func TestTheREADMEShowsTheExamples(t *testing.T) {
	readme := read(t, "../../README.md")
	_, dependencies, _ := strings.Cut(read(t, "mint/rust/Cargo.toml"), "\n\n")
	blocks := map[string]string{"rust/Cargo.toml": "```toml\n" + dependencies + "```\n"}
	for _, e := range examples(t) {
		blocks[e.file] = "```" + e.fence + "\n" + read(t, "mint/"+e.file) + "```\n"
	}
	for file, block := range blocks {
		if !strings.Contains(readme, block) {
			t.Errorf("the README has no code block that is mint/%s to the letter:\n%s", file, block)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
