package domain

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"math/big"
	"strings"
)

// A Token is an opaque secret that Doorward gives out: a prefix that tells its
// kind, 256 random bits and a checksum, both in base 62. The checksum lets
// rubbish be refused without asking a store, and lets scanners find leaks. A
// Token is never logged and never stored; its [TokenHash] is.
type Token string

// A TokenKind is the prefix of a token.
type TokenKind string

// AccessToken is the kind of token that authenticates requests.
const AccessToken TokenKind = "dwa_"

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
	body := encode62(new(big.Int).SetBytes(random[:]), tokenBody)
	return Token(string(kind) + body + tokenSum(string(kind)+body))
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
	return encode62(big.NewInt(int64(crc32.ChecksumIEEE([]byte(s)))), tokenSumSize)
}

func encode62(n *big.Int, size int) string {
	digits := make([]byte, size)
	base, digit := big.NewInt(int64(len(base62))), new(big.Int)
	for i := size - 1; i >= 0; i-- {
		n.DivMod(n, base, digit)
		digits[i] = base62[digit.Int64()]
	}
	return string(digits)
}
