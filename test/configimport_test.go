package test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/config/foreign"
)

// moved returns the settings made from another server's configuration, with what
// an operator still has to do: files where they are looked for, a weak secret
// allowed.
func moved(t *testing.T, name string, change func(text string) string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../config/foreign/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	result, err := foreign.Convert("", foreign.File{Name: name, Text: []byte(change(string(text)))})
	if err != nil || result.Refused() {
		t.Fatal(err, result.Findings)
	}
	return string(result.YAML)
}

// wantLogin demands that a token of the old server signs somebody in here.
func wantLogin(t *testing.T, settings, token, user string) {
	t.Helper()
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		a := d.login(t, token)
		if a.status != 200 || a.text("user_id") != user {
			t.Fatalf("login: %s", a)
		}
		if w := d.whoami(t, a.text("access_token")); w.text("user_id") != user {
			t.Errorf("whoami: %s", w)
		}
	})
}

func same(text string) string { return text }

// The first login of Synapse's documentation, with the token as it is printed
// there.
func TestMovingFromSynapsesDocumentation(t *testing.T) {
	settings := moved(t, "synapse-jwt.yaml", same)
	settings = strings.Replace(settings, "      algorithms:", "      allow_weak_secret: true\n      algorithms:", 1)
	wantLogin(t, settings, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0LXVzZXIifQ.Ag71GT8v01UO3w80aqRPTeuVPBIBZkYhNTJJ-_-zQIc", "@test-user:localhost")
}

func TestMovingFromAFullSynapse(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	settings := moved(t, "synapse-full.yaml", func(text string) string {
		return strings.ReplaceAll(withKey(t, text, key.Public()), "/etc/matrix-synapse", folder)
	})
	put(t, filepath.Join(folder, "registration.secret"), "a secret that programs have\n")
	service, err := os.ReadFile("../config/foreign/testdata/appservices/irc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "appservices/irc.yaml"), string(service))
	wantLogin(t, settings, minted(t, "RS256", key, claims{"sub": "17", "preferred_username": "alice", "name": "Alice",
		"iss": "https://login.example.org/", "aud": []string{"matrix", "other"}, "exp": in(-time.Minute)}), "@alice:example.org")
}

func TestMovingFromPalpo(t *testing.T) {
	wantLogin(t, moved(t, "palpo-jwt.toml", same),
		minted(t, "HS256", []byte("a secret that Palpo and the issuer share"), claims{"sub": "alice"}), "@alice:localhost")
	secret, err := base64.StdEncoding.DecodeString("7xr9QNFEogf/7cwAPQUVpSOoYQBFiw3VmKlJk6kcLBGBHrfyPSxUTouYEPGv2lOb")
	if err != nil {
		t.Fatal(err)
	}
	wantLogin(t, moved(t, "palpo-full.toml", same),
		minted(t, "HS256", secret, claims{"sub": "alice", "iss": "https://login.example.com/", "aud": "matrix", "exp": in(time.Minute)}), "@alice:example.org")
}

func TestMovingFromTuwunel(t *testing.T) {
	wantLogin(t, moved(t, "tuwunel-jwt.toml", same),
		minted(t, "HS256", []byte("a secret that Tuwunel and the issuer share"), claims{"sub": "Alice"}), "@alice:localhost")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	settings := moved(t, "tuwunel-full.toml", func(text string) string {
		return strings.Replace(withKey(t, text, key.Public()), "register_user = false", "register_user = true", 1)
	})
	wantLogin(t, settings, minted(t, "ES256", key, claims{"sub": "alice", "iss": "https://login.example.org/", "exp": in(time.Minute), "nbf": in(0)}), "@alice:example.org")
}

func minted(t *testing.T, algorithm string, key any, c claims) string {
	t.Helper()
	token, err := jwtlogin.Sign(algorithm, key, "", c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

var pemBlock = regexp.MustCompile(`(?s)( *)-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n`)

// withKey puts a public key in the place of the one that a text has, at the same
// indentation.
func withKey(t *testing.T, text string, key crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.TrimSuffix(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "\n")
	indent := pemBlock.FindStringSubmatch(text)[1]
	return pemBlock.ReplaceAllLiteralString(text, indent+strings.ReplaceAll(lines, "\n", "\n"+indent)+"\n")
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
