package keys_test

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

// numbers makes an RSA key of a modulus that has the bits and the last bit, and
// an exponent. Nobody can sign for it.
func numbers(bits uint, last int64, exponent int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(last)), E: exponent}
}

func TestAWeakRSAKeyIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		key  *rsa.PublicKey
		want string
	}{
		{"512 bits", numbers(512, 1, 65537), "512 bits"},
		{"1024 bits", numbers(1024, 1, 65537), "1024 bits"},
		{"2047 bits", numbers(2047, 1, 65537), "2047 bits"},
		{"endless", numbers(16385, 1, 65537), "16385 bits"},
		{"even modulus", numbers(2048, 2, 65537), "even"},
		{"exponent 1", numbers(2048, 1, 1), "exponent"},
		{"even exponent", numbers(2048, 1, 65536), "exponent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantFault(t, keys.Source{PublicKey: spki(c.key)}, "public_key", c.want)
			wantFault(t, keys.Source{PublicKey: pkcs1(c.key)}, "public_key", c.want)
			if c.key.E > 1 && c.key.N.BitLen() <= 16384 { // else go-jose cannot write or read it
				wantFault(t, keys.Source{JWKS: set(entry(c.key, nil))}, "jwks_file", c.want)
			}
		})
	}
	wantFault(t, keys.Source{JWKS: set(entry(public("RS256"), m{"e": "gAAAAQ"}))}, "jwks_file", "exponent") // 2^31+1
	for _, key := range []*rsa.PublicKey{numbers(2048, 1, 3), numbers(16384, 1, 1<<31-1)} {
		wantWarning(t, keys.Source{PublicKey: spki(key)}, "")
	}
}

func TestAnEd25519KeyThatEveryoneCanSignForIsRefused(t *testing.T) {
	for _, point := range smallOrder(t) {
		wantFault(t, keys.Source{PublicKey: spki(point)}, "public_key", "everyone can sign")
		wantFault(t, keys.Source{JWKS: set(okp(point))}, "jwks_file", "is no OKP Ed25519 key")
	}
}

func TestWhatIsNoPublicKeyIsRefused(t *testing.T) {
	good := spki(public("ES256"))
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	offCurve, err := x509.MarshalPKIXPublicKey(public("ES256"))
	if err != nil {
		t.Fatal(err)
	}
	offCurve[len(offCurve)-1] ^= 1
	for _, c := range []struct{ name, text, want string }{
		{"text", "my-secret-token", "no PEM block"},
		{"base64 alone", strings.Join(strings.Split(good, "\n")[1:3], "\n"), "no PEM block"},
		{"escaped line breaks", strings.ReplaceAll(good, "\n", `\n`), "damaged"},
		{"no end", good[:len(good)-20], "damaged"},
		{"changed base64", strings.Replace(good, "MFkw", "MF*w", 1), "damaged"},
		{"empty block", block("PUBLIC KEY", nil, nil), "damaged"},
		{"bytes after the key", block("PUBLIC KEY", append(offCurve, 0), nil), "damaged"},
		{"point off the curve", block("PUBLIC KEY", offCurve, nil), "damaged"},
		{"two keys", good + spki(public("RS256")), "several"},
		{"a key and a damaged one", good + "-----BEGIN PUBLIC KEY-----\nAAAA", "several"},
		{"chain", certificate(signers()["ES256"]) + certificate(signers()["ES384"]), "several"},
		{"only parameters", block("EC PARAMETERS", []byte{6, 0}, nil), "no PEM block"},
		{"request", block("CERTIFICATE REQUEST", []byte{1}, nil), "neither"},
		{"private key", pkcs8(signers()["ES256"]), "is a private key"},
		{"private RSA key", pkcs1Private(), "is a private key"},
		{"encrypted private key", block("ENCRYPTED PRIVATE KEY", []byte{1}, nil), "is a private key"},
		{"P-224", spki(p224.Public()), "not supported"},
		{"X25519", spki(x25519.Public()), "not supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantFault(t, keys.Source{PublicKey: c.text}, "public_key", c.want)
		})
	}
}

func pkcs1Private() string {
	return block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(signers()["RS256"].(*rsa.PrivateKey)), nil)
}

func TestNoFaultHoldsAnythingOfTheKey(t *testing.T) {
	private := pkcs8(signers()["RS256"])
	jwk := entry(signers()["ES256"], map[string]any{"kid": "a"})
	for _, source := range []keys.Source{
		{Secret: "hunter2hunter2"},
		{Secret: "hunter2hunter2", AllowWeakSecret: true},
		{SecretBase64: "hunter2*hunter2"},
		{Secret: private}, {PublicKey: private}, {PublicKey: private + private}, {JWKS: private},
		{PublicKey: strings.Replace(private, "\n", "*\n", 2)},
		{JWKS: set(jwk)}, {JWKS: set(jwk, jwk)}, {JWKS: set(entry(signers()["ES256"], map[string]any{"kty": "oct", "k": "hunter2*"}))},
		{JWKS: set(map[string]any{"kty": "oct", "k": "hunter2*"})},
	} {
		loaded, err := keys.Load(source)
		told := ""
		if err != nil {
			told = err.Error()
		} else {
			told = strings.Join(loaded.Warnings(), "\n")
		}
		for _, part := range []string{"hunter2", jwk["d"].(string)[:8], jwk["x"].(string)[:8], private[60:70]} {
			if told == "" || strings.Contains(told, part) {
				t.Errorf("%q gives away %q", told, part)
			}
		}
	}
}
