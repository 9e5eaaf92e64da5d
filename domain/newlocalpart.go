package domain

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
)

// NewLocalpart makes a random name for a user who chose none: two words that can
// be read aloud, such as "lusab-babad". There are 2^32, so it may be in use.
func NewLocalpart() string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	var random [4]byte
	rand.Read(random[:])
	word := func(bits uint16) string {
		return string([]byte{
			consonants[bits>>12], vowels[bits>>10&3], consonants[bits>>6&15], vowels[bits>>4&3], consonants[bits&15],
		})
	}
	return word(binary.BigEndian.Uint16(random[:2])) + "-" + word(binary.BigEndian.Uint16(random[2:]))
}

// NewGuestLocalpart makes a random name for a guest: sixteen digits, which nobody
// else may have ([CheckNewLocalpart]).
func NewGuestLocalpart() string {
	const least, numbers = 1e15, 9e15
	var random [8]byte
	rand.Read(random[:])
	return strconv.FormatUint(least+binary.BigEndian.Uint64(random[:])%numbers, 10)
}
