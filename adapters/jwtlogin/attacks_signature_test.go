package jwtlogin_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"slices"
	"testing"
)

func unb64(s string) []byte { return must(base64.RawURLEncoding.DecodeString(s)) }

func TestDefectsOfECDSASignatures(t *testing.T) {
	for _, alg := range []string{"ES256", "ES384", "ES512"} {
		t.Run(alg, func(t *testing.T) {
			key := keyFor(alg).(*ecdsa.PrivateKey)
			v := newVerifier(t, signedBy(alg, key))
			params := key.Params()
			n, size := params.N, (params.BitSize+7)/8
			good := sign(alg, key)
			r, s := new(big.Int).SetBytes(good[:size]), new(big.Int).SetBytes(good[size:])
			pair := func(r, s *big.Int, size int) []byte {
				return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
			}
			resigned(t, v, alg, pair(r, new(big.Int).Sub(n, s), size), "") // its mirror image is legal

			one := big.NewInt(1)
			constants := []*big.Int{new(big.Int), one, new(big.Int).Sub(n, one), n, new(big.Int).Add(n, one), params.P}
			for _, a := range constants {
				for _, b := range constants {
					resigned(t, v, alg, pair(a, b, size), unverified)
				}
				resigned(t, v, alg, pair(a, s, size), unverified)
				resigned(t, v, alg, pair(r, a, size), unverified)
			}
			resigned(t, v, alg, pair(s, r, size), unverified)
			resigned(t, v, alg, pair(r, s, size+1), unverified) // leading zeros
			for _, c := range [][2]*big.Int{{new(big.Int).Add(r, n), s}, {r, new(big.Int).Add(s, n)}} {
				resigned(t, v, alg, pair(c[0], c[1], size+1), unverified)
				if c[0].BitLen() <= 8*size && c[1].BitLen() <= 8*size {
					resigned(t, v, alg, pair(c[0], c[1], size), unverified)
				}
			}
			digest := sha256.Sum256([]byte(signedPart(alg)))
			resigned(t, v, alg, must(ecdsa.SignASN1(rand.Reader, key, digest[:])), unverified)
		})
	}
}

func TestACurveBelongsToOneAlgorithm(t *testing.T) {
	for _, c := range []struct {
		key  *ecdsa.PrivateKey
		alg  string
		hash crypto.Hash
		size int // of r and of s
	}{
		{newEC(elliptic.P224()), "ES256", crypto.SHA256, 32}, {p256Key(), "ES384", crypto.SHA384, 48}, {p256Key(), "ES512", crypto.SHA512, 66},
		{p384Key(), "ES512", crypto.SHA512, 66},
	} {
		hash := c.hash.New()
		hash.Write([]byte(signedPart(c.alg)))
		r, s, err := ecdsa.Sign(rand.Reader, c.key, hash.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		signature := append(r.FillBytes(make([]byte, c.size)), s.FillBytes(make([]byte, c.size))...)
		resigned(t, newVerifier(t, signedBy(c.alg, c.key)), c.alg, signature, unverified)
	}
}

func TestDefectsOfEd25519Signatures(t *testing.T) {
	v := newVerifier(t, signedBy("EdDSA", ed25519Key()))
	good := sign("EdDSA", ed25519Key())
	resigned(t, v, "EdDSA", good, "")

	// The order of the group, which added to S changes nothing but the bytes.
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := slices.Clone(good[32:])
	slices.Reverse(s)
	for k := int64(1); k <= 14; k++ {
		multiple := new(big.Int).Add(new(big.Int).SetBytes(s), new(big.Int).Mul(order, big.NewInt(k)))
		if multiple.BitLen() > 256 {
			break
		}
		bytes := multiple.FillBytes(make([]byte, 32))
		slices.Reverse(bytes)
		resigned(t, v, "EdDSA", append(slices.Clone(good[:32]), bytes...), unverified)
	}

	identity, zero := append([]byte{1}, make([]byte, 31)...), make([]byte, 32)
	for _, bad := range [][]byte{
		slices.Concat(zero, zero), slices.Concat(identity, zero), slices.Concat(identity, good[32:]), slices.Concat(good[:32], zero),
		slices.Concat(good[32:], good[:32]), slices.Concat(good[:32], good[:32]),
		good[:63], slices.Concat(good, []byte{0}), slices.Concat([]byte{0}, good),
	} {
		resigned(t, v, "EdDSA", bad, unverified)
	}
	hashed := sha256.Sum256([]byte(signedPart("EdDSA")))
	resigned(t, v, "EdDSA", ed25519.Sign(ed25519Key(), hashed[:]), unverified)
}

func TestAKeyOfTheWrongSizeIsNoKey(t *testing.T) {
	for _, material := range []any{ed25519.PublicKey("short"), ed25519.PublicKey(nil), []byte{}, []byte(nil), "text", nil, secret[0]} {
		for _, alg := range []string{"EdDSA", "HS256"} {
			p := with(nil)
			p.Algorithms, p.Keys = []string{alg}, keySet{{Material: material}}
			resigned(t, newVerifier(t, p), alg, sign(alg, keyFor(alg)), unverified)
			resigned(t, newVerifier(t, p), alg, sign("HS256", []byte{}), unverified)
		}
	}
}
