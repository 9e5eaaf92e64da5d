package jwtlogin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

// keyFor returns a key that signs with the algorithm.
func keyFor(alg string) any {
	switch alg {
	case "ES256":
		return p256Key()
	case "ES384":
		return p384Key()
	case "ES512":
		return p521Key()
	case "EdDSA":
		return ed25519Key()
	}
	if strings.HasPrefix(alg, "HS") {
		return secret
	}
	return rsaKey()
}

func TestEveryAlgorithmWorks(t *testing.T) {
	for _, alg := range domain.Algorithms() {
		t.Run(alg.Name, func(t *testing.T) {
			key := keyFor(alg.Name)
			v := newVerifier(t, signedBy(alg.Name, key))
			token, err := jwtlogin.Sign(alg.Name, key, "", claims(nil))
			if err != nil {
				t.Fatal(err)
			}
			accepted(t, v, token)
			accepted(t, v, jws(alg.Name, key, `{"alg":"`+alg.Name+`"}`, `{"sub":"alice"}`))
		})
	}
}

func TestEveryByteOfTheSignatureCounts(t *testing.T) {
	for _, alg := range []string{"HS256", "HS512", "RS256", "PS256", "ES256", "ES512", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			key := keyFor(alg)
			v := newVerifier(t, signedBy(alg, key))
			good := sign(alg, key)
			resigned(t, v, alg, good, "")
			for i := range good {
				bad := append([]byte(nil), good...)
				bad[i] ^= 1 << (i % 8)
				resigned(t, v, alg, bad, unverified)
			}
			for size := range good {
				resigned(t, v, alg, good[:size], unverified)
			}
			resigned(t, v, alg, append([]byte{0}, good...), unverified)
			resigned(t, v, alg, append(good, 0), unverified)
			resigned(t, v, alg, append(good, good...), unverified)
			resigned(t, v, alg, make([]byte, len(good)), unverified)
		})
	}
}

func TestOtherKeysOfTheSameKindDoNotVerify(t *testing.T) {
	others := map[string]any{
		"HS256": secret[1:], "HS512": secret[:63], "RS256": must(rsa.GenerateKey(rand.Reader, 2048)),
		"ES256": newEC(p256Key().Curve), "EdDSA": newEd25519(),
	}
	for alg, other := range others {
		v := newVerifier(t, signedBy(alg, keyFor(alg)))
		resigned(t, v, alg, sign(alg, other), unverified)
	}
}

func TestVariantsOfTheSecretDoNotVerify(t *testing.T) {
	v := newVerifier(t, corp())
	s := string(secret)
	for _, variant := range []string{"", "secret", "your-256-bit-secret", s + "\n", " " + s, strings.ToUpper(s), b64(s), s[:63], s + "\x01"} {
		resigned(t, v, "HS256", sign("HS256", []byte(variant)), unverified)
	}
	// HMAC pads its key with zeros: these are the same secret (RFC 2104, 2).
	resigned(t, newVerifier(t, signedBy("HS256", []byte("short"))), "HS256", sign("HS256", []byte("short\x00")), "")
}

// headerFor and body are what the tests of signatures sign.
func headerFor(alg string) string { return `{"alg":"` + alg + `"}` }

const body = `{"sub":"alice"}`

func signedPart(alg string) string { return b64(headerFor(alg)) + "." + b64(body) }

// sign returns the signature of the algorithm's token.
func sign(alg string, key any) []byte {
	token := jws(alg, key, headerFor(alg), body)
	return unb64(token[strings.LastIndexByte(token, '.')+1:])
}

// resigned verifies the algorithm's token with a signature.
func resigned(t *testing.T, v *jwtlogin.Verifier, alg string, signature []byte, text string) {
	t.Helper()
	token := signedPart(alg) + "." + b64(string(signature))
	if text == "" {
		accepted(t, v, token)
	} else {
		refused(t, v, token, text)
	}
}
