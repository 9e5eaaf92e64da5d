package jwtlogin_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"
)

func TestDefectsOfRSASignatures(t *testing.T) {
	key := rsaKey()
	for _, alg := range []string{"RS256", "PS256"} {
		t.Run(alg, func(t *testing.T) {
			v := newVerifier(t, signedBy(alg, key))
			good := new(big.Int).SetBytes(sign(alg, key))
			one := big.NewInt(1)
			for _, s := range []*big.Int{new(big.Int), one, new(big.Int).Sub(key.N, one), key.N, new(big.Int).Add(key.N, one),
				new(big.Int).Sub(key.N, good)} {
				resigned(t, v, alg, s.FillBytes(make([]byte, 256)), unverified)
			}
			resigned(t, v, alg, good.FillBytes(make([]byte, 257)), unverified)
			resigned(t, v, alg, new(big.Int).Add(good, key.N).FillBytes(make([]byte, 257)), unverified)
			resigned(t, v, alg, nil, unverified)
		})
	}
}

func TestRSASignaturesOfOtherSchemes(t *testing.T) {
	key := rsaKey()
	for alg, others := range map[string][]string{
		"RS256": {"PS256", "RS384", "RS512"}, "RS512": {"RS256", "PS512"}, "PS256": {"RS256", "PS384", "PS512"}, "PS384": {"RS384", "PS256"},
	} {
		v := newVerifier(t, signedBy(alg, key))
		for _, other := range others {
			token := seal(other, key, signedPart(alg))
			refused(t, v, token, unverified)
		}
	}
}

func TestTheSaltOfPSSIsAsLongAsTheHash(t *testing.T) {
	v := newVerifier(t, signedBy("PS256", rsaKey()))
	digest := sha256.Sum256([]byte(signedPart("PS256")))
	for _, salt := range []int{1, 20, 31, 32, 33, 64, 221, rsa.PSSSaltLengthAuto} { // the last is 222, the longest
		signature := must(rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: salt}))
		text := unverified
		if salt == 32 {
			text = ""
		}
		resigned(t, v, "PS256", signature, text)
	}
}

// The encoded message of RSASSA-PKCS1-v1_5 (RFC 8017, 9.2), spoilt in every
// part, and signed with the right key.
func TestDefectsOfPKCS1Padding(t *testing.T) {
	v := newVerifier(t, signedBy("RS256", rsaKey()))
	digest := sha256.Sum256([]byte(signedPart("RS256")))
	info := append(must(hex.DecodeString("3031300d060960864801650304020105000420")), digest[:]...)
	bare := append(must(hex.DecodeString("302f300b0609608648016503040201"+"0420")), digest[:]...) // without NULL
	padded := func(first, kind byte, filler byte, separator byte, info []byte) []byte {
		em := []byte{first, kind}
		for len(em) < 256-len(info)-1 {
			em = append(em, filler)
		}
		return append(append(em, separator), info...)
	}
	good := padded(0, 1, 0xff, 0, info)
	resigned(t, v, "RS256", rawRSA(good), "")

	filled := func(before, after int) []byte {
		em := append([]byte{0, 1}, slices.Repeat([]byte{0xff}, before)...)
		em = append(append(em, 0), info...)
		return append(em, make([]byte, after)...)
	}
	for name, em := range map[string][]byte{
		"type 0": padded(0, 0, 0, 0, info), "type 2": padded(0, 2, 0xff, 0, info), "first byte": padded(1, 1, 0xff, 0, info),
		"filler": padded(0, 1, 0xfe, 0, info), "separator": padded(0, 1, 0xff, 1, info), "no NULL": padded(0, 1, 0xff, 0, bare),
		"garbage after": filled(256-3-len(info)-16, 16), "eight bytes of filler": filled(8, 256-3-len(info)-8), "no filler": filled(0, 256-3-len(info)),
		"digest only": padded(0, 1, 0xff, 0, digest[:]), "nothing": padded(0, 1, 0xff, 0, nil),
		"other hash": padded(0, 1, 0xff, 0, append(must(hex.DecodeString("3031300d060960864801650304020305000420")), digest[:]...)),
	} {
		if len(em) != 256 {
			t.Fatalf("%s: %d bytes", name, len(em))
		}
		t.Run(name, func(t *testing.T) { resigned(t, v, "RS256", rawRSA(em), unverified) })
	}
	for i := range good { // any byte of it
		em := slices.Clone(good)
		em[i] ^= 1
		resigned(t, v, "RS256", rawRSA(em), unverified)
	}
}

// rawRSA signs an encoded message without a look at it.
func rawRSA(em []byte) []byte {
	key := rsaKey()
	m := new(big.Int).Mod(new(big.Int).SetBytes(em), key.N)
	return m.Exp(m, key.D, key.N).FillBytes(make([]byte, 256))
}
