package jwtlogin_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func init() {
	jwt.TimePrecision = time.Microsecond // the library cuts fractions of seconds off
}

// fuzzed is the verifier that the fuzz targets try.
func fuzzed(t testing.TB) *jwtlogin.Verifier {
	return newVerifier(t, with(func(p *jwtlogin.Provider) { p.Audiences, p.DisplayNameClaim = []string{"matrix"}, "name" }))
}

// Whatever the token: nothing is accepted that we have not signed, and the
// explanation says the same as the verdict.
func FuzzReader(f *testing.F) {
	v := fuzzed(f)
	f.Fuzz(func(t *testing.T, token string) {
		got, err := verdict(t, v, token)
		if err != nil {
			return
		}
		dot := strings.LastIndexByte(token, '.')
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(token[:dot]))
		if b64(string(mac.Sum(nil))) != token[dot+1:] {
			t.Fatalf("%q is accepted as %+v and not signed", token, got)
		}
	})
}

// Whatever we have signed: what is accepted here is accepted by golang-jwt with
// the same subject, and what it refuses is refused here.
func FuzzClaims(f *testing.F) {
	v := fuzzed(f)
	f.Fuzz(func(t *testing.T, header, payload string) {
		compareWithLibrary(t, v, jws("HS256", secret, header, payload))
	})
}

// verdict returns what Verify returns, and fails the test if that breaks its
// promises.
func verdict(t *testing.T, v *jwtlogin.Verifier, token string) (domain.Claims, error) {
	t.Helper()
	got, err := verify(v, token)
	var refusal *domain.Refusal
	switch {
	case err == nil && domain.CheckLocalpart(got.Localpart) != nil:
		t.Fatalf("%q: localpart %q", token, got.Localpart)
	case err != nil && (!errors.As(err, &refusal) || got != domain.Claims{}):
		t.Fatalf("%q: %+v, %v", token, got, err)
	case err != nil && refusal.Kind != domain.ErrForbidden && refusal.Kind != domain.ErrInvalidUsername:
		t.Fatalf("%q: %v", token, err)
	}
	e := v.Explain(context.Background(), token)
	if e.Claims != got || !reflect.DeepEqual(e.Err, err) {
		t.Fatalf("%q: explained as %+v, %v; got %+v, %v", token, e.Claims, e.Err, got, err)
	}
	for _, step := range e.Steps {
		if strings.ContainsFunc(step.Value+step.Limit, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%q: %+v", token, step)
		}
	}
	return got, err
}

func compareWithLibrary(t *testing.T, v *jwtlogin.Verifier, token string) {
	t.Helper()
	got, err := verdict(t, v, token)
	if err != nil {
		return
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithLeeway(2*time.Minute), jwt.WithTimeFunc(clockAt(epoch)),
		jwt.WithIssuedAt(), jwt.WithAudience("matrix"), jwt.WithStrictDecoding(), jwt.WithJSONNumber())
	theirs := jwt.MapClaims{}
	_, libraryErr := parser.ParseWithClaims(token, theirs, func(*jwt.Token) (any, error) { return secret, nil })
	if libraryErr != nil && !isHuge(theirs["exp"]) && !isHuge(theirs["nbf"]) && !isHuge(theirs["iat"]) {
		t.Fatalf("%q is accepted; golang-jwt says %v", token, libraryErr)
	}
	if theirs["sub"] != got.Link.Subject || (got.DisplayName != "" && theirs["name"] != got.DisplayName) {
		t.Fatalf("%q reads as %+v; golang-jwt reads %v", token, got, theirs)
	}
}

// isHuge says whether golang-jwt overflows where we do not.
func isHuge(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	at, err := number.Float64()
	return err == nil && math.Abs(at) > 1e15
}

func TestDamagedTokensAgreeWithGolangJWT(t *testing.T) {
	v := fuzzed(t)
	const header = `{"alg":"HS256","typ":"JWT","kid":"k1"}`
	const payload = `{"iss":"a","aud":["x","matrix"],"exp":1800000000,"nbf":1800000100,"iat":1.8e9,"sub":"alice","name":"A\u00e9","x":{"y":[null,true]}}`
	random := rand.New(rand.NewPCG(1, 2))
	damage := func(text string) string {
		bytes := []byte(text)
		for range random.IntN(3) {
			bytes[random.IntN(len(bytes))] = `{}[]",:\u0e9-+.1ntf xX`[random.IntN(22)]
		}
		return string(bytes)
	}
	accepted := 0
	for range 20000 {
		token := jws("HS256", secret, damage(header), damage(payload))
		compareWithLibrary(t, v, token)
		if _, err := verify(v, token); err == nil {
			accepted++
		}
	}
	if accepted < 2000 {
		t.Errorf("only %d tokens were accepted: the comparison says little", accepted)
	}
}
