package domain

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"strings"
)

// A Token is an opaque secret that Doorward gives out: a prefix that tells its
// kind, 256 random bits and a checksum, both in base 62. The checksum lets
// rubbish be refused without asking a store, and lets scanners find leaks. A
// Token is never logged and never stored; its [TokenHash] is.
type Token string

// A TokenKind is the prefix of a token.
type TokenKind string

const (
	// AccessToken is the kind of token that authenticates requests.
	AccessToken TokenKind = "dwa_"
	// RefreshToken is the kind of token that is exchanged for new tokens.
	RefreshToken TokenKind = "dwr_"
)

// A TokenHash is the SHA-256 of a token, under which stores know it.
type TokenHash [sha256.Size]byte

const (
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	tokenBody    = 43 // 62^43 > 2^256
	tokenSumSize = 6  // 62^6 > 2^32
)

// NewToken makes a new random token.
func NewToken(kind TokenKind) Token {
	var random [32]byte
	rand.Read(random[:])
	signed := string(kind) + encodeBody(random)
	return Token(signed + tokenSum(signed))
}

// ParseToken returns s as a token of the kind, or [ErrUnknownToken] if it
// cannot have been made by [NewToken].
func ParseToken(kind TokenKind, s string) (Token, error) {
	body, ok := strings.CutPrefix(s, string(kind))
	if !ok || len(body) != tokenBody+tokenSumSize {
		return "", ErrUnknownToken
	}
	signed := s[:len(s)-tokenSumSize]
	if tokenSum(signed) != s[len(s)-tokenSumSize:] {
		return "", ErrUnknownToken
	}
	return Token(s), nil
}

// Hash returns what a store may know of the token.
func (t Token) Hash() TokenHash { return sha256.Sum256([]byte(t)) }

func tokenSum(s string) string {
	var digits [tokenSumSize]byte
	sum := crc32.ChecksumIEEE([]byte(s))
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// encodeBody writes a number of 256 bits in base 62, the greatest digit first.
func encodeBody(random [32]byte) string {
	var words [4]uint64 // the greatest first
	for i := range words {
		words[i] = binary.BigEndian.Uint64(random[8*i:])
	}
	var digits [tokenBody]byte
	for i := len(digits) - 1; i >= 0; i-- {
		var rest uint64
		for j := range words {
			words[j], rest = bits.Div64(rest, words[j], 62)
		}
		digits[i] = base62[rest]
	}
	return string(digits[:])
}
