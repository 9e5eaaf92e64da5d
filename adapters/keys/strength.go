package keys

import (
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

// Sizes of an RSA modulus, in bits: the least that may be relied on (RFC 7518,
// section 3.3), and the most that a login may be made to wait for.
const (
	minRSA = 2048
	maxRSA = 16384
)

const supportedKeys = "there are RSA keys, EC keys on P-256, P-384 and P-521, and Ed25519 keys"

// flaw says why a public key may not be relied on; empty: it may be.
func flaw(key any) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return flawRSA(key)
	case ed25519.PublicKey:
		return flawEd25519(key)
	}
	if len(domain.Key{Material: key}.Usable()) == 0 {
		return "is a kind of key that is not supported; " + supportedKeys
	}
	return "" // an EC key: whoever reads one checks that its point is on its curve
}

func flawRSA(key *rsa.PublicKey) string {
	switch bits := key.N.BitLen(); {
	case bits < minRSA:
		return fmt.Sprintf("is an RSA key of %d bits, which is too weak; make one of at least %d", bits, minRSA)
	case bits > maxRSA:
		return fmt.Sprintf("is an RSA key of %d bits; at most %d are accepted", bits, maxRSA)
	case key.N.Bit(0) == 0:
		return "is no RSA key: its modulus is even"
	case key.E < 3 || key.E%2 == 0 || key.E > math.MaxInt32:
		return "is an RSA key with a bad exponent, which must be odd, 3 or more, and less than 2^31"
	}
	return ""
}

func flawEd25519(key ed25519.PublicKey) string {
	// Marshalling looks for the points with which anyone can sign.
	if _, err := (jose.JSONWebKey{Key: key}).MarshalJSON(); err != nil {
		return "is an Ed25519 key that everyone can sign for (a point of small order)"
	}
	if !onEd25519(key) {
		return "is no Ed25519 key: its point is not on the curve"
	}
	return ""
}

// onEd25519 says whether 32 bytes encode a point of the curve (RFC 8032,
// section 5.1.3): whether (y²-1)/(dy²+1) has a square root.
func onEd25519(key ed25519.PublicKey) bool {
	one := big.NewInt(1)
	p := new(big.Int).Sub(new(big.Int).Lsh(one, 255), big.NewInt(19))
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665))

	bytes := slices.Clone(key)
	slices.Reverse(bytes)
	bytes[0] &= 0x7f // the sign of x
	y := new(big.Int).SetBytes(bytes)
	y2 := y.Mul(y, y)
	u := new(big.Int).Sub(y2, one)
	v := d.Mul(d, y2).Add(d, one)
	// A quotient is a square where the product is one.
	return big.Jacobi(u.Mul(u, v).Mod(u, p), p) >= 0
}
