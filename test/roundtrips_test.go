package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// What clients do all the time costs one round trip to the database, and a token that
// is known none.
func TestRoundTripsOfRequests(t *testing.T) {
	server := postgres.StartFor(t, "log_statement=all")
	d := open(t, plain, server.URL("postgres"))
	d.mustCache(t)
	d.mustHaveAlice(t)
	alice := jwt(claims{"sub": "alice"})
	refreshable := d.mustHold(t, d.login(t, alice, `"device_id":"TABLET"`, `"refresh_token":true`))
	phone := d.mustLogin(t, alice, `"device_id":"PHONE"`)

	for _, c := range []struct {
		what string
		do   func() answer
		want int
	}{
		{"a first login", func() answer { return d.login(t, jwt(claims{"sub": "carol"})) }, 1},
		{"a login", func() answer { return d.login(t, alice, `"device_id":"LAPTOP"`) }, 1},
		{"whoami", func() answer { return d.whoami(t, phone) }, 1},
		{"whoami again", func() answer { return d.whoami(t, phone) }, 0},
		{"a refresh", func() answer { return d.refresh(t, refreshable.refresh) }, 1},
		{"a logout", func() answer { return d.do(t, "POST", "/_matrix/client/v3/logout", phone, "") }, 1},
		// The user and the password's hash; then a transaction of the sign-in and
		// another look at the hash.
		{"a login with a password", func() answer { return d.loginAs(t, byName, alicesPassword) }, 6},
	} {
		said := during(t, server, c.what, func() {
			if a := c.do(); a.status != 200 {
				t.Errorf("%s: got %s", c.what, a)
			}
		})
		if n := roundTrips(said); n != c.want {
			t.Errorf("%s takes %d round trips, want %d:\n%s", c.what, n, c.want, said)
		}
	}
}

// roundTrips counts what was asked of a server, by what it said. Meanwhile others'
// changes are looked at.
func roundTrips(said string) int {
	return strings.Count(said, "LOG:") - strings.Count(said, "SELECT pg_current_snapshot()")
}

// during returns what the server logs while do is done.
func during(t *testing.T, server *postgres.Server, what string, do func()) string {
	t.Helper()
	marks := [2]string{fmt.Sprintf("SELECT 'before %s'\n", what), fmt.Sprintf("SELECT 'after %s'\n", what)}
	for i, mark := range marks {
		if err := server.Exec(mark); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(server.Log(), mark); {
			if time.Now().After(deadline) {
				t.Fatalf("%q does not reach the log", mark)
			}
		}
		if i == 0 {
			do()
		}
	}
	_, said, _ := strings.Cut(server.Log(), marks[0])
	said, _, _ = strings.Cut(said, marks[1])
	return said[:strings.LastIndexByte(said, '\n')+1] // without the line of the second mark
}
