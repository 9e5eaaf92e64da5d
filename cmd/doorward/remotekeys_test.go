package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// publishes publishes a new key under the name k1, and a secret beside it, and
// returns where, and the private key in PEM.
func publishes(t *testing.T) (url, private string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/keys":
			fmt.Fprintf(w, `{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":%q,"y":%q},{"kty":"oct","kid":"s","k":"AAAA"}]}`, encode(point[1:33]), encode(point[33:]))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func withKeysOf(url string) string {
	return "server_name: a\ndatabase: {url: 'memory:'}\njwt:\n  providers:\n    - {name: p, jwks_url: '" + url + "', issuers: [us]}\n"
}

func TestMintAndExplainFetchKeys(t *testing.T) {
	url, private := publishes(t)
	inFolder(t, map[string]string{"doorward.yaml": withKeysOf(url + "/keys"), "down.yaml": withKeysOf(url + "/nothing"), "key.pem": private})
	_, token, errs := doorward(t, "", "token", "mint", "--sub", "alice", "--key", "key.pem")
	code, out, _ := doorward(t, token, "token", "explain")
	if code != 0 || !strings.Contains(out, "key k1 from "+url+"/keys (fetched ") {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
	code, out, _ = doorward(t, token, "token", "explain", "-c", "down.yaml")
	if code != 1 || !strings.Contains(out, "status 404") || !strings.Contains(out, "answer  503") {
		t.Errorf("without keys: exit code %d:\n%s", code, out)
	}
	code, _, errs = doorward(t, "", "token", "mint", "-c", "down.yaml", "--sub", "alice", "--key", "key.pem")
	if code != 1 || !strings.Contains(errs, "--kid") {
		t.Errorf("mint without keys: exit code %d: %s", code, errs)
	}
	if code, _, errs = doorward(t, "", "token", "mint", "-c", "down.yaml", "--sub", "alice", "--key", "key.pem", "--kid", "k1"); code != 0 {
		t.Errorf("mint with a name: exit code %d: %s", code, errs)
	}
}

func TestCheckFetchesKeysOnline(t *testing.T) {
	url, _ := publishes(t)
	inFolder(t, map[string]string{
		"doorward.yaml": withKeysOf(url + "/keys"), "down.yaml": withKeysOf(url + "/nothing"),
		"plain.yaml": withKeysOf("http://login.example.org/keys"),
	})
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"config check", 0, "good"},
		{"config check --online", 0, "warning: doorward.yaml:5: jwt.providers[0].jwks_url: key 2 (kid \"s\") is a shared secret"},
		{"config check -c down.yaml", 0, "good"},
		{"config check -c down.yaml --online", 1, "fault: down.yaml:5: jwt.providers[0].jwks_url: " + url + "/nothing: it answers with status 404"},
		{"config check -c plain.yaml", 1, "plain.yaml:5: jwt.providers[0].jwks_url: is no https URL"},
	} {
		code, out, errs := doorward(t, "", strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
	}
}
