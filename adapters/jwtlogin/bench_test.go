package jwtlogin_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

var measured = []string{"HS256", "RS256", "ES256", "EdDSA"}

// BenchmarkVerify measures all that becomes of a token, from a text to claims.
func BenchmarkVerify(b *testing.B) {
	for _, alg := range measured {
		b.Run(alg, func(b *testing.B) {
			v, token := newVerifier(b, typicalProvider(alg)), typical(alg)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verify(v, token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGolangJWT is what BenchmarkVerify is compared with: the library's own
// way, which checks less.
func BenchmarkGolangJWT(b *testing.B) {
	for _, alg := range measured {
		b.Run(alg, func(b *testing.B) {
			key, token := publicOf(keyFor(alg)), typical(alg)
			options := []jwt.ParserOption{
				jwt.WithValidMethods([]string{alg}), jwt.WithLeeway(2 * time.Minute), jwt.WithIssuer("https://corp.example"),
				jwt.WithAudience("matrix"), jwt.WithTimeFunc(clockAt(epoch)),
			}
			keyOf := func(*jwt.Token) (any, error) { return key, nil }
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jwt.ParseWithClaims(token, jwt.MapClaims{}, keyOf, options...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBareSignature is what nobody can do without: the arithmetic alone.
func BenchmarkBareSignature(b *testing.B) {
	for _, alg := range measured {
		b.Run(alg, func(b *testing.B) {
			token := typical(alg)
			dot := strings.LastIndexByte(token, '.')
			signed, signature := []byte(token[:dot]), must(base64.RawURLEncoding.DecodeString(token[dot+1:]))
			key := publicOf(keyFor(alg))
			b.ReportAllocs()
			for b.Loop() {
				if !verifyBare(key, signed, signature) {
					b.Fatal("not signed")
				}
			}
		})
	}
}

func verifyBare(key any, signed, signature []byte) bool {
	switch k := key.(type) {
	case []byte:
		mac := hmac.New(sha256.New, k)
		mac.Write(signed)
		return hmac.Equal(mac.Sum(nil), signature)
	case ed25519.PublicKey:
		return ed25519.Verify(k, signed, signature)
	case *rsa.PublicKey:
		digest := sha256.Sum256(signed)
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		digest := sha256.Sum256(signed)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(k, digest[:], r, s)
	}
	return false
}

func TestVerifyingTakesFewAllocations(t *testing.T) {
	v, token := newVerifier(t, typicalProvider("HS256")), typical("HS256")
	accepted(t, v, token)
	if n := testing.AllocsPerRun(100, func() { _, _ = verify(v, token) }); n > 30 {
		t.Errorf("it takes %v", n)
	}
}

func typicalProvider(alg string) jwtlogin.Provider {
	p := signedBy(alg, keyFor(alg))
	p.Issuers, p.Audiences = []string{"https://corp.example"}, []string{"matrix"}
	p.DisplayNameClaim = "name"
	return p
}

// typical returns a token as an issuer makes it.
func typical(alg string) string {
	return must(jwtlogin.Sign(alg, keyFor(alg), "2026-11", claims(map[string]any{
		"iss": "https://corp.example", "aud": []string{"intranet", "matrix"},
		"exp": epoch + 300, "nbf": epoch, "iat": epoch, "jti": "0b5cbbf0-6c1f-4a55-8f3a-3bb2f0d8ce4a",
		"name": "Alice Example", "email": "alice@corp.example", "email_verified": true,
		"realm": map[string]any{"groups": []string{"staff", "developers", "matrix-users"}, "department": "R&D"},
	})))
}
