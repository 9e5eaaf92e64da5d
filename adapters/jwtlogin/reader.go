package jwtlogin

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// MaxToken is the greatest length of a token, in bytes.
const MaxToken = 16 << 10

// base64url is the encoding of JWS (RFC 7515, 2), with nothing left to taste:
// no padding, and the bits that are left over are zero.
var base64url = base64.RawURLEncoding.Strict()

var errLineBreak = errors.New("a line break")

// read takes the token apart, which must be a JWS in compact serialisation with
// a JSON object for a payload (RFC 7515, 7.1; RFC 7519, 7.2).
func (a *attempt) read() error {
	if len(a.token) > MaxToken {
		return errTooLong
	}
	header, rest, _ := strings.Cut(a.token, ".")
	payload, signature, three := strings.Cut(rest, ".")
	if !three || strings.Contains(signature, ".") {
		return errSegments
	}
	a.signed = a.token[:len(header)+1+len(payload)]

	if a.header, a.flaw = readObject(header); a.flaw != nil {
		return errHeader
	}
	if a.claims, a.flaw = readObject(payload); a.flaw != nil {
		return errPayload
	}
	if a.signature, a.flaw = decode(signature); a.flaw != nil {
		return errSignature
	}
	return nil
}

func readObject(segment string) (strictjson.Value, error) {
	var usual [1 << 10]byte // enough for most, and on the stack
	text, err := appendDecoded(usual[:0], segment)
	if err != nil {
		return strictjson.Value{}, err
	}
	return strictjson.Parse(string(text))
}

func decode(segment string) ([]byte, error) { return appendDecoded(nil, segment) }

func appendDecoded(to []byte, segment string) ([]byte, error) {
	// The decoder refuses everything else outside the alphabet, but skips these.
	if strings.ContainsRune(segment, '\r') || strings.ContainsRune(segment, '\n') {
		return nil, errLineBreak
	}
	return base64url.AppendDecode(to, []byte(segment))
}
