package test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// What anyone may know of a provider is tried as its shared secret.
func TestPublicKeysAreNoSharedSecrets(t *testing.T) {
	var attacks []attack
	for _, alg := range []string{"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"} {
		for what, guess := range disguises(keyOf(alg)) {
			for _, hmac := range []string{"HS256", "HS384", "HS512"} {
				attacks = append(attacks, attack{hmac + " with the " + what + " of " + alg, func(name string) string {
					return sealed(hmac, guess, `{"alg":"`+hmac+`"}`, payload(issuer(alg), name))
				}})
			}
			attacks = append(attacks, attack{"called " + alg + ", the " + what, func(name string) string {
				return sealed("HS256", guess, `{"alg":"`+alg+`"}`, payload(issuer(alg), name))
			}})
		}
	}
	for kid, key := range map[string]any{"1": rsaKey(), "2": p256Key(), "3": edKey()} {
		for what, guess := range disguises(key) {
			attacks = append(attacks, attack{"the " + what + " of kid " + kid, func(name string) string {
				return sealed("HS256", guess, `{"alg":"HS256","kid":"`+kid+`"}`, payload(issuer("set"), name))
			}})
		}
	}
	repelled(t, attacks)
}

// disguises are what a careless verifier might take for a shared secret when
// all it has is a public key.
func disguises(private any) map[string][]byte {
	text := publicPEM(private)
	block, _ := pem.Decode([]byte(text))
	guesses := map[string][]byte{
		"PEM": []byte(text), "trimmed PEM": []byte(strings.TrimSpace(text)), "CRLF PEM": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"DER": block.Bytes, "base64 of the DER": []byte(base64.StdEncoding.EncodeToString(block.Bytes)), "JWK": []byte(jwk(private, "1", "")),
	}
	switch key := private.(crypto.Signer).Public().(type) {
	case *rsa.PublicKey:
		guesses["n"], guesses["n in base64url"] = key.N.Bytes(), []byte(b64(key.N.Bytes()))
		guesses["PKCS #1"] = x509.MarshalPKCS1PublicKey(key)
	case *ecdsa.PublicKey:
		point := must(key.Bytes())
		guesses["point"], guesses["x"] = point, point[1:len(point)/2+1]
	}
	return guesses
}

// A NUL at the end is no variant: HMAC fills its key up with them.
func TestSecretsThatAreGuessed(t *testing.T) {
	var attacks []attack
	for _, guess := range []string{
		"", " ", "\x00", "secret", "my-secret-token", "your-256-bit-secret", "changeme", secret[1:], secret[:len(secret)-1], secret + "\n",
		" " + secret, strings.ToUpper(secret), openSecret, string(longSecret), b64([]byte(secret)), strings.Repeat(secret, 2),
	} {
		attacks = append(attacks, attack{fmt.Sprintf("%.24q", guess), func(name string) string {
			return sealed("HS256", []byte(guess), `{"alg":"HS256"}`, payload(issuer("HS256"), name))
		}})
	}
	repelled(t, attacks)
}

// A key of one provider is worth nothing at another.
func TestKeysOfOneProviderUnderTheNameOfAnother(t *testing.T) {
	var attacks []attack
	try := func(what, alg string, key any, header, iss string) {
		attacks = append(attacks, attack{what, func(name string) string { return sealed(alg, key, header, payload(iss, name)) }})
	}
	for _, alg := range algorithms {
		header := `{"alg":"` + alg + `"}`
		for _, other := range append(algorithms, "twin") {
			// RS256 and PS256, HS384 and HS512 share their keys here.
			if other != alg {
				try(alg+"'s key as "+other, alg, keyOf(alg), header, issuer(other))
			}
		}
		try(alg+"'s key, an unknown issuer", alg, keyOf(alg), header, "https://unknown.example/")
		try(alg+"'s key, no issuer", alg, keyOf(alg), header, "")
		try(alg+"'s key, the issuer less its slash", alg, keyOf(alg), header, strings.TrimSuffix(issuer(alg), "/"))
		try(alg+"'s key, the issuer in capitals", alg, keyOf(alg), header, strings.ToUpper(issuer(alg)))
		try("the open provider's secret as "+alg, "HS256", []byte(openSecret), `{"alg":"HS256"}`, issuer(alg))
	}
	for alg, kid := range map[string]string{"RS256": "1", "ES256": "2", "EdDSA": "3"} {
		try("the kid of both sets, "+alg, alg, keyOf(alg), `{"alg":"`+alg+`","kid":"`+kid+`"}`, issuer("twin"))
	}
	try("the other set's key under the kid of both", "RS256", otherRSA(), `{"alg":"RS256","kid":"1"}`, issuer("set"))
	for _, kid := range []string{`"enc"`, `"ops"`, `"4"`, `"2"`, `""`, `"1\u0000"`, `1`, `null`, `["1"]`, `" 1"`} {
		try("kid "+kid, "RS256", otherRSA(), `{"alg":"RS256","kid":`+kid+`}`, issuer("set"))
		if kid != `"1"` {
			try("the right key, kid "+kid, "RS256", rsaKey(), `{"alg":"RS256","kid":`+kid+`}`, issuer("set"))
		}
	}
	repelled(t, attacks)
}

func TestAttacksOnSignatures(t *testing.T) {
	var attacks []attack
	for _, alg := range algorithms {
		good := func(name string) string {
			return sealed(alg, keyOf(alg), `{"alg":"`+alg+`"}`, payload(issuer(alg), name))
		}
		spoil := func(what string, change func([]byte) []byte) {
			attacks = append(attacks, attack{alg + " " + what, func(name string) string {
				token := good(name)
				input, sig := input(token), token[strings.LastIndex(token, ".")+1:]
				return input + "." + b64(change(unb64(sig)))
			}})
		}
		for _, at := range []int{0, 1, 16, 31, -1} {
			spoil(fmt.Sprintf("byte %d", at), func(s []byte) []byte { s[(at+len(s))%len(s)] ^= 1; return s })
		}
		spoil("none", func([]byte) []byte { return nil })
		spoil("zeros", func(s []byte) []byte { return make([]byte, len(s)) })
		spoil("cut off", func(s []byte) []byte { return s[:len(s)-1] })
		spoil("longer", func(s []byte) []byte { return append(s, 0) })
		spoil("a zero before", func(s []byte) []byte { return append([]byte{0}, s...) })
		spoil("halves swapped", func(s []byte) []byte { return append(s[len(s)/2:len(s):len(s)], s[:len(s)/2]...) })
		attacks = append(attacks,
			attack{alg + " of another payload", func(name string) string {
				token := good("bob")
				return input(good(name)) + token[strings.LastIndex(token, "."):]
			}},
			attack{alg + " of another header", func(name string) string {
				token := good(name)
				return b64([]byte(`{"alg":"`+alg+`","typ":"JWT"}`)) + token[strings.Index(token, "."):]
			}})
	}
	repelled(t, attacks)
}

func unb64(s string) []byte { return must(base64.RawURLEncoding.DecodeString(s)) }
