package test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/test/homeserver"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// What the homeserver asks all the time costs one round trip to the database, and
// none the second time; a guess costs none.
func TestRoundTripsOfIntrospection(t *testing.T) {
	server := postgres.StartFor(t, "log_statement=all")
	d := delegate(t, confirmable, server.URL("postgres"), homeserver.Synapse, homeserversSecret)
	token := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
	d.mustCache(t)
	d.introspect(t, "rubbish") // whether there are imported tokens is looked up once a minute
	for _, c := range []struct {
		what, token string
		active      bool
		want        int
	}{
		{"a token", token, true, 1},
		{"the same again", token, true, 0},
		{"a token that was cut", token[:len(token)-1], false, 0},
		{"rubbish", "rubbish", false, 0},
	} {
		said := during(t, server, c.what, func() {
			if a := d.introspect(t, c.token); a.status != 200 || a.body["active"] != c.active {
				t.Errorf("%s: got %s", c.what, a)
			}
		})
		if n := roundTrips(said); n != c.want {
			t.Errorf("%s takes %d round trips, want %d:\n%s", c.what, n, c.want, said)
		}
	}
}

// Operators see what a homeserver that is away has not heard.
func TestWhatWaitsForTheHomeserverIsMeasured(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		wantMeasured := func(what string, want ...string) {
			t.Helper()
			for _, line := range want {
				if said := d.metrics(t); !strings.Contains(said, "\n"+line+"\n") {
					_, said, _ = strings.Cut(said, "# HELP doorward_outbox")
					t.Errorf("%s: no line %q in %.400s", what, line, said)
				}
			}
		}
		token := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		wantMeasured("at first", "doorward_outbox_notices 0", "doorward_outbox_oldest_seconds 0")
		d.there.Down()
		wantAnswer(t, "a logout while it is away", d.do(t, "POST", logoutPath, token, ""), 200, "")
		d.later()
		wantMeasured("while it is away", "doorward_outbox_notices 1", "doorward_outbox_oldest_seconds 300")
		d.there.Up()
		d.API.Delegation.Round(t.Context())
		wantMeasured("then", "doorward_outbox_notices 0", "doorward_outbox_oldest_seconds 0")
		d.wantDevicesThere(t, "alice")
	})
}
