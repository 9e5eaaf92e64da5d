package keys_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestEveryFormOfEveryKeyIsRead(t *testing.T) {
	type form struct {
		name   string
		source keys.Source
		want   any
		usual  string
	}
	secret := []byte(good + "\xfb\xff") // these bytes tell the alphabets apart
	forms := []form{
		{"secret", keys.Source{Secret: good}, []byte(good), "HS256"},
		{"base64", keys.Source{SecretBase64: base64.StdEncoding.EncodeToString(secret)}, secret, "HS256"},
		{"base64 without padding", keys.Source{SecretBase64: base64.RawStdEncoding.EncodeToString(secret)}, secret, "HS256"},
		{"base64url", keys.Source{SecretBase64: base64.RawURLEncoding.EncodeToString(secret)}, secret, "HS256"},
		{"base64url with padding", keys.Source{SecretBase64: base64.URLEncoding.EncodeToString(secret)}, secret, "HS256"},
		{"base64 in lines", keys.Source{SecretBase64: wrapped(base64.StdEncoding.EncodeToString(secret))}, secret, "HS256"},
		{"PKCS #1", keys.Source{PublicKey: pkcs1(public("RS256").(*rsa.PublicKey))}, public("RS256"), "RS256"},
		{"set of a secret", keys.Source{JWKS: set(entry(secret, nil))}, secret, "HS256"},
	}
	for usual := range signers() {
		key := public(usual)
		forms = append(forms,
			form{usual + " SPKI", keys.Source{PublicKey: spki(key)}, key, usual},
			form{usual + " SPKI with CRLF and a preface", keys.Source{PublicKey: "Key:\r\n" + strings.ReplaceAll(spki(key), "\n", "\r\n")}, key, usual},
			form{usual + " certificate", keys.Source{PublicKey: certificate(signers()[usual])}, key, usual},
			form{usual + " set", keys.Source{JWKS: set(entry(key, nil))}, key, usual},
		)
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			loaded := wantWarning(t, f.source, "")
			got, err := keysOf(loaded)
			if err != nil || len(got) != 1 || got[0].ID != "" || !equal(got[0].Material, f.want) {
				t.Errorf("got %v, %v; want %v", got, err, f.want)
			}
			if diff := cmp.Diff([]string{f.usual}, loaded.Algorithms()); diff != "" {
				t.Errorf("algorithms: %s", diff)
			}
		})
	}
}

func wrapped(text string) string { return text[:64] + "\r\n" + text[64:] + "\n" }

func pkcs1(key *rsa.PublicKey) string {
	return block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(key), nil)
}

func equal(a, b any) bool {
	if a, ok := a.([]byte); ok {
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	}
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}

func TestConfiguredAlgorithmsAreTheAllowList(t *testing.T) {
	for _, c := range []struct {
		name   string
		source keys.Source
	}{
		{"secret", keys.Source{Secret: good, Algorithms: []string{"HS512", "HS256"}}},
		{"RSA", keys.Source{PublicKey: spki(public("RS256")), Algorithms: []string{"PS256", "RS512"}}},
		{"set", keys.Source{Algorithms: []string{"ES384", "PS512"}, JWKS: set(
			entry(public("RS256"), map[string]any{"kid": "a"}), entry(public("ES384"), map[string]any{"kid": "b"}))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := wantWarning(t, c.source, "").Algorithms()
			if diff := cmp.Diff(c.source.Algorithms, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAlgorithmsThatNobodyMayUseAreRefused(t *testing.T) {
	for _, name := range []string{"none", "None", "NONE", "nOnE", " none "} {
		wantFault(t, keys.Source{Secret: good, Algorithms: []string{name}}, "algorithms", "never accepted")
	}
	for _, name := range []string{"", "hs256", "HS256 ", "HS257", "ES256K", "EdDSA\x00", "RSA-OAEP"} {
		wantFault(t, keys.Source{Secret: good, Algorithms: []string{"HS256", name}}, "algorithms", "unknown")
	}
}

func TestAnAlgorithmHasToFitAKey(t *testing.T) {
	sources := map[string]keys.Source{"HS256": {Secret: good}}
	for usual := range signers() {
		sources[usual] = keys.Source{PublicKey: spki(public(usual))}
	}
	fits := map[string][]string{
		"HS256": {"HS256", "HS384", "HS512"},
		"RS256": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"},
		"ES256": {"ES256"}, "ES384": {"ES384"}, "ES512": {"ES512"}, "EdDSA": {"EdDSA"},
	}
	for usual, source := range sources {
		for _, other := range slices.Concat(fits["HS256"], fits["RS256"], fits["ES256"], fits["ES384"], fits["ES512"], fits["EdDSA"]) {
			source.Algorithms = []string{usual, other}
			if slices.Contains(fits[usual], other) {
				wantWarning(t, source, "")
			} else {
				wantFault(t, source, "algorithms", "fits "+other+"; what is there fits "+strings.Join(fits[usual], ", "))
			}
		}
	}
}

func TestExactlyOneSourceIsNeeded(t *testing.T) {
	wantFault(t, keys.Source{}, "secret", "there is no key")
	wantFault(t, keys.Source{AllowWeakSecret: true}, "secret", "there is no key")
	wantFault(t, keys.Source{Secret: good, PublicKey: spki(public("ES256"))}, "public_key", "there is secret already")
	wantFault(t, keys.Source{PublicKey: spki(public("ES256")), JWKS: "{"}, "jwks_file", "there is public_key already")
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	_, err := keys.Load(keys.Source{
		Secret:     "short",
		PublicKey:  "no key",
		Algorithms: []string{"none", "RS256", "HS999"},
	})
	var got []string
	for _, fault := range faults(t, err) {
		got = append(got, fault.Field)
	}
	want := []string{"algorithms", "algorithms", "public_key", "algorithms", "secret"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
}

// keysOf returns all keys of a source.
func keysOf(loaded *keys.Static) ([]domain.Key, error) {
	set, err := loaded.Keys(context.Background(), "")
	return set.Keys, err
}
