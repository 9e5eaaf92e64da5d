//go:build synapse

package synapse

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// login signs a user in with a JWT, and returns the access token.
func (p *pair) login(localpart, device string) (token string) {
	p.Helper()
	return p.wantHere("POST", "/login", "", p.jwtLogin(localpart, device)).text("access_token")
}

// jwtLogin is a login's body, with further members.
func (p *pair) jwtLogin(localpart, device string, more ...string) string {
	p.Helper()
	return fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q,"device_id":%q%s}`,
		p.mint(localpart), device, strings.Join(append([]string{""}, more...), ","))
}

func (p *pair) mint(localpart string) string {
	p.Helper()
	return p.door.run(p.T, "token", "mint", "--sub", localpart)
}

func aSession(p *pair) {
	alice := p.wantHere("POST", "/login", "", p.jwtLogin("alice", "PHONE", `"initial_device_display_name":"Alice's phone"`)).text("access_token")
	p.wantIn(alice, "alice", "PHONE")
	bob, tablet := p.login("bob", "PHONE"), p.login("alice", "TABLET")
	p.wantIn(bob, "bob", "PHONE")
	p.wantIn(tablet, "alice", "TABLET")
	if name := p.wantThere("GET", "/devices/PHONE", alice, "").text("display_name"); name != "Alice's phone" {
		p.Errorf("the device is called %q", name)
	}
	p.wantDevices(tablet, "PHONE", "TABLET")

	room := p.wantThere("POST", "/createRoom", alice, fmt.Sprintf(`{"invite":[%q]}`, id("bob"))).text("room_id")
	p.wantThere("POST", "/join/"+url.PathEscape(room), bob, "{}")
	sent := p.say(room, alice, "hello").text("event_id")
	for who, token := range map[string]string{"alice": alice, "bob": bob, "alice's tablet": tablet} {
		if synced := p.wantThere("GET", "/sync?timeout=0", token, ""); !strings.Contains(synced.raw, sent) {
			p.Errorf("%s does not see the message", who)
		}
	}

	ended := p.waitingSync(alice)
	began := time.Now()
	p.wantHere("POST", "/logout", alice, "")
	p.wantOut("the very next request", alice)
	p.Logf("logged out here and out there in %s", time.Since(began).Round(time.Millisecond))
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		p.Error("a sync that waits goes on after the logout")
	}
	p.want("the token, here", p.here("GET", "/account/whoami", alice, ""), 401, "M_UNKNOWN_TOKEN")
	p.wantIn(bob, "bob", "PHONE")
	p.wantDevices(tablet, "TABLET")
	p.say(room, tablet, "still here")
}

func aRefreshedSession(p *pair) {
	first := p.wantHere("POST", "/login", "", p.jwtLogin("frida", "PHONE", `"refresh_token":true`))
	p.wantIn(first.text("access_token"), "frida", "PHONE")
	room := p.wantThere("POST", "/createRoom", first.text("access_token"), "{}").text("room_id")
	second := p.wantHere("POST", "/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, first.text("refresh_token")))
	if second.text("access_token") == first.text("access_token") {
		p.Fatal("the access token is the old one")
	}
	p.say(room, second.text("access_token"), "after a refresh")
	third := p.wantHere("POST", "/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, second.text("refresh_token")))
	p.say(room, third.text("access_token"), "after another")
	p.wantHere("POST", "/logout", third.text("access_token"), "")
	for _, token := range []answer{first, second, third} {
		p.wantOut("after the logout", token.text("access_token"))
	}
}

// The first logins of a user, on ten devices at the same time.
func tenAtOnce(p *pair) {
	const all = 10
	var logins [all]*http.Request
	for i := range logins {
		logins[i] = p.request(p.door.url, "POST", "/login", "", p.jwtLogin("karin", fmt.Sprintf("D%d", i)))
	}
	var answers [all]answer
	var failures [all]error
	var working sync.WaitGroup
	for i, login := range logins {
		working.Go(func() { answers[i], failures[i] = receive(login) })
	}
	working.Wait()
	var devices []string
	for i, a := range answers {
		if failures[i] != nil {
			p.Fatal(failures[i])
		}
		devices = append(devices, fmt.Sprintf("D%d", i))
		p.wantIn(p.want("one of ten logins", a, 200, "").text("access_token"), "karin", devices[i])
	}
	p.wantDevices(answers[0].text("access_token"), devices...)
}

// say sends a message to a room. Its text is its transaction id, too.
func (p *pair) say(room, token, text string) answer {
	p.Helper()
	path := fmt.Sprintf("/rooms/%s/send/m.room.message/%s", url.PathEscape(room), url.PathEscape(text))
	return p.wantThere("PUT", path, token, fmt.Sprintf(`{"msgtype":"m.text","body":%q}`, text))
}

// waitingSync returns when Synapse lets a sync wait; the channel is closed when that
// ends.
func (p *pair) waitingSync(token string) <-chan struct{} {
	p.Helper()
	since := p.wantThere("GET", "/sync?timeout=0", token, "").text("next_batch")
	for {
		ended, next := make(chan struct{}), ""
		req := p.request(p.synapse.url, "GET", "/sync?timeout=25000&since="+url.QueryEscape(since), token, "")
		go func() {
			defer close(ended)
			a, _ := receive(req)
			next = a.text("next_batch")
		}()
		select {
		case <-ended: // there still was something to tell
			if since = next; next == "" {
				p.Fatal("a sync ends without an answer")
			}
		case <-time.After(500 * time.Millisecond):
			return ended
		}
	}
}

// wantDevices wants a user to have these devices at Synapse, in any order, and no
// others.
func (p *pair) wantDevices(token string, want ...string) {
	p.Helper()
	a := p.wantThere("GET", "/devices", token, "")
	devices, _ := a.object["devices"].([]any)
	for _, device := range want {
		if !strings.Contains(a.raw, fmt.Sprintf("%q", device)) {
			p.Errorf("Synapse does not know the device %s: %s", device, a)
		}
	}
	if len(devices) != len(want) {
		p.Errorf("Synapse knows %s, want the devices %q", a, want)
	}
}
