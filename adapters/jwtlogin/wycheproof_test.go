package jwtlogin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

type vectorGroup struct {
	Comment string
	Key     struct{ Kty, Alg, Kid, K, N, E, X, Y string }
	Tests   []struct {
		TcID                 int
		Comment, JWS, Result string
	}
}

// strictly are vectors that Wycheproof calls valid although they hold a
// character outside base64url.
var strictly = map[int]bool{372: true, 373: true}

// The vectors' payloads are no JSON, so no token is accepted as a whole. They
// are judged by the checks up to the signature.
func TestWycheproof(t *testing.T) {
	data, err := os.ReadFile("testdata/wycheproof/json_web_signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []vectorGroup }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, group := range file.Groups {
		v, err := New(time.Now, Provider{Name: "w", Keys: group, Algorithms: []string{group.Key.Alg}})
		if err != nil {
			t.Fatal(err)
		}
		for _, vector := range group.Tests {
			count++
			want := vector.Result == "valid" && !strictly[vector.TcID]
			if err := judge(v, vector.JWS); (err == nil) != want {
				t.Errorf("%s, %d %s: %v", group.Comment, vector.TcID, vector.Comment, err)
			}
			token := vector.JWS
			if got, err := v.Verify(context.Background(), domain.Credential{Token: &token}); err == nil {
				t.Errorf("%d is accepted as a login of %+v", vector.TcID, got)
			}
		}
	}
	if count != 86 {
		t.Errorf("%d vectors", count)
	}
}

// judge runs the checks up to the signature, and takes a payload that is
// base64url but no JSON for an empty object.
func judge(v *Verifier, token string) error {
	a := v.attempt(context.Background(), token)
	if err := a.read(); err == errPayload {
		segments := strings.Split(token, ".")
		if _, err := decode(segments[1]); err != nil {
			return err
		}
		if a.signature, err = decode(segments[2]); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	for _, c := range checks[1:] {
		if err := c.run(a); err != nil || c.name == "signature" {
			return err
		}
	}
	panic("no check of the signature")
}

// Keys makes the group a KeySource.
func (g vectorGroup) Keys(context.Context, string) (domain.KeySet, error) {
	bytes := func(s string) []byte {
		b, err := decode(s)
		if err != nil {
			panic(err)
		}
		return b
	}
	key := domain.Key{ID: g.Key.Kid, Algorithm: g.Key.Alg}
	var err error
	switch g.Key.Kty {
	case "oct":
		key.Material = bytes(g.Key.K)
	case "RSA":
		e := new(big.Int).SetBytes(bytes(g.Key.E))
		key.Material = &rsa.PublicKey{N: new(big.Int).SetBytes(bytes(g.Key.N)), E: int(e.Int64())}
	case "EC":
		point := slices.Concat([]byte{4}, bytes(g.Key.X), bytes(g.Key.Y))
		key.Material, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	}
	return domain.KeySet{Keys: []domain.Key{key}}, err
}
