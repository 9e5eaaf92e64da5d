package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"
)

const (
	serverName = "bench.example.org"
	secret     = "a secret of the benchmark with at least 32 bytes"
	password   = "correct horse battery staple"

	v3             = "/_matrix/client/v3"
	loginPath      = v3 + "/login"
	refreshPath    = v3 + "/refresh"
	whoamiPath     = v3 + "/account/whoami"
	introspectPath = "/oauth2/introspect"
)

func localpart(n int) string { return fmt.Sprintf("user%d", n) }
func userID(n int) string    { return "@" + localpart(n) + ":" + serverName }

// filler is text of a length.
func filler(length int) string { return strings.Repeat("x", length) }

// mint signs a token as the provider does, good for an hour. It is here, and not
// the verifier's own, to be fast.
func mint(sub, key string) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	claims := fmt.Appendf(nil, `{"sub":%q,"iss":"https://corp.example","aud":"matrix","iat":%d,"exp":%d}`,
		sub, now.Unix(), now.Add(time.Hour).Unix())
	input := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}

// jwtLogin is a login with a token; more are members of the body.
func jwtLogin(token, more string) []byte {
	return post(loginPath, "application/json", "", fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q%s}`, token, more))
}

// onDevice are the members of a login on a device.
func onDevice(id string) string { return fmt.Sprintf(`,"device_id":%q`, id) }

func passwordLogin(user, device string) []byte {
	return post(loginPath, "application/json", "", fmt.Sprintf(
		`{"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":%q,"device_id":%q}`, user, password, device))
}

func post(path, contentType, token, body string) []byte {
	var r bytes.Buffer
	fmt.Fprintf(&r, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nContent-Type: %s\r\nContent-Length: %d\r\n", path, serverName, contentType, len(body))
	authorize(&r, token)
	fmt.Fprintf(&r, "\r\n%s", body)
	return r.Bytes()
}

func get(path, token string) []byte {
	var r bytes.Buffer
	fmt.Fprintf(&r, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\n", path, serverName)
	authorize(&r, token)
	r.WriteString("\r\n")
	return r.Bytes()
}

func authorize(r *bytes.Buffer, token string) {
	if token != "" {
		fmt.Fprintf(r, "Authorization: Bearer %s\r\n", token)
	}
}

// member returns a text of an answer, which has no escapes; empty: there is none.
func member(answer []byte, name string) string {
	_, rest, _ := bytes.Cut(answer, []byte(`"`+name+`":"`))
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(value)
}

// anyOf sends prepared requests again and again, in no order.
func anyOf(want int, requests [][]byte) traffic {
	return again(want, requests, func(int, []byte) []byte { return requests[rand.IntN(len(requests))] })
}

// ownOf gives each client one prepared request.
func ownOf(want int, requests [][]byte) traffic {
	return again(want, requests, func(client int, _ []byte) []byte { return requests[client] })
}

func again(want int, requests [][]byte, next func(int, []byte) []byte) traffic {
	return traffic{want: want, next: next, kinds: len(requests), kind: func(i int) []byte { return requests[i] }}
}

// onceEach sends each prepared request once.
func onceEach(want int, prepare func() []byte) traffic {
	var requests [][]byte
	var used atomic.Int64
	return traffic{
		want: want,
		fill: func(n int) {
			requests = requests[:0]
			used.Store(0)
			for range n {
				requests = append(requests, prepare())
			}
		},
		next: func(int, []byte) []byte {
			i := int(used.Add(1)) - 1
			if i >= len(requests) {
				return nil
			}
			return requests[i]
		},
	}
}

// each makes n requests.
func each(n int, request func(i int) []byte) [][]byte {
	requests := make([][]byte, n)
	for i := range requests {
		requests[i] = request(i)
	}
	return requests
}
