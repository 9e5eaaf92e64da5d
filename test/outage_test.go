package test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// The limits that a client can rely on, whatever the homeserver does.
const (
	loginWithin  = 10 * time.Second
	changeWithin = 5 * time.Second
	// arriveWithin is how soon what waits is delivered when the homeserver is back.
	arriveWithin = time.Minute
	// silentFor is how long the worker does not look at most, while the homeserver is
	// away.
	silentFor = 15 * time.Second
)

// tellings are the calls by which a homeserver is told, or asked about a user.
var tellings = []string{
	"query_user", "provision_user", "upsert_device", "delete_device", "sync_devices", "delete_user", "reactivate_user",
	"update_device_display_name",
}

// An outage is a way in which a homeserver is away.
type outage struct {
	name string
	// fault is what happens to a call; nil: nobody listens.
	fault homeserver.Fault
	// hits are the calls of a login to which it can happen alone; nil: all.
	hits [][]string
}

var (
	whole  = [][]string{nil}
	inPart = [][]string{nil, {"query_user"}, {"provision_user"}, {"upsert_device"}}

	outages = []outage{
		{"down", nil, whole},
		{"hanging", homeserver.Hang, [][]string{nil, {"upsert_device"}}},
		{"in trouble", homeserver.Status(500), inPart},
		{"behind a proxy that is alone", homeserver.Answer(502, "<html>Bad Gateway</html>"), inPart},
		{"losing its answers", homeserver.Lost, inPart},
		{"without the secret", homeserver.Answer(403, `{"errcode":"M_UNKNOWN","error":"This endpoint must only be called by MAS"}`), whole},
		{"not delegating", homeserver.Answer(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`), whole},
	}
)

// begin lets calls fail, or all of them.
func (o outage) begin(f *homeserver.Fake, calls ...string) {
	if o.fault == nil {
		f.Down()
		return
	}
	if len(calls) == 0 {
		calls = tellings
	}
	for _, call := range calls {
		f.Fail("/_synapse/mas/"+call, 0, o.fault)
	}
}

func (o outage) end(f *homeserver.Fake) {
	f.Heal()
	f.Up()
}

// onWaitingDelegations is onDelegations for scenarios that mostly wait: they run
// beside each other.
func onWaitingDelegations(t *testing.T, settings string, scenario func(t *testing.T, d *delegating)) {
	t.Helper()
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			scenario(t, delegate(t, settings, v.url(t), homeserver.Synapse, homeserversSecret))
		})
	}
}

func idOf(localpart string) domain.UserID { return domain.UserID("@" + localpart + ":example.org") }

func onDevice(id string) string { return fmt.Sprintf(`"device_id":%q`, id) }

// waiting is how many notices wait.
func (d *delegating) waiting(t *testing.T) int {
	t.Helper()
	backlog, err := d.Storage.Repositories().Outbox.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return backlog.Notices
}

// deliverInTime lets the worker work from when it looks again after an outage until
// nothing waits. That must be in time.
func (d *delegating) deliverInTime(t *testing.T) {
	t.Helper()
	*d.now = d.now.Add(silentFor)
	for range (arriveWithin - silentFor) / time.Second {
		d.API.Delegation.Round(t.Context())
		if d.waiting(t) == 0 {
			return
		}
		*d.now = d.now.Add(time.Second)
	}
	t.Errorf("%d notices still wait %s after the homeserver came back", d.waiting(t), arriveWithin)
}

// wantAgreement wants a user to have the same devices here and there.
func (d *delegating) wantAgreement(t *testing.T, localpart string) {
	t.Helper()
	list, err := d.Storage.Repositories().Devices.List(t.Context(), idOf(localpart))
	if err != nil {
		t.Fatal(err)
	}
	here := []string{}
	for _, device := range list {
		here = append(here, string(device.ID))
	}
	slices.Sort(here)
	if there := d.there.Devices(localpart); !slices.Equal(here, there) {
		t.Errorf("%s's devices are %q here, and %q there", localpart, here, there)
	}
}

// wantAway wants a login to be refused because the homeserver is away, in time.
func wantAway(t *testing.T, what string, a answer, took time.Duration) {
	t.Helper()
	wantAnswer(t, what, a, 503, "M_UNKNOWN")
	if text := a.text("error"); !strings.Contains(text, "homeserver") || !strings.Contains(text, "later") {
		t.Errorf("%s: the client is told %q", what, text)
	}
	if took > loginWithin {
		t.Errorf("%s took %s", what, took)
	}
}

// wantNothingOf wants nothing to be here of somebody who never signed in.
func (d *delegating) wantNothingOf(t *testing.T, localpart string) {
	t.Helper()
	d.wantNoUser(t, idOf(localpart))
	d.wantDevices(t, idOf(localpart))
	links, err := d.Storage.Repositories().Links.List(t.Context(), idOf(localpart))
	if err != nil || len(links) > 0 {
		t.Errorf("%s has the identities %+v, %v", localpart, links, err)
	}
	link := domain.Link{Provider: "corp", Issuer: "corp", Subject: localpart}
	if owner, err := d.Storage.Repositories().Links.Owner(t.Context(), link); err == nil {
		t.Errorf("%+v is %s", link, owner)
	}
}

// Visitors log in while the homeserver is away: one for the first time, who tries
// again; one who does not; and two who are signed in on a device, of whom one comes
// with another, and one with the same.
type visitors struct {
	name                     string
	regularToken, loyalToken string
}

func (v visitors) patient() string   { return "patient" + v.name }
func (v visitors) impatient() string { return "impatient" + v.name }
func (v visitors) regular() string   { return "regular" + v.name }
func (v visitors) loyal() string     { return "loyal" + v.name }

// TestALoginWhileTheHomeserverIsAway lets the homeserver be away in each way, from
// each of the calls of a login on.
func TestALoginWhileTheHomeserverIsAway(t *testing.T) {
	onWaitingDelegations(t, administrable, func(t *testing.T, d *delegating) {
		other := d.mustLoginRefreshableOf(t, "other", "PHONE")
		for i, o := range outages {
			for j, calls := range o.hits {
				v := visitors{name: fmt.Sprintf("%d.%d", i, j)}
				what := fmt.Sprintf("the homeserver is %s at %v", o.name, calls)
				v.regularToken = d.mustLogin(t, corp(v.regular()), onDevice("PHONE"))
				v.loyalToken = d.mustLogin(t, corp(v.loyal()), onDevice("PHONE"))
				o.begin(d.there, calls...)
				d.logInMeanwhile(t, what, v, calls)
				wantAnswer(t, what+": another's session", d.whoami(t, other.access), 200, "")
				other = d.mustRefresh(t, other.refresh)
				if a := d.introspect(t, other.access); a.body["active"] != true {
					t.Errorf("%s: introspection: %s", what, a)
				}
				o.end(d.there)
				d.logInThen(t, what, v)
			}
		}
		if log := d.log.String(); !strings.Contains(log, `"reason":"homeserver_away"`) || strings.Contains(log, homeserversSecret) {
			t.Error("the log does not say why, or says too much")
		}
	})
}

// logInMeanwhile logs in while the calls fail; nil: all.
func (d *delegating) logInMeanwhile(t *testing.T, what string, v visitors, calls []string) {
	t.Helper()
	hit := func(call string) bool { return calls == nil || slices.Contains(calls, call) }
	var all sync.WaitGroup
	try := func(name, device string, fails bool) {
		all.Go(func() {
			began := time.Now()
			a := d.login(t, corp(name), onDevice(device))
			if fails {
				wantAway(t, what+": "+name+" on "+device, a, time.Since(began))
			} else {
				wantAnswer(t, what+": "+name+" on "+device, a, 200, "")
			}
		})
	}
	try(v.patient(), "PHONE", true)
	try(v.impatient(), "PHONE", true)
	affected := hit("upsert_device") // the only call about whom it knows
	try(v.regular(), "TABLET", affected)
	if affected {
		try(v.loyal(), "PHONE", true)
	}
	all.Wait()
	d.wantNothingOf(t, v.patient())
	d.wantNothingOf(t, v.impatient())
	if affected {
		d.wantDevices(t, idOf(v.regular()), "PHONE")
	}
	for _, token := range []string{v.regularToken, v.loyalToken} {
		wantAnswer(t, what+": a session that was there", d.whoami(t, token), 200, "")
		if a := d.introspect(t, token); a.body["active"] != true {
			t.Errorf("%s: introspection of a session that was there: %s", what, a)
		}
	}
}

// logInThen logs in when the homeserver is back.
func (d *delegating) logInThen(t *testing.T, what string, v visitors) {
	t.Helper()
	token := d.mustLogin(t, corp(v.patient()), onDevice("PHONE"))
	d.wantThere(t, what+": then", token, idOf(v.patient()), "PHONE")
	d.deliverInTime(t)
	d.wantThere(t, what+": when all is delivered", token, idOf(v.patient()), "PHONE")
	d.wantThere(t, what+": whoever was there before", v.regularToken, idOf(v.regular()), "PHONE")
	d.wantThere(t, what+": whoever did not get in anew", v.loyalToken, idOf(v.loyal()), "PHONE")
	for _, name := range []string{v.patient(), v.impatient(), v.regular(), v.loyal()} {
		d.wantAgreement(t, name)
	}
	d.wantNothingOf(t, v.impatient())
}

// A registration is a login, and leaves as little behind.
func TestARegistrationWhileTheHomeserverIsAway(t *testing.T) {
	onWaitingDelegations(t, registering, func(t *testing.T, d *delegating) {
		for i, o := range []outage{
			{"down", nil, whole}, {"hanging", homeserver.Hang, whole}, {"losing its answers", homeserver.Lost, inPart},
		} {
			for j, calls := range o.hits {
				name := fmt.Sprintf("new%d.%d", i, j)
				what := fmt.Sprintf("the homeserver is %s at %v", o.name, calls)
				body := form{"username": name, "password": alicesPassword, "device_id": "PHONE"}
				o.begin(d.there, calls...)
				began := time.Now()
				a := d.register(t, body.with(dummy("")))
				wantAway(t, what, a, time.Since(began))
				d.wantNothingOf(t, name)
				o.end(d.there)
				in := d.mustRegister(t, body)
				d.wantThere(t, what+": then", in.text("access_token"), idOf(name), "PHONE")
				d.deliverInTime(t)
				d.wantThere(t, what+": when all is delivered", in.text("access_token"), idOf(name), "PHONE")
			}
		}
	})
}
