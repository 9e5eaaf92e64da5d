package domain

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// No bit of the random number is lost.
func TestTheBodyOfATokenIsTheWholeNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "random"))
		got := new(big.Int)
		for _, digit := range encodeBody(random) {
			got.Mul(got, big.NewInt(62)).Add(got, big.NewInt(int64(strings.IndexRune(base62, digit))))
		}
		if want := new(big.Int).SetBytes(random[:]); got.Cmp(want) != 0 {
			t.Fatalf("%x became %x", want, got)
		}
	})
}
