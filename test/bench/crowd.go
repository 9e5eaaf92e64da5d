package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net/http"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/domain"
)

// A crowd are the generated users of a database. What each of them has follows
// from its number, tokens too: whoever knows the number can be that user.
type crowd struct {
	size     int
	newcomer atomic.Int64
}

// crowdDevices are those that each user of a crowd is signed in with. What is
// asked for, refreshed and signed in with anew is one device each, so that the
// tokens that are asked for stay good.
var crowdDevices = []string{"PHONE", "LAPTOP", "TABLET"}

const (
	asks = iota
	signsInAgain
	refreshes
)

// crowdToken is a token of a user's device. It has the form of a real one, and
// little chance in it.
func crowdToken(kind domain.TokenKind, user, device int) domain.Token {
	session := sha256.Sum256(fmt.Append(nil, user, " ", device))
	body := sha256.Sum256(fmt.Append(nil, kind, user, " ", device))
	signed := string(kind) + hex.EncodeToString(session[:])[:22] + hex.EncodeToString(body[:])[:43]
	return domain.Token(signed + checksum(signed))
}

// checksum is that of a token, in base 62.
func checksum(signed string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE([]byte(signed))
	text := make([]byte, 6)
	for i := len(text) - 1; i >= 0; i-- {
		text[i], sum = digits[sum%62], sum/62
	}
	return string(text)
}

// anybody is the number of one of them, each as likely as the others: so most of
// what is asked of the database was not asked for lately.
func (c *crowd) anybody() int { return rand.IntN(c.size) }

// A habit is what a crowd does again and again.
type habit struct {
	name, title string
	request     func(c *crowd) []byte
}

var habits = []habit{
	{"whoami", "whoami", func(c *crowd) []byte {
		return get(whoamiPath, string(crowdToken(domain.AccessToken, c.anybody(), asks)))
	}},
	{"login-device", "login, new devices", func(c *crowd) []byte {
		return jwtLogin(mint(localpart(c.anybody()), secret), "")
	}},
	{"login-same", "login, known devices", func(c *crowd) []byte {
		return jwtLogin(mint(localpart(c.anybody()), secret), onDevice(crowdDevices[signsInAgain]))
	}},
	{"login-new", "login, new users", func(c *crowd) []byte {
		return jwtLogin(mint(localpart(c.size+int(c.newcomer.Add(1))), secret), onDevice(crowdDevices[asks]))
	}},
	{"refresh", "refresh", func(c *crowd) []byte {
		// The first token is good until the second one is used, which nobody does.
		token := crowdToken(domain.RefreshToken, c.anybody(), refreshes)
		return post(refreshPath, "application/json", "", `{"refresh_token":"`+string(token)+`"}`)
	}},
}

// doing makes a contender of clients who do what the crowd does. Requests are made
// when they are sent: none is prepared, so that there may be any number.
func (h habit) doing(c *crowd, address string, clients int) (contender, error) {
	return served(address, clients, traffic{want: http.StatusOK, next: func(int, []byte) []byte { return h.request(c) }})
}
