package keys_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

// A good key works whatever stands beside it.
func TestKeysThatAreIgnoredBesideAGoodOne(t *testing.T) {
	rsaKey, ecKey := public("RS256"), public("ES256")
	offCurve := entry(ecKey, m{"kid": "x"})
	offCurve["x"] = entry(public("ES256"), nil)["y"]
	secret := base64.RawURLEncoding.EncodeToString([]byte(good))
	for name, c := range map[string]struct {
		key  any
		says string
	}{
		"a secret":              {m{"kty": "oct", "kid": "x", "k": secret}, "shared secret"},
		"an empty secret":       {m{"kty": "oct", "kid": "x", "k": ""}, "shared secret"},
		"a private key":         {entry(signers()["ES256"], m{"kid": "x"}), "private key"},
		"for encryption":        {entry(rsaKey, m{"kid": "x", "use": "enc"}), `use is`},
		"for wrapping":          {entry(rsaKey, m{"kid": "x", "key_ops": []string{"wrapKey"}}), "key_ops"},
		"RSA-OAEP":              {entry(rsaKey, m{"kid": "x", "alg": "RSA-OAEP"}), "RSA-OAEP"},
		"none":                  {entry(rsaKey, m{"kid": "x", "alg": "none"}), "its alg is"},
		"HS256 of RSA":          {entry(rsaKey, m{"kid": "x", "alg": "HS256"}), "does not fit its alg"},
		"ES384 of P-256":        {entry(ecKey, m{"kid": "x", "alg": "ES384"}), "does not fit its alg"},
		"off the curve":         {offCurve, "is no EC P-256 key"},
		"secp256k1":             {m{"kty": "EC", "crv": "secp256k1", "kid": "x", "x": "AA", "y": "AA"}, "secp256k1"},
		"X25519":                {m{"kty": "OKP", "crv": "X25519", "kid": "x", "x": "AA"}, "X25519"},
		"of small order":        {m{"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32))}, "everyone can sign"},
		"an exponent of 1":      {entry(rsaKey, m{"kid": "x", "e": "AQ"}), ""},
		"unknown":               {m{"kty": "AKP", "kid": "x"}, "AKP"},
		"no kind":               {m{"kid": "x"}, "has no kty"},
		"a kid that is none":    {entry(ecKey, m{"kid": 1}), "kid"},
		"hostile for the log":   {m{"kty": "AKP", "kid": "x\nlevel=ERROR"}, `x\\nlevel`},
		"none of the allowed":   {entry(public("EdDSA"), m{"kid": "x"}), "fits none of the algorithms"},
		"one kid twice":         {[]any{entry(rsaKey, m{"kid": "x"}), entry(public("ES384"), m{"kid": "x"})}, "has the kid of"},
		"a good one's bad twin": {m{"kty": "oct", "kid": "a", "k": secret}, "shared secret"},
	} {
		t.Run(name, func(t *testing.T) {
			clock, issuer := newWatch(), newIssuer(t)
			entries := []any{entry(ecKey, m{"kid": "a"})}
			if several, ok := c.key.([]any); ok {
				entries = append(entries, several...)
			} else {
				entries = append(entries, c.key)
			}
			issuer.says(set(entries...))
			source := keys.RemoteSource{JWKS: issuer.URL + "/keys", Algorithms: []string{"ES256", "ES384", "RS256"}}
			party := relying(t, clock, nil, source)
			party.wantKids(t, "a", "a")
			for range 3 {
				clock.passes(time.Minute)
				party.wantKids(t, "x", "a")
			}
			ignored := party.log.with("keys are ignored")
			if len(ignored) != 1 || !strings.Contains(ignored[0], c.says) {
				t.Errorf("logged %q; want one line with %q", ignored, c.says)
			}
			issuer.says(set(append(entries, entry(public("ES384"), m{"kid": "new"}))...))
			clock.passes(time.Minute)
			party.wantKids(t, "new", "a", "new")
			if n := len(party.log.with("keys are ignored")); n != 2 {
				t.Errorf("logged %d times after a change", n)
			}
		})
	}
}

func TestWeakKeysAreIgnored(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	issuer := newIssuer(t)
	issuer.says(set(entry(&weak.PublicKey, m{"kid": "weak"}), entry(public("ES256"), m{"kid": "a"})))
	relying(t, newWatch(), nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"}).wantKids(t, "weak", "a")
}

// Without an allow-list each key is for one algorithm only: its own, or the usual
// one (RFC 8725, 3.2).
func TestAlgorithmsOfFetchedKeys(t *testing.T) {
	all := []any{
		entry(public("RS256"), m{"kid": "RS256"}), entry(public("RS256"), m{"kid": "PS384", "alg": "PS384"}),
		entry(public("ES256"), m{"kid": "ES256"}), entry(public("ES512"), m{"kid": "ES512", "alg": "ES512"}),
		entry(public("EdDSA"), m{"kid": "EdDSA"}),
	}
	issuer := newIssuer(t)
	issuer.says(set(all...))
	for _, c := range []struct {
		algorithms []string
		fit        map[string][]string // by kid
	}{
		{nil, map[string][]string{"RS256": {"RS256"}, "PS384": {"PS384"}, "ES256": {"ES256"}, "ES512": {"ES512"}, "EdDSA": {"EdDSA"}}},
		{[]string{"RS512", "ES256"}, map[string][]string{"RS256": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}, "ES256": {"ES256"}}},
	} {
		source := keys.RemoteSource{JWKS: issuer.URL + "/keys", Algorithms: c.algorithms}
		got, err := relying(t, newWatch(), nil, source).Keys(t.Context(), "")
		if err != nil || len(got.Keys) != len(c.fit) {
			t.Fatalf("got %v, %v", got, err)
		}
		for _, key := range got.Keys {
			if !slices.Equal(key.Usable(), c.fit[key.ID]) {
				t.Errorf("with %v the key %s is for %v, want %v", c.algorithms, key.ID, key.Usable(), c.fit[key.ID])
			}
		}
	}
}

func TestSourcesThatAreRefused(t *testing.T) {
	const url = "https://login.example.org/keys"
	for _, c := range []struct {
		source keys.RemoteSource
		want   []string // field, and what the problem says
	}{
		{keys.RemoteSource{JWKS: url}, nil},
		{keys.RemoteSource{Discovery: url + "?tenant=a"}, nil},
		{keys.RemoteSource{JWKS: "http://127.0.0.1:8080/keys"}, nil},
		{keys.RemoteSource{JWKS: "http://[::1]/keys"}, nil},
		{keys.RemoteSource{JWKS: "http://LOCALHOST/keys", Algorithms: []string{"ES256", "EdDSA"}}, nil},
		{keys.RemoteSource{JWKS: "http://login.example.org/keys"}, []string{"jwks_url", "is no https URL"}},
		{keys.RemoteSource{Discovery: "http://10.0.0.1/keys"}, []string{"discovery_url", "is no https URL"}},
		{keys.RemoteSource{JWKS: "http://localhost.example.org/"}, []string{"jwks_url", "is no https URL"}},
		{keys.RemoteSource{JWKS: "http://127.0.0.1.example.org/"}, []string{"jwks_url", "is no https URL"}},
		{keys.RemoteSource{JWKS: "https://alice:secret@login.example.org/"}, []string{"jwks_url", "has a user"}},
		{keys.RemoteSource{JWKS: "http://localhost@login.example.org/"}, []string{"jwks_url", "has a user"}},
		{keys.RemoteSource{JWKS: "file:///etc/keys"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "ftp://login.example.org/"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "https:login.example.org"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "https://"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "https://:443/"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "login.example.org/keys"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: "https://a b/"}, []string{"jwks_url", "is no URL"}},
		{keys.RemoteSource{JWKS: url + "#1"}, []string{"jwks_url", "fragment"}},
		{keys.RemoteSource{JWKS: url, Algorithms: []string{"HS256"}}, []string{"algorithms", "shared secret"}},
		{keys.RemoteSource{JWKS: url, Algorithms: []string{"RS256", "None"}}, []string{"algorithms", "never accepted"}},
		{keys.RemoteSource{JWKS: url, Algorithms: []string{"RS1"}}, []string{"algorithms", "unknown"}},
	} {
		all := faults(t, c.source.Check())
		switch {
		case len(c.want) == 0 && len(all) == 0:
		case len(c.want) == 0 || len(all) != 1 || all[0].Field != c.want[0] || !strings.Contains(all[0].Problem, c.want[1]):
			t.Errorf("%+v: got %v, want %v", c.source, all, c.want)
		case strings.Contains(all[0].Problem, "secret@"):
			t.Errorf("%s shows a password", all[0].Problem)
		}
	}
}
