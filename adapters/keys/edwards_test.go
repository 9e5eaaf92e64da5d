package keys_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

func okp(point []byte) map[string]any {
	return map[string]any{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(point)}
}

// smallOrder returns every encoding, canonical or not, of a point whose order
// divides 8. It finds them by forging: with such a key the neutral element and
// zero are a signature of one message in eight or more.
func smallOrder(t *testing.T) []ed25519.PublicKey {
	t.Helper()
	var found []ed25519.PublicKey
	for _, y := range []string{
		"0", "1",
		"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", // -1
		"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", // 0, not reduced
		"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee", // 1, not reduced
		"05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", // of order 8
		"7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", // of order 8
	} {
		for _, sign := range []byte{0, 0x80} {
			n, ok := new(big.Int).SetString(y, 16)
			if !ok {
				t.Fatalf("%s is no number", y)
			}
			point := n.FillBytes(make([]byte, 32))
			slices.Reverse(point)
			point[31] |= sign
			if !forgeable(point) {
				t.Fatalf("%x is not of small order", point)
			}
			found = append(found, point)
		}
	}
	return found
}

func forgeable(key ed25519.PublicKey) bool {
	signature := make([]byte, ed25519.SignatureSize)
	signature[0] = 1 // R is the neutral element, S is zero
	for i := range 255 {
		if ed25519.Verify(key, []byte{byte(i)}, signature) {
			return true
		}
	}
	return false
}

// What the verifier of the standard library does not take for a point could
// never verify anything; it is better to hear so at start.
func TestAnEd25519KeyOffTheCurveIsRefused(t *testing.T) {
	seen := map[bool]int{}
	for range 200 {
		key := make(ed25519.PublicKey, ed25519.PublicKeySize)
		rand.Read(key)
		err := ed25519.VerifyWithOptions(key, nil, make([]byte, ed25519.SignatureSize), &ed25519.Options{})
		isPoint := !strings.Contains(err.Error(), "bad public key")
		seen[isPoint]++
		if isPoint {
			wantWarning(t, keys.Source{PublicKey: spki(key)}, "")
			continue
		}
		wantFault(t, keys.Source{PublicKey: spki(key)}, "public_key", "not on the curve")
		wantFault(t, keys.Source{JWKS: set(okp(key))}, "jwks_file", "not on the curve")
	}
	if len(seen) != 2 {
		t.Errorf("of 200 random keys, points and others: %v", seen)
	}
}
