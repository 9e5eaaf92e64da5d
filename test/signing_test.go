package test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // for crypto.Hash
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Private keys, made once.
var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	p256Key  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384Key  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	p521Key  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)) })
	edKey    = sync.OnceValue(func() ed25519.PrivateKey { _, key, err := ed25519.GenerateKey(rand.Reader); return must(key, err) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
)

// longSecret fits every HMAC.
var longSecret = []byte(strings.Repeat("another secret of the tests, for HS512. ", 2))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// keyOf returns the key that signs for the provider of the algorithm in many.
func keyOf(alg string) any {
	switch alg {
	case "HS256":
		return []byte(secret)
	case "HS384", "HS512":
		return longSecret
	case "ES256":
		return p256Key()
	case "ES384":
		return p384Key()
	case "ES512":
		return p521Key()
	case "EdDSA":
		return edKey()
	}
	return rsaKey()
}

// signature signs with the algorithm, whatever the key is for.
func signature(alg string, key any, input string) []byte {
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	if key, ok := key.(ed25519.PrivateKey); ok {
		return ed25519.Sign(key, []byte(input))
	}
	h := hash.New()
	h.Write([]byte(input))
	digest := h.Sum(nil)
	switch key := key.(type) {
	case []byte:
		mac := hmac.New(hash.New, key)
		mac.Write([]byte(input))
		return mac.Sum(nil)
	case *rsa.PrivateKey:
		if alg[0] == 'P' {
			return must(rsa.SignPSS(rand.Reader, key, hash, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
		return must(rsa.SignPKCS1v15(nil, key, hash, digest))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest)
		size := (key.Params().BitSize + 7) / 8
		return append(must(r, err).FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
	panic(fmt.Sprintf("a key of type %T", key))
}

// sealed is a token of the header and the payload, signed by alg with key.
func sealed(alg string, key any, header, payload string) string {
	input := b64([]byte(header)) + "." + b64([]byte(payload))
	return input + "." + b64(signature(alg, key, input))
}

// publicPEM is the public half of a key.
func publicPEM(private any) string {
	der := must(x509.MarshalPKIXPublicKey(private.(crypto.Signer).Public()))
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// jwk is the public half of a key as a JWK with a kid and further members.
func jwk(private any, kid, more string) string {
	var members string
	switch key := private.(crypto.Signer).Public().(type) {
	case *rsa.PublicKey:
		members = fmt.Sprintf(`"kty":"RSA","n":%q,"e":"AQAB"`, b64(key.N.Bytes()))
	case *ecdsa.PublicKey:
		point := must(key.Bytes())
		x, y := point[1:len(point)/2+1], point[len(point)/2+1:]
		members = fmt.Sprintf(`"kty":"EC","crv":%q,"x":%q,"y":%q`, key.Params().Name, b64(x), b64(y))
	case ed25519.PublicKey:
		members = fmt.Sprintf(`"kty":"OKP","crv":"Ed25519","x":%q`, b64(key))
	}
	return fmt.Sprintf(`{%s,"kid":%q%s}`, members, kid, more)
}

// algorithms are those that many has a provider for, under its name.
var algorithms = []string{"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"}

// many trusts a provider for each algorithm, two with JWK sets whose keys have
// the same names, and one that takes all other issuers.
func many(t *testing.T) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("server_name: example.org\nhttp: {max_body_bytes: 1048576}\njwt:\n  providers:\n")
	for _, alg := range algorithms {
		key := keyOf(alg)
		source := "public_key"
		text, isSecret := key.([]byte)
		if isSecret {
			source = "secret"
		} else {
			text = []byte(publicPEM(key))
		}
		fmt.Fprintf(&s, "    - {name: %s, issuers: [%q], algorithms: [%s], %s: %q}\n", strings.ToLower(alg), issuer(alg), alg, source, text)
	}
	set := func(name, keys string) {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(`{"keys":[`+keys+`]}`), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&s, "    - {name: %s, issuers: [%q], algorithms: [RS256, ES256, EdDSA], jwks_file: %q}\n", name, issuer(name), file)
	}
	set("set", strings.Join([]string{
		jwk(rsaKey(), "1", `,"alg":"RS256"`), jwk(p256Key(), "2", ""), jwk(edKey(), "3", `,"use":"sig"`),
		jwk(otherRSA(), "enc", `,"use":"enc"`), jwk(otherRSA(), "ops", `,"key_ops":["encrypt"]`),
	}, ","))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	set("twin", strings.Join([]string{jwk(otherRSA(), "1", ""), jwk(ec, "2", ""), jwk(must(ed, err), "3", "")}, ","))
	fmt.Fprintf(&s, "    - {name: open, secret: %q}\n", openSecret)
	return s.String()
}

const openSecret = "the secret of the provider without issuers"

func issuer(name string) string { return "https://" + strings.ToLower(name) + ".example/" }

// payload are the claims of a token of the issuer, and more of them.
func payload(iss, sub string, more ...string) string {
	members := append([]string{`"iss":` + text(iss), `"sub":` + text(sub)}, more...)
	return "{" + strings.Join(members, ",") + "}"
}

// text is a JSON string.
func text(s string) string { return string(must(json.Marshal(s))) }
