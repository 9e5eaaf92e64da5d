package domain_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestEachKeyVerifiesItsOwnAlgorithmsOnly(t *testing.T) {
	for _, c := range []struct {
		key  domain.Key
		want string
	}{
		{domain.Key{Material: []byte("secret")}, "[HS256 HS384 HS512]"},
		{domain.Key{Material: &rsa.PublicKey{}}, "[RS256 RS384 RS512 PS256 PS384 PS512]"},
		{domain.Key{Material: &rsa.PublicKey{}, Algorithm: "PS256"}, "[PS256]"},
		{domain.Key{Material: &rsa.PublicKey{}, Algorithm: "HS256"}, "[]"},
		{domain.Key{Material: &ecdsa.PublicKey{Curve: elliptic.P256()}}, "[ES256]"},
		{domain.Key{Material: &ecdsa.PublicKey{Curve: elliptic.P384()}}, "[ES384]"},
		{domain.Key{Material: &ecdsa.PublicKey{Curve: elliptic.P521()}}, "[ES512]"},
		{domain.Key{Material: &ecdsa.PublicKey{Curve: elliptic.P224()}}, "[]"},
		{domain.Key{Material: ed25519.PublicKey{}}, "[EdDSA]"},
		{domain.Key{Material: "text"}, "[]"},
		{domain.Key{}, "[]"},
	} {
		if got := fmt.Sprint(c.key.Usable()); got != c.want {
			t.Errorf("%T %s: got %s, want %s", c.key.Material, c.key.Algorithm, got, c.want)
		}
		for _, alg := range domain.Algorithms() {
			fits := false
			for _, usable := range c.key.Usable() {
				fits = fits || usable == alg.Name
			}
			if c.key.Fits(alg.Name) != fits {
				t.Errorf("%T %s: Fits(%s) is %v", c.key.Material, c.key.Algorithm, alg.Name, !fits)
			}
		}
	}
}
