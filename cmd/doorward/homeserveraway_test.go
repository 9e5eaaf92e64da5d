package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

const shared = "0123456789abcdef0123456789abcdef"

// delegating makes the working directory one of a Doorward to which a homeserver
// delegates, with the users alice and bob.
func delegating(t *testing.T) *fake.Fake {
	t.Helper()
	f := fake.New(fake.Options{Kind: fake.Synapse, ServerName: "localhost", Secret: shared})
	t.Cleanup(f.Close)
	inFolder(t, map[string]string{"doorward.yaml": "server_name: localhost\npublic_base_url: https://localhost/\n" +
		"http: {trusted_proxies: [127.0.0.1]}\n" +
		"homeserver:\n  kind: synapse\n  url: " + f.URL + "\n  secret: " + shared + "\n  issuer: https://localhost/\n"})
	done(t, "", "migrate up")
	done(t, "", "user add alice")
	done(t, "", "user add bob")
	return f
}

// A check asks in both directions: the homeserver is told by us, and asks us.
func TestCheckAsksTheHomeserver(t *testing.T) {
	f := delegating(t)
	door := httptest.NewServer(answers(200, `{"active":false}`))
	defer door.Close()
	deaf := httptest.NewServer(answers(401, `{}`))
	defer deaf.Close()
	for _, c := range []struct {
		what, door, says string
		prepare          func()
		code             int
	}{
		{"all is well", door.URL, "the configuration is good\n", func() {}, 0},
		{"its secret for us is another", deaf.URL, "warning: doorward.yaml:6: homeserver.url: the homeserver cannot ask whose a token is: it answered 503 M_UNKNOWN ", func() {}, 0},
		{"our secret for it is another", door.URL, "fault: doorward.yaml:7: homeserver.secret: the homeserver cannot be used: it answered 403 M_UNKNOWN; ",
			func() { f.Fail("", 1, fake.Answer(403, `{"errcode":"M_UNKNOWN"}`)) }, 1},
		{"it is not there", door.URL, "fault: doorward.yaml:6: homeserver.url: the homeserver cannot be used: no answer came from it", f.Down, 1},
	} {
		f.Delegate(c.door)
		c.prepare()
		code, out, errs := doorward(t, "", "config", "check", "--online")
		if code != c.code || !strings.HasPrefix(out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", c.what, code, c.code, c.says, out, errs)
		}
	}
}

func TestASyncStopsAtAHomeserverThatIsAway(t *testing.T) {
	f := delegating(t)
	if out := done(t, "", "homeserver sync"); out != "2 users and 0 devices compared\n" {
		t.Errorf("it says %q", out)
	}
	f.Fail("sync_devices", 1, fake.Answer(500, `{"errcode":"M_UNKNOWN"}`))
	code, out, errs := doorward(t, "", "homeserver", "sync")
	if code != 1 || !strings.HasPrefix(out, "@alice:localhost failed: ") || !strings.Contains(errs, "1 of 2 users could not be synced") {
		t.Errorf("in trouble with one user: exit code %d, %q, %q", code, out, errs)
	}
	f.Down()
	code, out, errs = doorward(t, "", "homeserver", "sync")
	if code != 1 || strings.Contains(out, "@") || !strings.Contains(errs, "stopped after 0 of 2 users, to be run again when the homeserver answers: the homeserver cannot be used: ") {
		t.Errorf("away: exit code %d, %q, %q", code, out, errs)
	}
}

// The output says what is done here. What the homeserver does not know of it is
// said beside it.
func TestWhatTheHomeserverHasNotHeardIsSaid(t *testing.T) {
	f := delegating(t)
	const waits, untold = "the homeserver has not heard of it yet; ", "the homeserver is not told of it; "
	for _, c := range []struct {
		args, says, hint string
		away             bool
	}{
		{"user lock alice", "@alice:localhost is locked\n", "", false},
		{"user suspend alice", "@alice:localhost is suspended\n", untold, false},
		{"user unsuspend alice", "@alice:localhost is not suspended\n", untold, false},
		{"user set-admin bob", "@bob:localhost is an administrator\n", "", true},
		{"user unlock alice", "@alice:localhost is not locked\n", waits, true},
		{"user deactivate bob", "@bob:localhost is deactivated\n", waits, true},
	} {
		if c.away {
			f.Down()
		}
		code, out, errs := doorward(t, "", strings.Fields(c.args)...)
		if code != 0 || out != c.says || !strings.HasPrefix(errs, c.hint) || (c.hint == "") != (errs == "") {
			t.Errorf("%s: exit code %d, %q, %q", c.args, code, out, errs)
		}
	}
}

func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}
