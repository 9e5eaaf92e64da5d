//go:build synapse

package synapse

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// How soon a login is good at Synapse, and a logout out. It runs by itself, before
// what waits for others.
func TestHowLongItTakes(t *testing.T) {
	for _, database := range databases {
		t.Run(database, func(t *testing.T) {
			p := newPair(t, database)
			version := p.wantThere("GET", "/_synapse/admin/v1/server_version", p.administrator(), "").text("server_version")
			const times = 30
			var first, next, out []time.Duration
			for i := range times {
				user := fmt.Sprintf("user%d", i)
				_, took := p.loginAndUse(user, "PHONE")
				first = append(first, took)
				token, took := p.loginAndUse(user, "TABLET")
				next = append(next, took)
				began := time.Now()
				p.wantHere("POST", "/logout", token, "")
				p.wantOut("after the logout", token)
				out = append(out, time.Since(began))
			}
			p.Logf("Synapse %s: a new user's login here and first use there: %s", version, spread(first))
			p.Logf("Synapse %s: a known user's login here and first use there: %s", version, spread(next))
			p.Logf("Synapse %s: a logout here and 401 there: %s", version, spread(out))
		})
	}
}

// loginAndUse returns the token, and how long it took until it was good there.
func (p *pair) loginAndUse(localpart, device string) (token string, took time.Duration) {
	p.Helper()
	body := p.jwtLogin(localpart, device)
	began := time.Now()
	token = p.wantHere("POST", "/login", "", body).text("access_token")
	p.wantIn(token, localpart, device)
	return token, time.Since(began)
}

func spread(took []time.Duration) string {
	slices.Sort(took)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
	return fmt.Sprintf("%s in the middle, %s at most", ms(took[len(took)/2]), ms(took[len(took)-1]))
}
