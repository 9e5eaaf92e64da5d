package test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Application service API, "Registration": exclusive namespaces should begin with
// "_", which is no beginning of people's names either. Whose they are is said.
func TestANameInAnExclusiveNamespaceIsRefusedAsThat(t *testing.T) {
	settings := bridged(t, registering+"jwt: {providers: [{name: corp, secret: \""+secret+"\"}]}\n")
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		for _, name := range []string{"_irc_alice", "_IRC_alice", "_irc_"} {
			wants(t, name, d.register(t, newcomer(name)), 400, "M_EXCLUSIVE")
			wants(t, name+" with a stage", d.register(t, newcomer(name).with(dummy(""))), 400, "M_EXCLUSIVE")
			wants(t, name+": available", d.do(t, "GET", availablePath+"?username="+name, "", ""), 400, "M_EXCLUSIVE")
		}
		for _, name := range []string{"_irc", "_irc_ alice", "_other"} { // which nobody has asked for
			wants(t, name, d.register(t, newcomer(name)), 400, "M_INVALID_USERNAME")
		}
	})
}

// "Token-authenticated registration": a client that shows its token twice at once
// has shown it once.
func TestASessionReservesOneUseHoweverOftenItAsks(t *testing.T) {
	onEveryVariant(t, invited, func(t *testing.T, d *door) {
		d.createToken(t, "one", new(1), time.Time{})
		d.createToken(t, "two", new(2), time.Time{})
		session := d.began(t, newcomer("alice"))
		for i, a := range all(20, func(int) answer { return d.register(t, show(session, "one")) }) {
			if a.status != 401 || a.text("errcode") != "" || fmt.Sprint(a.body["completed"]) != "[m.login.registration_token]" {
				t.Errorf("%d: got %s", i, a)
			}
		}
		a := d.register(t, show(session, "two")) // it is completed, with the other
		if a.status != 401 || a.text("errcode") != "" {
			t.Errorf("another token: got %s", a)
		}
		if one, two := d.token(t, "one"), d.token(t, "two"); one.Pending != 1 || two.Pending != 0 {
			t.Errorf("reserved: %+v, %+v", one, two)
		}
		a = d.register(t, form{"auth": form{"session": session}})
		if a.status != 401 || a.text("errcode") != "" || fmt.Sprint(a.body["completed"]) != "[m.login.registration_token]" {
			t.Errorf("the session alone, too early: %s", a)
		}
		if a := d.register(t, form{"auth": form{"type": "m.login.terms", "session": session}}); a.status != 200 {
			t.Errorf("the terms: %s", a)
		}
		if one := d.token(t, "one"); one.Pending != 0 || one.Completed != 1 {
			t.Errorf("in the end: %+v", one)
		}
	})
}

// Synapse's admin API, "Shared-Secret Registration", with the limit of all other
// display names.
func TestTheDisplayNameOfASignedRegistrationIsLimited(t *testing.T) {
	onEveryVariant(t, signing, func(t *testing.T, d *door) {
		nonce := d.nonce(t)
		signed := func(name string) form {
			return signed(sharedSecret, newcomer("alice").with(form{"nonce": nonce, "displayname": name}))
		}
		wants(t, "too long", d.registerSigned(t, signed(strings.Repeat("\u2603", 257))), 400, "M_TOO_LARGE")
		if a := d.registerSigned(t, signed(strings.Repeat("\u2603", 256))); a.status != 200 {
			t.Errorf("as long as it may be, with the nonce that was not spent: %s", a)
		}
	})
}
