//go:build soak

package soak

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/homeserver"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

const (
	homeserversSecret = "secret-of-the-homeserver-and-the-door"
	deaths            = 5
	// deliveredWithin is how soon the homeserver hears what a process took to its grave.
	deliveredWithin = time.Minute
)

// delegating is a setting for a homeserver that has handed authentication over.
const delegating = "homeserver: {kind: synapse, url: %q, secret: %s, issuer: 'https://auth.example.org/'}\n"

// A delivery is a Doorward that is killed while it tells the homeserver something.
type delivery struct {
	*doorward
	there *homeserver.Fake
}

// TestKilledWhileTheHomeserverIsTold kills Doorward between the commit of a logout
// and its delivery, and between what a login tells and its commit.
func TestKilledWhileTheHomeserverIsTold(t *testing.T) {
	for name, database := range map[string]func(*testing.T) string{
		"SQLite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "doorward.db") },
		"Postgres": func(t *testing.T) string { return postgres.StartFor(t, postgres.Durable...).URL("postgres") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait for leases to end
			there := homeserver.New(homeserver.Options{ServerName: "localhost", Secret: homeserversSecret})
			t.Cleanup(there.Close)
			d := delivery{newDoorward(t, database(t), fmt.Sprintf(delegating, there.URL, homeserversSecret)), there}
			there.Delegate("http://" + d.address)
			for round := range deaths {
				leaving, coming := fmt.Sprintf("leaving%d", round), fmt.Sprintf("coming%d", round)
				token := d.mustLogin(leaving)
				d.dieDuring("delete_device", func() { d.do("POST", v3+"/logout", token, "") })
				d.start()
				d.wantInactive(token)
				if got := d.there.Devices(leaving); !slices.Equal(got, []string{"PHONE"}) {
					t.Errorf("before it was told: %q", got)
				}
				d.dieDuring("upsert_device", func() { d.login(coming) })
				d.await("what died with it", func() bool { return len(d.there.Devices(coming)) == 1 })
				d.start()
				began := time.Now()
				if d.mustLogin("another"); time.Since(began) > answerWithin {
					t.Errorf("another user's login takes %s", time.Since(began))
				}
				var back string
				if round%2 == 1 {
					back = d.comeBack(leaving)
				}
				d.await("the delivery", func() bool {
					return len(d.there.Devices(leaving)) == round%2 && len(d.there.Devices(coming)) == 0
				})
				if back != "" {
					d.wantAtHomeserver(back, 200)
				}
				d.wantAtHomeserver(token, 401)
				d.wantAtHomeserver(d.mustLogin(coming), 200)
			}
			if err := d.stop(); err != nil {
				t.Errorf("SIGTERM: %v\n%s", err, d.log.String())
			}
		})
	}
}

// dieDuring kills Doorward while it makes a call, which the homeserver goes on with,
// if it is not to delete anything.
func (d delivery) dieDuring(call string, request func()) {
	d.t.Helper()
	d.there.Forget()
	dead := make(chan struct{})
	if call == "delete_device" {
		d.there.Fail(call, 1, homeserver.Hang)
	} else {
		d.there.Fail(call, 1, homeserver.When(dead))
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		request()
	}()
	d.await(call, func() bool {
		return slices.ContainsFunc(d.there.Calls(), func(c homeserver.Call) bool { return c.Name == call })
	})
	d.kill()
	close(dead)
	<-asked
	d.there.Heal()
}

// await waits until something is so.
func (d delivery) await(what string, so func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(deliveredWithin); !so(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("%s does not come within %s\n%s", what, deliveredWithin, d.log.String())
		}
	}
}

// login signs a user in on its phone.
func (d delivery) login(user string) (status int, token string) {
	body := fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q,"device_id":"PHONE"}`, mint(user))
	status, answer := d.do("POST", v3+"/login", "", body)
	token, _ = answer["access_token"].(string)
	return status, token
}

func (d delivery) mustLogin(user string) string {
	d.t.Helper()
	status, token := d.login(user)
	if status != 200 {
		d.t.Fatalf("login of %s: %d", user, status)
	}
	return token
}

// comeBack signs a user in again of whom a process that died was telling. As long as
// its lease lasts, the user is asked to try again.
func (d delivery) comeBack(user string) (token string) {
	d.t.Helper()
	d.await("the next login", func() bool {
		status, got := d.login(user)
		if token = got; status != 200 && status != 503 {
			d.t.Errorf("the next login: %d", status)
		}
		return status == 200
	})
	return token
}

// wantInactive wants the homeserver to be told that a token is no good.
func (d delivery) wantInactive(token string) {
	d.t.Helper()
	form := url.Values{"token": {token}}.Encode()
	req, err := http.NewRequestWithContext(d.t.Context(), "POST", "http://"+d.address+"/oauth2/introspect", strings.NewReader(form))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+homeserversSecret)
	resp, err := client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	if said, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || string(said) != `{"active":false}` {
		d.t.Errorf("introspection: %d %s, %v", resp.StatusCode, said, err)
	}
}

// wantAtHomeserver wants a client to be answered so who comes with a token.
func (d delivery) wantAtHomeserver(token string, status int) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), "GET", d.there.URL+v3+"/account/whoami", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != status {
		d.t.Errorf("at the homeserver: %d, want %d", resp.StatusCode, status)
	}
}
