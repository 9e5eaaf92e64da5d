package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

// A verification is how long it takes to verify a token of an algorithm: its bare
// signature, with golang-jwt, and with our reader and all that it checks.
type verification struct {
	Algorithm               string
	Bare, GolangJWT, Ours   float64 // microseconds
	GolangJWTAllocs, Allocs float64
}

const (
	verifyRounds = 40
	verifyTime   = 10 * time.Millisecond
)

// verifications measures all algorithms, in turn.
func verifications() ([]verification, error) {
	rsaKey, errRSA := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, errEC := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, errEd := ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(errRSA, errEC, errEd); err != nil {
		return nil, err
	}
	var all []verification
	for _, a := range []struct {
		name        string
		key, public any
		bare        func(input, signature []byte) bool
	}{
		{"HS256", []byte(secret), []byte(secret), func(input, signature []byte) bool {
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write(input)
			return hmac.Equal(mac.Sum(nil), signature)
		}},
		{"RS256", rsaKey, rsaKey.Public(), func(input, signature []byte) bool {
			hash := sha256.Sum256(input)
			return rsa.VerifyPKCS1v15(&rsaKey.PublicKey, crypto.SHA256, hash[:], signature) == nil
		}},
		{"ES256", ecKey, ecKey.Public(), func(input, signature []byte) bool {
			hash := sha256.Sum256(input)
			r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
			return ecdsa.Verify(&ecKey.PublicKey, hash[:], r, s)
		}},
		{"EdDSA", edKey, edKey.Public(), func(input, signature []byte) bool {
			return ed25519.Verify(edKey.Public().(ed25519.PublicKey), input, signature)
		}},
	} {
		v, err := verify(a.name, a.key, a.public, a.bare)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// oneKey is a source of one key that never changes.
type oneKey domain.Key

func (k oneKey) Keys(context.Context, string) (domain.KeySet, error) {
	return domain.KeySet{Keys: []domain.Key{domain.Key(k)}}, nil
}

func verify(alg string, key, public any, bare func(input, signature []byte) bool) (v verification, err error) {
	now := time.Now()
	token, err := jwtlogin.Sign(alg, key, "", map[string]any{
		"sub": localpart(0), "iss": "https://corp.example", "aud": "matrix", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	if err != nil {
		return v, err
	}
	end := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[end+1:])
	if err != nil {
		return v, err
	}
	verifier, err := jwtlogin.New(time.Now, jwtlogin.Provider{
		Name: "corp", Keys: oneKey{Material: public}, Algorithms: []string{alg},
		Issuers: []string{"https://corp.example"}, Audiences: []string{"matrix"}, Leeway: 2 * time.Minute, RegisterUser: true,
	})
	if err != nil {
		return v, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithIssuer("https://corp.example"), jwt.WithAudience("matrix"))
	input := []byte(token[:end])
	ways := []func() bool{
		func() bool { return bare(input, signature) },
		func() bool {
			parsed, err := parser.Parse(token, func(*jwt.Token) (any, error) { return public, nil })
			return err == nil && parsed.Valid
		},
		func() bool {
			_, err := verifier.Verify(context.Background(), domain.Credential{Type: "org.matrix.login.jwt", Token: &token})
			return err == nil
		},
	}
	times, allocs := make([][]float64, len(ways)), make([]float64, len(ways))
	for range verifyRounds {
		for i, way := range ways {
			took, allocated, ok := perCall(way)
			if !ok {
				return v, errors.New(alg + ": a good token was refused")
			}
			times[i], allocs[i] = append(times[i], took), allocated
		}
	}
	return verification{
		// The fastest round is the one that was disturbed least.
		Algorithm: alg, Bare: slices.Min(times[0]), GolangJWT: slices.Min(times[1]), Ours: slices.Min(times[2]),
		GolangJWTAllocs: allocs[1], Allocs: allocs[2],
	}, nil
}

// perCall calls do for a while, and returns the microseconds and allocations of a
// call.
func perCall(do func() bool) (took, allocations float64, ok bool) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, calls := time.Now(), 0
	for time.Since(began) < verifyTime {
		for range 20 {
			if !do() {
				return 0, 0, false
			}
			calls++
		}
	}
	took = float64(time.Since(began).Nanoseconds()) / 1e3 / float64(calls)
	runtime.ReadMemStats(&after)
	return took, float64((after.Mallocs - before.Mallocs) / uint64(calls)), true
}
