package domain

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Neither the id of a session, nor the body of a token, nor its sum is cut.
func TestEncodingKeepsEveryBitOfANumber(t *testing.T) {
	digits := map[int]int{16: sessionSize, 32: bodySize, 4: sumSize}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{4, 16, 32}).Draw(t, "size")
		number := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "number")
		text := encode(number, digits[size])
		got := new(big.Int)
		for _, digit := range text {
			got.Mul(got, big.NewInt(62)).Add(got, big.NewInt(int64(strings.IndexRune(base62, digit))))
		}
		if want := new(big.Int).SetBytes(number); got.Cmp(want) != 0 || len(text) != digits[size] {
			t.Fatalf("%x became %s, %x", want, text, got)
		}
	})
}

func TestTheGreatestNumbersFit(t *testing.T) {
	for size, digits := range map[int]int{16: sessionSize, 32: bodySize, 4: sumSize} {
		if text := encode(bytes.Repeat([]byte{0xff}, size), digits); text[0] == base62[0] {
			t.Errorf("%d bytes become %s: one digit less would do", size, text)
		}
	}
}
