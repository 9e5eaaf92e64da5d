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

// A crowd are the generated users of a database, some of whom are active, and come
// while something is measured. What each of those has follows from its number,
// tokens too: whoever knows the number can be that user.
type crowd struct {
	size, active int
	newcomer     atomic.Int64
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

// number is that of an active user. They are not side by side.
func (c *crowd) number(i int) int { return i * (c.size / c.active) }

// anybody is the number of one of the active users, each as likely as the others.
func (c *crowd) anybody() int { return c.number(rand.IntN(c.active)) }

// A habit is what a crowd does again and again.
type habit struct {
	name, title string
	request     func(c *crowd, user int) []byte
	newcomers   bool // whoever does it comes for the first time
	// checkpoint says that there is a checkpoint before each measurement: the first
	// changes of all pages are logged as whole pages.
	checkpoint bool
	// sighted says that it is written down a while later that the device was used.
	sighted bool
}

var habits = []habit{
	{name: "whoami", title: "whoami", sighted: true, request: func(_ *crowd, user int) []byte {
		return get(whoamiPath, string(crowdToken(domain.AccessToken, user, asks)))
	}},
	{name: "login-device", title: "login, new devices", request: onNewDevice},
	{name: "login-same", title: "login, known devices", request: onKnownDevice},
	{name: "login-new", title: "login, new users", newcomers: true, request: func(c *crowd, _ int) []byte {
		return jwtLogin(mint(localpart(c.size+int(c.newcomer.Add(1))), secret), onDevice(crowdDevices[asks]))
	}},
	{name: "refresh", title: "refresh", request: func(_ *crowd, user int) []byte {
		// The first token is good until the second one is used, which nobody does.
		token := crowdToken(domain.RefreshToken, user, refreshes)
		return post(refreshPath, "application/json", "", `{"refresh_token":"`+string(token)+`"}`)
	}},
	{name: "login-device-checkpoint", title: "login, new devices, after a checkpoint", request: onNewDevice, checkpoint: true},
	{name: "login-same-checkpoint", title: "login, known devices, after a checkpoint", request: onKnownDevice, checkpoint: true},
}

func onNewDevice(_ *crowd, user int) []byte { return jwtLogin(mint(localpart(user), secret), "") }

func onKnownDevice(_ *crowd, user int) []byte {
	return jwtLogin(mint(localpart(user), secret), onDevice(crowdDevices[signsInAgain]))
}

// doing makes a contender of clients who do what the crowd does. Requests are made
// when they are sent: none is prepared, so that there may be any number. Beforehand
// all who are active do it once.
func (h habit) doing(c *crowd, address string, clients int) (contender, error) {
	t := traffic{
		want: http.StatusOK,
		next: func(int, []byte) []byte { return h.request(c, c.anybody()) },
		kind: func(i int) []byte { return h.request(c, c.number(i)) },
	}
	if !h.newcomers {
		t.kinds = c.active
	}
	return served(address, clients, t)
}
