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
// kind, the id of its session (128 random bits), 256 random bits of its own and
// a checksum, all in base 62. The checksum lets rubbish be refused without
// asking a store, and lets scanners find leaks. The session lets a token be
// recognised long after another took its place, without remembering every one
// there was. A Token is never logged and never stored; its [TokenKey] is.
type Token string

// A TokenKind is the prefix of a token. A token of one kind is no token of
// another.
type TokenKind string

const (
	// AccessToken is the kind of token that authenticates requests of a device.
	AccessToken TokenKind = "dwa_"
	// RefreshToken is the kind of token that is exchanged for new tokens.
	RefreshToken TokenKind = "dwr_"
	// LoginToken is the kind of token that is good for one login.
	LoginToken TokenKind = "dwl_"
	// OpenIDToken is the kind of token that tells others who a user is.
	OpenIDToken TokenKind = "dwo_"
	// AdminToken is the kind of token with which an administrator acts as a user.
	// It authenticates requests and has no device.
	AdminToken TokenKind = "dwp_"
	// InteractionToken is the kind of token that names a session of
	// User-Interactive Authentication.
	InteractionToken TokenKind = "dwi_"
	// NonceToken is the kind of token that makes a signed registration good once.
	NonceToken TokenKind = "dwn_"
)

// A TokenHash is the SHA-256 of a token, or of a [SessionID].
type TokenHash [sha256.Size]byte

// A SessionID is the part that the tokens of one session have in common. Whoever
// knows it has seen one of them.
type SessionID string

// A TokenKey is what stores know of an access or a refresh token: the hash of
// its session, under which they find it, and its own.
type TokenKey struct {
	Session, Token TokenHash
}

const (
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	kindSize    = 4
	sessionSize = 22 // 62^22 > 2^128
	bodySize    = 43 // 62^43 > 2^256
	sumSize     = 6  // 62^6 > 2^32
)

// NewSessionID makes a new random id.
func NewSessionID() SessionID {
	var random [16]byte
	rand.Read(random[:])
	return SessionID(encode(random[:], sessionSize))
}

// Hash returns what a store may know of the id.
func (id SessionID) Hash() TokenHash { return sha256.Sum256([]byte(id)) }

// NewToken makes a new random token of a session.
func NewToken(kind TokenKind, session SessionID) Token {
	var random [32]byte
	rand.Read(random[:])
	signed := string(kind) + string(session) + encode(random[:], bodySize)
	return Token(signed + tokenSum(signed))
}

// ParseToken returns s as a token of the kind, or [ErrUnknownToken] if it
// cannot have been made by [NewToken].
func ParseToken(kind TokenKind, s string) (Token, error) {
	if len(s) != kindSize+sessionSize+bodySize+sumSize || !strings.HasPrefix(s, string(kind)) {
		return "", ErrUnknownToken
	}
	signed := s[:len(s)-sumSize]
	if tokenSum(signed) != s[len(s)-sumSize:] {
		return "", ErrUnknownToken
	}
	return Token(s), nil
}

// Hash returns what a store may know of the token alone.
func (t Token) Hash() TokenHash { return sha256.Sum256([]byte(t)) }

// Session returns the id of the token's session.
func (t Token) Session() SessionID { return SessionID(t[kindSize : kindSize+sessionSize]) }

// Key returns what a store may know of the token and its session.
func (t Token) Key() TokenKey { return TokenKey{Session: t.Session().Hash(), Token: t.Hash()} }

func tokenSum(s string) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(s)))
	return encode(sum[:], sumSize)
}

// encode writes a number of up to 256 bits in base 62, the greatest digit first. Of
// the long number it splits off ten digits at a time, as many as a word holds.
func encode(number []byte, digits int) string {
	const tenDigits = 62 * 62 * 62 * 62 * 62 * 62 * 62 * 62 * 62 * 62
	var padded [32]byte
	copy(padded[len(padded)-len(number):], number)
	var words [4]uint64 // the greatest first
	for i := range words {
		words[i] = binary.BigEndian.Uint64(padded[8*i:])
	}
	var text [bodySize]byte
	for i := digits; i > 0; {
		var rest uint64
		for j := range words {
			words[j], rest = bits.Div64(rest, words[j], tenDigits)
		}
		for end := max(0, i-10); i > end; rest /= 62 {
			i--
			text[i] = base62[rest%62]
		}
	}
	return string(text[:digits])
}
