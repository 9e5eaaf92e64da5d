package test

import (
	"fmt"
	"strconv"
	"testing"
	"time"
)

// fewRegistrations has small limits of what registering costs.
const fewRegistrations = `
rate_limits:
  registration: {per_second: 0.1, burst: 3}
  login_address: {per_second: 1, burst: 20}
  login_failed: {per_second: 0.1, burst: 4}
`

// wantsPatience checks that a request came too often, and returns how long it is
// to wait.
func wantsPatience(t *testing.T, what string, a answer) time.Duration {
	t.Helper()
	wants(t, what, a, 429, "M_LIMIT_EXCEEDED")
	after, err := strconv.Atoi(a.header.Get("Retry-After"))
	ms, _ := a.body["retry_after_ms"].(float64)
	if err != nil || after < 1 || ms <= 0 {
		t.Errorf("%s: Retry-After %q: %s", what, a.header.Get("Retry-After"), a)
	}
	return time.Duration(ms) * time.Millisecond
}

func TestOneAddressMakesOnlySoManyAccounts(t *testing.T) { // "Rate limiting"
	onEveryVariant(t, registering+fewRegistrations, func(t *testing.T, d *door) {
		now := d.setClock()
		taken := d.began(t, newcomer("user0"))
		for i := range 3 {
			session := d.began(t, newcomer(fmt.Sprint("user", i)))
			if a := d.register(t, dummy(session)); a.status != 200 {
				t.Fatalf("account %d: %s", i, a)
			}
		}
		wants(t, "a name that is taken", d.register(t, newcomer("user1")), 400, "M_USER_IN_USE")
		session := d.began(t, newcomer("late"))
		wait := wantsPatience(t, "one too many", d.register(t, dummy(session)))
		*now = now.Add(wait)
		wants(t, "an account that is not made", d.register(t, dummy(taken)), 400, "M_USER_IN_USE")
		if a := d.register(t, form{"auth": form{"session": session}}); a.status != 200 || a.text("user_id") != "@late:example.org" {
			t.Errorf("the same session afterwards: %s", a)
		}
		wantsPatience(t, "and one more", d.register(t, newcomer("later").with(dummy(""))))
	})
}

func TestGuestsCountAsAccounts(t *testing.T) { // "Rate limiting"
	onEveryVariant(t, "server_name: example.org\nregistration: {guests: true}\n"+fewRegistrations, func(t *testing.T, d *door) {
		d.setClock()
		for range 3 {
			if a := d.do(t, "POST", registerPath+"?kind=guest", "", "{}"); a.status != 200 {
				t.Fatal(a)
			}
		}
		wantsPatience(t, "one too many", d.do(t, "POST", registerPath+"?kind=guest", "", "{}"))
	})
}

func TestRequestsToRegisterCountAsAttempts(t *testing.T) { // "Rate limiting"
	onEveryVariant(t, registering+fewRegistrations, func(t *testing.T, d *door) {
		now := d.setClock()
		for i := range 20 {
			if i%2 == 0 {
				d.began(t, form{})
			} else if a := d.do(t, "GET", availablePath+"?username=alice", "", ""); a.status != 200 {
				t.Fatal(a)
			}
		}
		wantsPatience(t, "a probe", d.do(t, "POST", "/_matrix/client/r0/register?x=y", "", "{}"))
		wantsPatience(t, "a question", d.do(t, "GET", availablePath+"?username=alice", "", ""))
		*now = now.Add(time.Second)
		d.began(t, form{})
	})
}

func TestRegistrationTokensCannotBeGuessed(t *testing.T) { // "Registration token validity checking"
	onEveryVariant(t, byToken+fewRegistrations, func(t *testing.T, d *door) {
		d.setClock()
		d.createToken(t, "open", nil, time.Time{})
		validity := func(token string) answer { return d.do(t, "GET", validityPath+"?token="+token, "", "") }
		for range 6 {
			if a := validity("open"); a.raw != `{"valid":true}` {
				t.Fatalf("a good token costs nothing: %s", a)
			}
		}
		for i := range 4 {
			if i%2 == 0 {
				validity("guess")
			} else {
				d.register(t, newcomer("alice").with(show("", "guess")))
			}
		}
		wantsPatience(t, "asking", validity("open"))
		wantsPatience(t, "registering", d.register(t, newcomer("alice").with(show("", "open"))))
	})
}

func TestWhoMayDoMoreIsNotLimited(t *testing.T) { // application service API, "Registration": rate_limited
	settings := bridged(t, "server_name: example.org\nregistration: {shared_secret: "+sharedSecret+"}\n"+fewRegistrations)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.setClock()
		register := func(token, name string) answer {
			return d.do(t, "POST", registerPath, token, form{"type": "m.login.application_service", "username": name}.String())
		}
		for i := range 4 {
			if a := register(bridgeToken, fmt.Sprint("_irc_", i)); a.status != 200 {
				t.Fatalf("the bridge: %s", a)
			}
		}
		for i := range 3 {
			if a := register(botToken, fmt.Sprint("bot", i)); a.status != 200 {
				t.Fatalf("the bot: %s", a)
			}
		}
		wantsPatience(t, "the bot", register(botToken, "bot3"))

		for i := range 25 { // each gives back what its nonce took
			if a := d.registerSigned(t, signed(sharedSecret, newcomer(fmt.Sprint("signed", i)).with(form{"nonce": d.nonce(t)}))); a.status != 200 {
				t.Fatalf("signed: %s", a)
			}
		}
		for range 20 {
			d.nonce(t)
		}
		wantsPatience(t, "nonces that nobody signs", d.do(t, "GET", signedPath, "", ""))
	})
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.setClock()
		for range 4 {
			wants(t, "a wrong MAC", d.registerSigned(t, signed("a wrong secret", newcomer("alice").with(form{"nonce": d.nonce(t)}))), 403, "M_FORBIDDEN")
		}
		wantsPatience(t, "guesses", d.registerSigned(t, signed(sharedSecret, newcomer("alice").with(form{"nonce": d.nonce(t)}))))
	})
}
