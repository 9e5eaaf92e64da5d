//go:build synapse

package synapse

import (
	"fmt"
	"syscall"
	"time"
)

// How long requests take at most while Synapse does not answer.
const (
	loginLimit  = 10 * time.Second
	logoutLimit = 5 * time.Second
)

func synapseIsStopped(p *pair) {
	p.outage("stopped", func() { p.synapse.stop(p.T) }, func() { p.synapse.start(p.T) })
}

func synapseIsFrozen(p *pair) {
	p.outage("frozen",
		func() { p.synapse.signal(p.T, syscall.SIGSTOP) },
		func() { p.synapse.signal(p.T, syscall.SIGCONT); p.synapse.awaitReady(p.T) })
}

// outage does to the users of a name, while Synapse is away, what has to arrive when
// it is back.
func (p *pair) outage(name string, leave, back func()) {
	inside, outside, ended := name+"-inside", name+"-outside", name+"-ended"
	phone, tablet := p.login(inside, "PHONE"), p.login(inside, "TABLET")
	laptop, last := p.login(outside, "LAPTOP"), p.login(ended, "LAST")
	p.wantIn(phone, inside, "PHONE")
	p.wantIn(tablet, inside, "TABLET")
	p.wantIn(laptop, outside, "LAPTOP")
	p.wantIn(last, ended, "LAST")

	leave()
	for _, who := range []string{name + "-new", inside} {
		a := p.want("a login meanwhile", p.here("POST", "/login", "", p.jwtLogin(who, "NEW")), 503, "M_UNKNOWN")
		if a.took > loginLimit || a.text("error") != "The homeserver cannot be reached; try again later" {
			p.Errorf("a login meanwhile: %s", a)
		}
		p.Logf("a login meanwhile: %s", a)
	}
	for path, token := range map[string]string{"/logout": phone, "/logout/all": laptop} {
		a := p.wantHere("POST", path, token, "")
		if a.took > logoutLimit {
			p.Errorf("%s meanwhile: %s", path, a)
		}
		p.Logf("%s meanwhile: %s", path, a)
		p.want("the token, here", p.here("GET", "/account/whoami", token, ""), 401, "M_UNKNOWN_TOKEN")
	}
	for _, called := range []string{"First", "Second"} {
		p.wantHere("PUT", "/_synapse/admin/v2/users/"+id(inside), adminToken, fmt.Sprintf(`{"displayname":%q}`, called))
	}
	p.door.run(p.T, "user", "deactivate", ended)
	p.door.run(p.T, "user", "add", name+"-added", "--display-name", "Added")
	if p.waits() == "0" {
		p.Error("nothing waits to be told")
	}

	back()
	began := time.Now()
	p.within(arrives, "everything is delivered", func() bool { return p.waits() == "0" })
	p.Logf("everything was delivered %s after Synapse's return", time.Since(began).Round(time.Millisecond))
	p.wantOut("who logged out meanwhile", phone)
	p.wantOut("who logged out of all meanwhile", laptop)
	p.wantOut("who was deactivated meanwhile", last)
	p.wantDevices(tablet, "TABLET")
	if called := p.user(inside).text("display_name"); called != "Second" {
		p.Errorf("the user is called %q", called)
	}
	if called := p.user(name + "-added").text("display_name"); called != "Added" {
		p.Errorf("the user who was added is called %q", called)
	}
	if p.user(ended).object["is_deactivated"] != true {
		p.Error("Synapse does not know that the user is deactivated")
	}
	p.wantIn(p.login(name+"-new", "NEW"), name+"-new", "NEW")
	p.wantIn(p.login(inside, "NEW"), inside, "NEW")
	p.wantDevices(tablet, "TABLET", "NEW")
}

// A logout that is committed reaches Synapse, though neither side lives on to do it:
// what hung between them went with Synapse.
func doorwardIsKilled(p *pair) {
	phone, tablet := p.login("vera", "PHONE"), p.login("vera", "TABLET")
	p.wantIn(phone, "vera", "PHONE")
	p.wantIn(tablet, "vera", "TABLET")
	p.synapse.signal(p.T, syscall.SIGSTOP)
	logout := p.request(p.door.url, "POST", "/logout", phone, "")
	go receive(logout) // which nobody answers
	p.within(logoutLimit, "the logout is committed", func() bool {
		return p.here("GET", "/account/whoami", phone, "").status == 401
	})
	p.door.kill()
	p.synapse.kill(p.T)
	p.door.start(p.T)
	p.synapse.start(p.T)
	began := time.Now()
	p.within(arrives, "the logout is delivered", func() bool { return p.waits() == "0" })
	p.Logf("the logout was delivered %s after Synapse's return", time.Since(began).Round(time.Millisecond))
	p.wantDevices(tablet, "TABLET")
	p.wantOut("who logged out", phone)
}
