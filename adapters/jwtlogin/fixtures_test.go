package jwtlogin_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.TokenVerifier = (*jwtlogin.Verifier)(nil)

// epoch is the present in these tests: 2027-01-15T08:00:00Z.
const epoch = 1_800_000_000

var secret = []byte(strings.Repeat("0123456789abcdef", 4))

// Private keys, made once.
var (
	rsaKey     = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	p256Key    = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
	p384Key    = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P384()) })
	p521Key    = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P521()) })
	ed25519Key = sync.OnceValue(newEd25519)
)

func newEC(curve elliptic.Curve) *ecdsa.PrivateKey {
	return must(ecdsa.GenerateKey(curve, rand.Reader))
}

func newEd25519() ed25519.PrivateKey {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return must(private, err)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// publicOf returns what verifies the signatures of a key.
func publicOf(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}

// keySet is a source of keys that never change.
type keySet []domain.Key

func (k keySet) Keys(context.Context, string) (domain.KeySet, error) {
	return domain.KeySet{Keys: k}, nil
}

// noKeys is a source that cannot answer.
type noKeys struct{ err error }

func (n noKeys) Keys(context.Context, string) (domain.KeySet, error) {
	return domain.KeySet{}, n.err
}

// corp is a provider that signs with secret and asks for nothing else.
func corp() jwtlogin.Provider {
	return jwtlogin.Provider{
		Name:         "corp",
		Keys:         keySet{{Material: secret}},
		Algorithms:   []string{"HS256"},
		Leeway:       2 * time.Minute,
		RegisterUser: true,
	}
}

// with returns corp, changed.
func with(change func(*jwtlogin.Provider)) jwtlogin.Provider {
	p := corp()
	if change != nil {
		change(&p)
	}
	return p
}

// signedBy returns corp with one key without a name, for one algorithm.
func signedBy(alg string, key any) jwtlogin.Provider {
	return with(func(p *jwtlogin.Provider) {
		p.Algorithms = []string{alg}
		p.Keys = keySet{{Material: publicOf(key)}}
	})
}

func newVerifier(t testing.TB, providers ...jwtlogin.Provider) *jwtlogin.Verifier {
	t.Helper()
	return newVerifierAt(t, time.Unix(epoch, 0), providers...)
}

func newVerifierAt(t testing.TB, now time.Time, providers ...jwtlogin.Provider) *jwtlogin.Verifier {
	t.Helper()
	v, err := jwtlogin.New(func() time.Time { return now }, providers...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func verify(v *jwtlogin.Verifier, token string) (domain.Claims, error) {
	return v.Verify(context.Background(), domain.Credential{Type: jwtlogin.Type, Token: &token})
}

// jws puts a token together and signs it, whatever the parts are.
func jws(alg string, key any, header, payload string) string {
	return seal(alg, key, b64(header)+"."+b64(payload))
}

// seal appends the signature of what stands before it.
func seal(alg string, key any, signed string) string {
	return signed + "." + b64(string(must(jwt.GetSigningMethod(alg).Sign(signed, key))))
}

// hs256 signs a payload with the secret.
func hs256(payload string) string { return jws("HS256", secret, `{"alg":"HS256"}`, payload) }

// hs256Header signs a header, with a good payload, with the secret.
func hs256Header(header string) string { return jws("HS256", secret, header, `{"sub":"alice"}`) }

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// claims returns the claim "sub" and others.
func claims(others map[string]any) map[string]any {
	all := map[string]any{"sub": "alice"}
	maps.Copy(all, others)
	return all
}

const failed = "JWT validation failed: "

const (
	unverified      = failed + "Signature verification failed"
	unsupported     = failed + "unsupported_algorithm: "
	missing         = failed + "missing_algorithm: "
	expired         = failed + "expired_token: The token is expired"
	notYetValid     = failed + "invalid_token: The token is not valid yet"
	issuedLater     = failed + "invalid_token: The token is not valid as it was issued in the future"
	badCharacters   = "User ID can only contain characters a-z, 0-9, or '=_-./+'"
	threeSegments   = failed + "Invalid token: not three segments"
	badHeaderForm   = failed + "Invalid token: the header is not the base64url of an acceptable JSON object"
	badPayloadForm  = failed + "Invalid token: the payload is not the base64url of an acceptable JSON object"
	badSignatureEnc = failed + "Invalid token: the signature is not base64url"
)

func invalid(claim string) string { return failed + "invalid_claim: Invalid claim '" + claim + "'" }

func absent(claim string) string { return failed + "missing_claim: Missing '" + claim + "' claim" }

func badHeader(name string) string {
	return failed + "invalid_crit_header_parameter_name: Invalid Header Parameter Name: " + name
}

// accepted fails the test unless the token proves to be alice's.
func accepted(t *testing.T, v *jwtlogin.Verifier, token string) {
	t.Helper()
	got, err := verify(v, token)
	if err != nil || got.Localpart != "alice" {
		t.Errorf("got %+v, %v; want alice", got, err)
	}
}

// refused fails the test unless the token is refused with the text, and with
// no claims; an empty text: with any.
func refused(t *testing.T, v *jwtlogin.Verifier, token, text string) {
	t.Helper()
	got, err := verify(v, token)
	var refusal *domain.Refusal
	switch {
	case !errors.As(err, &refusal):
		t.Errorf("got %+v, %v; want a refusal", got, err)
	case got != (domain.Claims{}):
		t.Errorf("a refusal with claims: %+v", got)
	case text != "" && refusal.Text != text:
		t.Errorf("got  %q\nwant %q", refusal.Text, text)
	}
}
