package domain

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"
)

// A Key verifies signatures (RFC 7515). It never holds a private key.
type Key struct {
	// ID is the key's "kid"; empty: none.
	ID string
	// Algorithm restricts the key to one algorithm; empty: whatever fits.
	Algorithm string
	// Material is []byte (a shared secret), *rsa.PublicKey, *ecdsa.PublicKey or
	// ed25519.PublicKey.
	Material any
}

// An Algorithm is a signature algorithm of RFC 7518 or RFC 8037, by its "alg".
type Algorithm struct {
	Name string
	// SecretSize is the least size of a shared secret, in bytes; 0 for
	// asymmetric algorithms (RFC 7518, 3.2).
	SecretSize int
}

// Algorithms are the signature algorithms that Doorward knows, each kind's
// usual one first.
func Algorithms() []Algorithm {
	return []Algorithm{
		{"HS256", 32}, {"HS384", 48}, {"HS512", 64},
		{"RS256", 0}, {"RS384", 0}, {"RS512", 0},
		{"PS256", 0}, {"PS384", 0}, {"PS512", 0},
		{"ES256", 0}, {"ES384", 0}, {"ES512", 0},
		{"EdDSA", 0},
	}
}

// Usable returns the names of the algorithms that the key can verify, its
// usual one first.
func (k Key) Usable() []string {
	names := usable(k.Material)
	if k.Algorithm == "" {
		return names
	}
	if slices.Contains(names, k.Algorithm) {
		return []string{k.Algorithm}
	}
	return nil
}

// Fits says whether the key can verify the algorithm.
func (k Key) Fits(algorithm string) bool {
	return (k.Algorithm == "" || k.Algorithm == algorithm) && slices.Contains(usable(k.Material), algorithm)
}

var (
	secretAlgorithms  = []string{"HS256", "HS384", "HS512"}
	rsaAlgorithms     = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	p256Algorithms    = []string{"ES256"}
	p384Algorithms    = []string{"ES384"}
	p521Algorithms    = []string{"ES512"}
	ed25519Algorithms = []string{"EdDSA"}
)

func usable(material any) []string {
	switch m := material.(type) {
	case []byte:
		return secretAlgorithms
	case *rsa.PublicKey:
		return rsaAlgorithms
	case ed25519.PublicKey:
		return ed25519Algorithms
	case *ecdsa.PublicKey:
		switch m.Curve {
		case elliptic.P256():
			return p256Algorithms
		case elliptic.P384():
			return p384Algorithms
		case elliptic.P521():
			return p521Algorithms
		}
	}
	return nil
}
