package main

import (
	"bytes"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

var visitors atomic.Int64

// visits makes a contender of clients who each sign in, refresh and sign out, and
// look after each step whether it holds, wherever nginx sends them: what one
// process has answered, the other knows with the next request. A visit is one
// piece of work, of 10 requests.
func visits(c *crowd, address string, clients int) (contender, error) {
	conns, err := dial(address, clients)
	if err != nil {
		return contender{}, err
	}
	return contender{
		run: func(lasting time.Duration) (sample, error) {
			return together(clients, lasting, func(i int) func() error {
				return func() error { return visit(conns[i], c.anybody()) }
			})
		},
		close: func() { hangUp(conns) },
	}, nil
}

func visit(conn *connection, user int) error {
	v := visitor{conn: conn, user: userID(user)}
	device := fmt.Sprint("VISIT", visitors.Add(1))
	login := v.ask(http.StatusOK, jwtLogin(mint(localpart(user), secret), onDevice(device)+`,"refresh_token":true`), device)
	first, refresh := member(login, "access_token"), member(login, "refresh_token")
	v.look(http.StatusOK, first)
	v.look(http.StatusOK, first)
	refreshed := v.ask(http.StatusOK, post(refreshPath, "application/json", "", `{"refresh_token":"`+refresh+`"}`), "access_token")
	second := member(refreshed, "access_token")
	v.look(http.StatusOK, second)
	v.look(http.StatusUnauthorized, first)
	v.look(http.StatusOK, second)
	v.ask(http.StatusOK, post(v3+"/logout", "application/json", second, "{}"), "{}")
	v.look(http.StatusUnauthorized, second)
	v.look(http.StatusUnauthorized, second)
	return v.err
}

// A visitor asks until something is not as it should be.
type visitor struct {
	conn *connection
	user string
	err  error
}

// ask wants a status, and a text in the answer.
func (v *visitor) ask(want int, request []byte, text string) []byte {
	if v.err != nil {
		return nil
	}
	status, answer, err := v.conn.do(request)
	if err == nil && (status != want || !bytes.Contains(answer, []byte(text))) {
		err = fmt.Errorf("%w: %d instead of %d with %q: %s", errUnexpected, status, want, text, answer)
	}
	v.err = err
	return bytes.Clone(answer)
}

// look asks whose a token is.
func (v *visitor) look(want int, token string) {
	text := v.user
	if want != http.StatusOK {
		text = "M_UNKNOWN_TOKEN"
	}
	v.ask(want, get(whoamiPath, token), text)
}
