package jwtlogin_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestPublicKeysAreNoSecrets(t *testing.T) {
	for _, key := range []any{rsaKey(), p256Key(), ed25519Key()} {
		alg := domain.Key{Material: publicOf(key)}.Usable()[0]
		for _, algorithms := range [][]string{{alg}, {alg, "HS256"}} { // also where both are allowed
			v := newVerifier(t, with(func(p *jwtlogin.Provider) {
				p.Algorithms, p.Keys = algorithms, keySet{{ID: "k1", Material: publicOf(key)}}
			}))
			for name, guess := range disguises(publicOf(key)) {
				for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"HS256","kid":"k1"}`, `{"alg":"` + alg + `","kid":"k1"}`} {
					t.Run(alg+" "+name, func(t *testing.T) {
						refused(t, v, jws("HS256", guess, header, `{"sub":"alice"}`), "")
					})
				}
			}
			accepted(t, v, jws(alg, key, `{"alg":"`+alg+`"}`, `{"sub":"alice"}`))
		}
	}
}

// disguises returns what a careless verifier might take for a shared secret
// when all it has is a public key.
func disguises(public any) map[string][]byte {
	der := must(x509.MarshalPKIXPublicKey(public))
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	guesses := map[string][]byte{
		"empty":        {},
		"DER":          der,
		"PEM":          text,
		"trimmed PEM":  bytes.TrimSpace(text),
		"CRLF PEM":     bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		"PEM's base64": []byte(base64.StdEncoding.EncodeToString(der)),
	}
	switch key := public.(type) {
	case *rsa.PublicKey:
		n := b64(string(key.N.Bytes()))
		guesses["n"], guesses["n's base64url"] = key.N.Bytes(), []byte(n)
		guesses["JWK"] = []byte(`{"kty":"RSA","n":"` + n + `","e":"AQAB"}`)
		guesses["PKCS#1"] = x509.MarshalPKCS1PublicKey(key)
	case *ecdsa.PublicKey:
		point := must(key.Bytes())
		x, y := point[1:len(point)/2+1], point[len(point)/2+1:]
		guesses["point"], guesses["x"] = point, x
		guesses["JWK"] = []byte(`{"kty":"EC","crv":"P-256","x":"` + b64(string(x)) + `","y":"` + b64(string(y)) + `"}`)
	case ed25519.PublicKey:
		guesses["x"] = key
		guesses["JWK"] = []byte(`{"kty":"OKP","crv":"Ed25519","x":"` + b64(string(key)) + `"}`)
	}
	return guesses
}
