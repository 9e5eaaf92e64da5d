package test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

const secret = "a secret of the tests with at least 32 bytes"

// claims are the claims of a token.
type claims map[string]any

// with returns the claims with some more, or others.
func (c claims) with(more claims) claims {
	all := claims{}
	for name, value := range c {
		all[name] = value
	}
	for name, value := range more {
		all[name] = value
	}
	return all
}

// without returns the claims less one.
func (c claims) without(name string) claims {
	all := c.with(nil)
	delete(all, name)
	return all
}

// in returns a time from now, as claims have it.
func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

// jwt signs claims as they should be signed.
func jwt(c any) string { return jws(`{"alg":"HS256","typ":"JWT"}`, c) }

// jws signs claims (text as it is, anything else as JSON) under a header.
func jws(header string, c any) string {
	payload, ok := c.(string)
	if !ok {
		text, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		payload = string(text)
	}
	return sign(base64.RawURLEncoding.EncodeToString([]byte(header))+"."+base64.RawURLEncoding.EncodeToString([]byte(payload)), secret)
}

// sign appends the HS256 signature.
func sign(input, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// input returns what is signed of a token: all but the signature.
func input(token string) string { return token[:strings.LastIndex(token, ".")] }
