package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

const (
	homeserversSecret = "secret-of-the-homeserver-and-the-door"
	introspectPath    = "/oauth2/introspect"
	revokePath        = "/oauth2/revoke"
	bobsID            = domain.UserID("@bob:example.org")
	// probePath lists users at the homeserver, for its administrators.
	probePath = "/_synapse/admin/v2/users?guests=false"
	// keeps is how long a homeserver keeps what it was told of a token.
	keeps = 5 * time.Minute
)

// A delegating is a door, and the homeserver that has handed authentication over
// to it. They have one clock.
type delegating struct {
	*door
	there  *homeserver.Fake
	client *door // what clients find at the homeserver
}

// delegated are settings with a homeserver that delegates.
func delegated(settings, kind, url string) string {
	return settings + fmt.Sprintf(`
homeserver: {kind: %s, url: %q, secret: %s, issuer: "https://auth.example.org/"}
`, kind, url, homeserversSecret)
}

// onDelegations runs a scenario on each variant with a homeserver like Synapse.
func onDelegations(t *testing.T, settings string, scenario func(t *testing.T, d *delegating)) {
	t.Helper()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			scenario(t, delegate(t, settings, v.url(t), homeserver.Synapse, homeserversSecret))
		})
	}
}

func delegate(t *testing.T, settings, database string, kind homeserver.Kind, secret string) *delegating {
	t.Helper()
	name := map[homeserver.Kind]string{homeserver.Synapse: "synapse", homeserver.Palpo: "palpo"}[kind]
	d := &delegating{door: &door{log: &logBuffer{}}}
	now := d.setClock()
	*now = now.Truncate(time.Second) // as tokens expire to the millisecond
	d.there = homeserver.New(homeserver.Options{Kind: kind, Secret: secret, Now: d.clock})
	t.Cleanup(d.there.Close)
	d.openAt(t, delegated(settings, name, d.there.URL), database, d.clock)
	d.there.Delegate(d.url)
	d.client = &door{url: d.there.URL}
	return d
}

// later lets the homeserver forget what it was told.
func (d *delegating) later() { *d.now = d.now.Add(keeps) }

// introspect asks as the homeserver does.
func (d *delegating) introspect(t *testing.T, token string) answer {
	t.Helper()
	return d.sendForm(t, introspectPath, homeserversSecret, url.Values{"token": {token}})
}

func (d *door) sendForm(t *testing.T, path, secret string, form url.Values) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+secret)
	return send(t, req)
}

// wantThere wants a token to be somebody's at the homeserver.
func (d *delegating) wantThere(t *testing.T, what, token string, user domain.UserID, device string) {
	t.Helper()
	if a := d.client.whoami(t, token); a.status != 200 || a.text("user_id") != string(user) || a.text("device_id") != device {
		t.Errorf("%s, at the homeserver: %s", what, a)
	}
}

// wantNotThere wants a token to be nobody's at the homeserver.
func (d *delegating) wantNotThere(t *testing.T, what, token string) {
	t.Helper()
	wantAnswer(t, what+", at the homeserver", d.client.whoami(t, token), 401, "M_UNKNOWN_TOKEN")
}

func (d *delegating) wantDevicesThere(t *testing.T, localpart string, want ...string) {
	t.Helper()
	if got := d.there.Devices(localpart); !slices.Equal(got, want) {
		t.Errorf("%s's devices at the homeserver are %q, want %q", localpart, got, want)
	}
}

func TestALoginIsGoodAtTheHomeserverAtOnce(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		phone := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`, `"initial_device_display_name":"Alice's phone"`)
		d.wantThere(t, "the first login", phone, alicesID, "PHONE")
		if u, _ := d.there.User("alice"); !cmp.Equal(u.Devices, map[string]string{"PHONE": "Alice's phone"}) {
			t.Errorf("the homeserver knows %+v", u)
		}
		d.there.Forget()
		tablet := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		d.wantThere(t, "another device", tablet, alicesID, "TABLET")
		if calls := d.there.Calls(); len(calls) != 1 || calls[0].Name != "upsert_device" {
			t.Errorf("another device takes %+v", calls)
		}
		d.wantThere(t, "the first login, still", phone, alicesID, "PHONE")
		d.wantNotThere(t, "nobody's token", string(domain.NewToken(domain.AccessToken, domain.NewSessionID())))
	})
}

// A token is asked for anew when the homeserver has forgotten it; the one that took
// its place is good at once.
func TestARefreshReachesTheHomeserver(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		first := d.mustLoginRefreshableOf(t, "alice", "PHONE")
		d.wantThere(t, "the first token", first.access, alicesID, "PHONE")
		second := d.mustRefresh(t, first.refresh)
		d.mustRefresh(t, first.refresh) // the answer was lost
		second = d.mustRefresh(t, first.refresh)
		d.wantThere(t, "the new token", second.access, alicesID, "PHONE")
		wantEnd(t, "a refresh token whose successor was used there", d.refresh(t, first.refresh), false)
		*d.now = d.now.Add(2 * time.Minute)
		d.wantNotThere(t, "the old token", first.access)
		d.wantThere(t, "the new token, later", second.access, alicesID, "PHONE")
		d.mustRefresh(t, second.refresh)
	})
}

func TestALogoutIsOneAtTheHomeserverAtOnce(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		for name, logout := range map[string]func(token string) answer{
			"logout": func(token string) answer { return d.do(t, "POST", logoutPath, token, "") },
			"revocation": func(token string) answer {
				a := d.sendForm(t, revokePath, homeserversSecret, url.Values{"token": {token}, "token_type_hint": {"access_token"}})
				d.API.Delegation.Round(t.Context())
				return a
			},
			"deletion by an administrator": func(string) answer {
				return d.do(t, "DELETE", usersPath+"/@alice:example.org/devices/PHONE", adminToken, "")
			},
			"logout of all": func(token string) answer { return d.do(t, "POST", logoutPath+"/all", token, "") },
		} {
			phone := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
			tablet := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
			bob := d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
			d.wantThere(t, name+": before", phone, alicesID, "PHONE")
			if a := logout(phone); a.status != 200 || a.raw != "{}" {
				t.Errorf("%s: %s", name, a)
			}
			d.wantNotThere(t, name, phone)
			d.wantThere(t, name+": another user's", bob, bobsID, "PHONE")
			if name == "logout of all" {
				d.wantNotThere(t, name+", another device", tablet)
				d.wantDevicesThere(t, "alice")
				continue
			}
			d.wantThere(t, name+", another device", tablet, alicesID, "TABLET")
			d.wantDevicesThere(t, "alice", "TABLET")
		}
	})
}

// Whoever was logged out while the homeserver let it wait hears of it then.
func TestALogoutEndsASyncThatWaits(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		token := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.wantThere(t, "before", token, alicesID, "PHONE")
		synced := make(chan int)
		go func() {
			req, _ := http.NewRequestWithContext(t.Context(), "GET", d.there.URL+v3+"/sync?since=s1&timeout=60000", nil)
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				synced <- 0
				return
			}
			resp.Body.Close()
			synced <- resp.StatusCode
		}()
		wantAnswer(t, "the logout", d.do(t, "POST", logoutPath, token, ""), 200, "")
		select {
		case <-synced:
		case <-time.After(10 * time.Second):
			t.Fatal("it waits on")
		}
		d.wantNotThere(t, "the next request", token)
	})
}

// A login on a device that is signed in on replaces its token. The homeserver, which
// knows the device, goes by what it was told of the old one until it forgets that.
func TestALoginOnTheSameDevice(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		before := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.wantThere(t, "the first", before, alicesID, "PHONE")
		after := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.wantThere(t, "the second", after, alicesID, "PHONE")
		*d.now = d.now.Add(2 * time.Minute)
		d.wantNotThere(t, "the first, in the end", before)
		d.wantThere(t, "the second, then", after, alicesID, "PHONE")
		d.wantDevicesThere(t, "alice", "PHONE")
	})
}

// What happens to a user here happens there.
func TestWhatAUserMayDoAtTheHomeserver(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		alice, bob := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`), d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
		at := func(what string, locked, deactivated bool) {
			t.Helper()
			if u, _ := d.there.User("alice"); u.Locked != locked || u.Deactivated != deactivated {
				t.Errorf("%s: the homeserver knows %+v", what, u)
			}
		}
		d.wantThere(t, "at first", alice, alicesID, "PHONE")
		d.admin(t, "PUT", aliceAdmin, `{"locked":true}`, 200)
		at("locked", true, false)
		d.later()
		d.wantNotThere(t, "locked", alice)
		d.admin(t, "PUT", aliceAdmin, `{"locked":false}`, 200)
		at("unlocked", false, false)
		d.later()
		d.wantThere(t, "unlocked", alice, alicesID, "PHONE")

		d.admin(t, "PUT", aliceAdmin, `{"suspended":true}`, 200)
		d.later()
		d.wantThere(t, "suspended", alice, alicesID, "PHONE")
		d.admin(t, "PUT", aliceAdmin, `{"suspended":false}`, 200)

		d.admin(t, "PUT", aliceAdmin, `{"deactivated":true}`, 200)
		at("deactivated", false, true)
		d.wantNotThere(t, "deactivated", alice)
		d.wantDevicesThere(t, "alice")
		d.admin(t, "PUT", aliceAdmin, `{"deactivated":false}`, 200)
		at("given back", false, false)
		d.wantNotThere(t, "given back, the old token", alice)
		d.wantThere(t, "given back", d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`), alicesID, "PHONE")
		d.later()
		d.wantThere(t, "another user", bob, bobsID, "PHONE")
	})
}

// RFC 7662, 2.2: the life that is left, in whole seconds.
func TestATokenExpiresAtTheHomeserverWhenItDoesHere(t *testing.T) {
	onDelegations(t, confirmable+"sessions: {access_token_lifetime: 90s}\n", func(t *testing.T, d *delegating) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		for _, c := range []struct {
			after time.Duration
			want  string
		}{{0, "90"}, {500 * time.Millisecond, "89"}, {59 * time.Second, "30"}} {
			*d.now = d.now.Add(c.after)
			var said struct {
				Active    bool
				ExpiresIn json.RawMessage `json:"expires_in"`
			}
			a := d.introspect(t, alice)
			if err := json.Unmarshal([]byte(a.raw), &said); err != nil || !said.Active || string(said.ExpiresIn) != c.want {
				t.Errorf("got %s, want %s seconds", a, c.want)
			}
		}
		d.wantThere(t, "in time", alice, alicesID, "PHONE")
		*d.now = d.now.Add(31 * time.Second)
		d.wantNotThere(t, "too late", alice)
	})
}
