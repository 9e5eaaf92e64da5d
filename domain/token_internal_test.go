package domain

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"testing"
)

func TestANumberIsEncodedWithAllItsDigits(t *testing.T) {
	for _, size := range []struct{ bytes, digits int }{{4, sumSize}, {16, sessionSize}, {32, bodySize}} {
		for round := range 1000 {
			number := make([]byte, size.bytes)
			switch round {
			case 0: // all are zero
			case 1:
				number = bytes.Repeat([]byte{0xff}, size.bytes)
			default:
				rand.Read(number[round%size.bytes:])
			}
			got, rest := encode(number, size.digits), new(big.Int).SetBytes(number)
			for i := size.digits - 1; i >= 0; i-- {
				var digit big.Int
				rest.DivMod(rest, big.NewInt(62), &digit)
				if got[i] != base62[digit.Int64()] {
					t.Fatalf("%x: %q, digit %d", number, got, i)
				}
			}
			if len(got) != size.digits || rest.Sign() != 0 {
				t.Fatalf("%x: %q", number, got)
			}
		}
	}
}
