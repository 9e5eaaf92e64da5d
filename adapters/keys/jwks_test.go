package keys_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

// m are members of a key to be changed.
type m = map[string]any

func TestASetKeepsIDsAndAlgorithms(t *testing.T) {
	loaded := wantWarning(t, keys.Source{JWKS: set(
		entry(public("RS256"), m{"kid": "a", "alg": "PS256", "use": "sig"}),
		entry(public("ES256"), m{"kid": "b", "key_ops": []string{"sign", "verify"}}),
		entry(public("EdDSA"), m{"kid": "c", "x5t": 1, "unknown": m{}}),
		entry(public("ES256"), m{"kid": "d"}),
	)}, "")
	got, err := keysOf(loaded)
	if err != nil || len(got) != 4 {
		t.Fatalf("got %v, %v; want four keys", got, err)
	}
	for i, want := range []struct{ id, algorithm string }{{"a", "PS256"}, {"b", ""}, {"c", ""}, {"d", ""}} {
		if got[i].ID != want.id || got[i].Algorithm != want.algorithm {
			t.Errorf("key %d is %q for %q; want %v", i, got[i].ID, got[i].Algorithm, want)
		}
	}
	if diff := cmp.Diff([]string{"PS256", "ES256", "EdDSA"}, loaded.Algorithms()); diff != "" {
		t.Errorf("algorithms: %s", diff)
	}
}

func TestKeysForOtherPurposesAreIgnoredWithAWarning(t *testing.T) {
	rsa := public("RS256")
	for _, c := range []struct {
		name string
		key  any
		want string
	}{
		{"encryption", entry(rsa, m{"use": "enc"}), `use is "enc"`},
		{"unknown use", entry(rsa, m{"use": "SIG"}), `use is "SIG"`},
		{"operation encrypt", entry(rsa, m{"key_ops": []string{"encrypt"}}), "key_ops"},
		{"operation sign", entry(rsa, m{"key_ops": []string{"sign"}}), "key_ops"},
		{"no operations", entry(rsa, m{"key_ops": []string{}}), "key_ops"},
		{"use and operations disagree", entry(rsa, m{"use": "sig", "key_ops": []string{"encrypt"}}), "key_ops"},
		{"encryption algorithm", entry(rsa, m{"alg": "RSA-OAEP"}), `alg is "RSA-OAEP"`},
		{"no algorithm", entry(rsa, m{"alg": "none"}), `alg is "none"`},
		{"secp256k1", m{"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}, `kind is "EC secp256k1"`},
		{"X25519", m{"kty": "OKP", "crv": "X25519", "x": "AA"}, `kind is "OKP X25519"`},
		{"curve missing", m{"kty": "EC", "x": "AA", "y": "AA"}, `kind is "EC "`},
		{"unknown kind", m{"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, "is ignored"},
		{"kind in lower case", entry(rsa, m{"kty": "rsa"}), `kind is "rsa"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			loaded := wantWarning(t, keys.Source{JWKS: set(entry(public("ES256"), m{"kid": "a"}), c.key)}, c.want)
			if got, _ := keysOf(loaded); len(got) != 1 || got[0].ID != "a" {
				t.Errorf("got %v; want only the other key", got)
			}
			wantFault(t, keys.Source{JWKS: set(c.key)}, "jwks_file", "holds no key that verifies")
		})
	}
}

func TestWhatIsNoSetIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", "keys", "not JSON"},
		{"truncated", `{"keys":[`, "not JSON"},
		{"HTML", "<html>", "not JSON"},
		{"trailing text", set(entry(public("ES256"), nil)) + "x", "not JSON"},
		{"byte order mark", "\ufeff" + set(entry(public("ES256"), nil)), "not JSON"},
		{"null", "null", "not an object"},
		{"a list", "[]", "not an object"},
		{"a key alone", `{"kty":"oct","k":"AAAA"}`, "keys is no list"},
		{"no list", `{"keys":{}}`, "keys is no list"},
		{"null for a list", `{"keys":null}`, "keys is no list"},
		{"another case", `{"Keys":[]}`, "keys is no list"},
		{"keys twice", `{"keys":[],"keys":[]}`, "stands twice"},
		{"a member twice", `{"keys":[{"kty":"oct","kty":"RSA"}]}`, "stands twice"},
		{"NUL in a kid", `{"keys":[{"kid":"a\u0000"}]}`, "NUL"},
		{"empty", `{"keys":[]}`, "holds no key"},
		{"a key that is no object", `{"keys":["RSA"]}`, "key 1 is no object"},
		{"a key that is null", `{"keys":[null]}`, "key 1 is no object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantFault(t, keys.Source{JWKS: c.text}, "jwks_file", c.want)
		})
	}
}

func TestABadKeyInASetIsRefused(t *testing.T) {
	rsa, ec, edwards := public("RS256"), public("ES256"), public("EdDSA")
	other := entry(public("ES256"), nil)
	private := m{"kid": "x"}
	for _, c := range []struct {
		name string
		key  any
		want string
	}{
		{"no kty", entry(rsa, m{"kty": nil}), "no kty"},
		{"kty no text", entry(rsa, m{"kty": 1}), "kty"},
		{"kid no text", entry(rsa, m{"kid": 1}), "kid"},
		{"kid null", entry(rsa, m{"kid": (*int)(nil)}), "kid"},
		{"kid empty", entry(rsa, m{"kid": ""}), "kid"},
		{"use no text", entry(rsa, m{"use": []string{"sig"}}), "use"},
		{"alg no text", entry(rsa, m{"alg": false}), "alg"},
		{"crv no text", entry(ec, m{"crv": 256}), "crv"},
		{"key_ops no list", entry(rsa, m{"key_ops": "verify"}), "key_ops"},
		{"alg of another kind", entry(rsa, m{"alg": "ES256"}), "does not fit its alg ES256"},
		{"alg of another curve", entry(ec, m{"alg": "ES384"}), "does not fit its alg ES384"},
		{"public key with a secret's alg", entry(rsa, m{"alg": "HS256"}), "does not fit its alg HS256"},
		{"private RSA key", entry(signers()["RS256"], private), "private key"},
		{"private EC key", entry(signers()["ES384"], private), "private key"},
		{"private Ed25519 key", entry(signers()["EdDSA"], private), "private key"},
		{"private key for encryption", entry(signers()["RS256"], m{"use": "enc"}), "private key"},
		{"a private member that is null", entry(rsa, m{"d": (*int)(nil)}), "private key"},
		{"no modulus", entry(rsa, m{"n": nil}), "is no RSA key"},
		{"modulus no text", entry(rsa, m{"n": 65537}), "is no RSA key"},
		{"modulus no base64url", entry(rsa, m{"n": "+/+/"}), "is no RSA key"},
		{"no exponent", entry(rsa, m{"e": nil}), "is no RSA key"},
		{"exponent 1", entry(rsa, m{"e": "AQ"}), "is no RSA key"},
		{"huge exponent", entry(rsa, m{"e": strings.Repeat("A_", 100)}), "is no RSA key"},
		{"weak modulus", entry(rsa, m{"n": strings.Repeat("A_", 100)}), "too weak"},
		{"no y", entry(ec, m{"y": nil}), "is no EC P-256 key"},
		{"off the curve", entry(ec, m{"y": other["x"]}), "is no EC P-256 key"},
		{"another curve", entry(ec, m{"crv": "P-384"}), "is no EC P-384 key"},
		{"point at infinity", entry(ec, m{"x": strings.Repeat("A", 43), "y": strings.Repeat("A", 43)}), "is no EC P-256 key"},
		{"no x", entry(edwards, m{"x": nil}), "is no OKP Ed25519 key"},
		{"short x", entry(edwards, m{"x": "AAAA"}), "is no OKP Ed25519 key"},
		{"secret missing", m{"kty": "oct"}, "is no oct key"},
		{"secret no base64url", m{"kty": "oct", "k": "a b"}, "is no oct key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := entry(public("ES512"), m{"kid": "good"})
			wantFault(t, keys.Source{JWKS: set(good, c.key)}, "jwks_file", c.want)
		})
	}
}

func TestEveryPrivateMemberIsNoticed(t *testing.T) {
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "priv"} {
		wantFault(t, keys.Source{JWKS: set(entry(public("RS256"), m{member: "AA"}))}, "jwks_file", "private key")
	}
}

func TestAKidNamesOneKey(t *testing.T) {
	a := m{"kid": "a"}
	wantFault(t, keys.Source{JWKS: set(entry(public("RS256"), a), entry(public("ES256"), a))},
		"jwks_file", `key 2 (kid "a") has the kid of key 1`)
	_, err := keys.Load(keys.Source{JWKS: set(
		entry(public("RS256"), m{"kid": "a", "use": "enc"}), entry(public("RS256"), m{"kid": "a"}))})
	if len(faults(t, err)) != 1 {
		t.Errorf("got %v; want a fault, whatever the use", err)
	}
	wantWarning(t, keys.Source{JWKS: set(entry(public("RS256"), a), entry(public("ES256"), m{"kid": "A"}))}, "")
}

func TestSecretsDoNotStandBesidePublicKeys(t *testing.T) {
	secret := entry([]byte(good), m{"kid": "s"})
	wantFault(t, keys.Source{JWKS: set(secret, entry(public("ES256"), m{"kid": "e"}))}, "jwks_file", "leave only one kind")
	wantWarning(t, keys.Source{JWKS: set(secret, entry([]byte(good[1:]), m{"kid": "t"}))}, "")
}

func TestEveryKeyCanBeChosen(t *testing.T) {
	rsa := entry(public("RS256"), nil)
	for _, c := range []struct {
		name       string
		algorithms []string
		jwks       string
		fault      string
		warning    string
	}{
		{"alone without a kid", nil, set(rsa), "", ""},
		{"two of a kind without", []string{"RS256"}, set(rsa, rsa), "has no kid, and other keys fit RS256 too", ""},
		{"one of a kind without", nil, set(rsa, entry(public("RS256"), m{"kid": "a"})), "has no kid", ""},
		{"told apart by alg", nil, set(rsa, entry(public("ES256"), m{"kid": "a"})), "", "key 1 has no kid"},
		{"told apart by their own alg", []string{"RS256", "PS256"}, set(
			entry(public("RS256"), m{"alg": "PS256"}), entry(public("RS256"), m{"alg": "RS256", "kid": "a"})), "", "key 1 has no kid"},
		{"told apart by one of its algorithms", []string{"RS256", "PS256"}, set(
			rsa, entry(public("RS256"), m{"alg": "RS256", "kid": "a"})), "", "key 1 has no kid"},
		{"not allowed", []string{"ES256"}, set(
			entry(public("RS256"), m{"kid": "a"}), entry(public("ES256"), m{"kid": "b"})), "", "is never used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := keys.Source{JWKS: c.jwks, Algorithms: c.algorithms}
			if c.fault == "" {
				wantWarning(t, source, c.warning)
				return
			}
			_, err := keys.Load(source)
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("got %v; want %q", err, c.fault)
			}
		})
	}
}

func TestEveryBadKeyOfASetIsReported(t *testing.T) {
	_, err := keys.Load(keys.Source{Algorithms: []string{"none"}, JWKS: set(
		1,
		entry(public("RS256"), m{"kty": nil}),
		entry(signers()["ES256"], nil),
		entry(public("ES256"), nil),
		entry([]byte(good), nil), // beside a public key
	)})
	if got := faults(t, err); len(got) != 5 {
		t.Errorf("got %d faults; want five: %v", len(got), err)
	}
}
