package test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// changing has all by which sessions end.
const changing = confirmable + `
    - {name: leaver, secret: "` + secret + `", issuers: [leaver], audiences: [doorward], leeway: 10s}
admin: {api_token: "` + adminToken + `"}
sessions: {refreshable_access_token_lifetime: 1m, refresh_token_lifetime: 2m}
`

// A resident is signed in on two devices.
type resident struct {
	name          string
	phone, tablet string // access tokens
}

// leaver are claims of the provider that logs its users out.
func leaver(name string, more claims) claims {
	return claims{"iss": "leaver", "aud": "doorward", "sub": name}.with(more)
}

// A change is one of which the homeserver has to hear.
type change struct {
	name string
	do   func(t *testing.T, d *delegating, r resident) answer
	// phone and tablet say which sessions end with it.
	phone, tablet bool
	// told is what the homeserver is to hear, in any order: it happened at one time.
	told []string
}

// changes are ways in which sessions end and users change.
var changes = []change{
	{"logout", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "POST", logoutPath, r.phone, "")
	}, true, false, []string{"delete_device PHONE"}},
	{"logout of all", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "POST", logoutPath+"/all", r.phone, "")
	}, true, true, []string{"delete_device PHONE", "delete_device TABLET"}},
	{"revocation", func(t *testing.T, d *delegating, r resident) answer {
		return d.sendForm(t, revokePath, homeserversSecret, url.Values{"token": {r.phone}})
	}, true, false, []string{"delete_device PHONE"}},
	{"deletion of a device", func(t *testing.T, d *delegating, r resident) answer {
		return d.confirm(t, "DELETE", devicesPath+"TABLET", r)
	}, false, true, []string{"delete_device TABLET"}},
	{"deletion of devices", func(t *testing.T, d *delegating, r resident) answer {
		return d.confirm(t, "POST", deleteDevicesPath, r, `"devices":["TABLET","PHONE"]`)
	}, true, true, []string{"delete_device PHONE", "delete_device TABLET"}},
	{"another password", func(t *testing.T, d *delegating, r resident) answer {
		return d.confirm(t, "POST", passwordPath, r, `"new_password":"a good pass word"`)
	}, false, true, []string{"delete_device TABLET"}},
	{"deactivation", func(t *testing.T, d *delegating, r resident) answer {
		return d.confirm(t, "POST", deactivatePath, r)
	}, true, true, []string{"delete_user", "delete_device PHONE", "delete_device TABLET"}},
	{"erasure", func(t *testing.T, d *delegating, r resident) answer {
		return d.confirm(t, "POST", deactivatePath, r, `"erase":true`)
	}, true, true, []string{"delete_user erase", "delete_device PHONE", "delete_device TABLET"}},
	{"lock", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "PUT", usersPath+"/"+string(idOf(r.name)), adminToken, `{"locked":true}`)
	}, true, true, []string{"provision_user locked"}},
	{"other name", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "PUT", usersPath+"/"+string(idOf(r.name)), adminToken, `{"displayname":"Renamed"}`)
	}, false, false, []string{"provision_user Renamed"}},
	{"deletion by an administrator", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "DELETE", usersPath+"/"+string(idOf(r.name))+"/devices/PHONE", adminToken, "")
	}, true, false, []string{"delete_device PHONE"}},
	{"deactivation by an administrator", func(t *testing.T, d *delegating, r resident) answer {
		return d.do(t, "POST", "/_synapse/admin/v1/deactivate/"+string(idOf(r.name)), adminToken, `{"erase":true}`)
	}, true, true, []string{"delete_user erase", "delete_device PHONE", "delete_device TABLET"}},
	{"logout by the provider", func(t *testing.T, d *delegating, r resident) answer {
		return d.backchannelLogout(t, "leaver", logoutToken(leave(r.name).with(leaver(r.name, nil))))
	}, true, true, []string{"delete_device PHONE", "delete_device TABLET"}},
}

// confirm sends a request that has to be confirmed, and confirms it.
func (d *delegating) confirm(t *testing.T, method, path string, r resident, members ...string) answer {
	t.Helper()
	session := d.challenged(t, method, path, r.phone, "{"+strings.Join(members, ",")+"}")
	return d.do(t, method, path, r.phone, withAuth(session, byJWT(corp(r.name)), members...))
}

// mustReside signs a user in with tokens, and further members of the tablet's login.
func (d *delegating) mustReside(t *testing.T, name, token string, more ...string) resident {
	t.Helper()
	return resident{
		name:   name,
		phone:  d.mustLogin(t, token, onDevice("PHONE")),
		tablet: d.mustLogin(t, token, append(more, onDevice("TABLET"))...),
	}
}

// TestChangesWhileTheHomeserverIsAway makes all changes at once in each way of being
// away: each takes effect here at once, and reaches the homeserver later.
func TestChangesWhileTheHomeserverIsAway(t *testing.T) {
	onWaitingDelegations(t, changing, func(t *testing.T, d *delegating) {
		for i, o := range outages {
			*d.now = time.Now().Truncate(time.Second) // what is confirmed is confirmed with a new token
			residents := make([]resident, len(changes))
			for j, c := range changes {
				name := fmt.Sprintf("user%d.%d", i, j)
				token := corp(name)
				if c.name == "logout by the provider" {
					token = jwt(leaver(name, nil))
				}
				residents[j] = d.mustReside(t, name, token)
			}
			sleeper := fmt.Sprintf("sleeper%d", i)
			asleep := d.mustReside(t, sleeper, corp(sleeper), `"refresh_token":true`)
			o.begin(d.there)
			var all sync.WaitGroup
			for j, c := range changes {
				all.Go(func() { d.makeChange(t, o, c, residents[j]) })
			}
			all.Wait()
			*d.now = d.now.Add(2*time.Minute + time.Second)
			d.bury(t, o, asleep)
			o.end(d.there)
			d.there.Forget()
			d.deliverInTime(t)
			for j, c := range changes {
				d.wantArrived(t, o, c, residents[j])
			}
			d.wantArrived(t, o, change{name: "end of a refresh token", told: []string{"delete_device TABLET"}}, asleep)
		}
	})
}

// makeChange makes a change and looks what is here of it.
func (d *delegating) makeChange(t *testing.T, o outage, c change, r resident) {
	what := fmt.Sprintf("%s while the homeserver is %s", c.name, o.name)
	began := time.Now()
	a := c.do(t, d, r)
	if took := time.Since(began); a.status != 200 || took > changeWithin {
		t.Errorf("%s: %s after %s", what, a, took)
	}
	for token, ended := range map[string]bool{r.phone: c.phone, r.tablet: c.tablet} {
		if a := d.introspect(t, token); a.status != 200 || a.body["active"] == ended {
			t.Errorf("%s: ended %v, and yet the homeserver is told %s", what, ended, a)
		}
	}
}

// bury lets a session die of which no client says goodbye.
func (d *delegating) bury(t *testing.T, o outage, r resident) {
	t.Helper()
	began := time.Now()
	if err := d.Background.CleanUp(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > changeWithin {
		t.Errorf("it takes %s to clean up while the homeserver is %s", took, o.name)
	}
	d.wantDevices(t, idOf(r.name), "PHONE")
}

// wantArrived wants the homeserver to have heard of a change, and of nothing else
// about the user.
func (d *delegating) wantArrived(t *testing.T, o outage, c change, r resident) {
	t.Helper()
	what := fmt.Sprintf("%s while the homeserver is %s", c.name, o.name)
	told, want := slices.Sorted(slices.Values(d.told(r.name))), slices.Sorted(slices.Values(c.told))
	if !slices.Equal(told, want) {
		t.Errorf("%s: it heard %q, want %q", what, told, want)
	}
	d.wantAgreement(t, r.name)
	here := d.user(t, idOf(r.name))
	there, _ := d.there.User(r.name)
	if there.Locked != here.Locked || there.Deactivated != here.Deactivated || there.Erased != here.Erased ||
		c.name == "other name" && there.DisplayName != here.DisplayName {
		t.Errorf("%s: here is %+v, there %+v", what, here, there)
	}
}

// told returns in short what the homeserver heard of a user, less questions, and
// less what it heard twice, one after another.
func (d *delegating) told(localpart string) (told []string) {
	for _, call := range d.there.Calls() {
		if call.Localpart != localpart || call.Name == "query_user" {
			continue
		}
		told = append(told, inShort(call))
	}
	return slices.Compact(told)
}

func inShort(call homeserver.Call) string {
	words := []string{call.Name}
	if call.DeviceID != "" {
		words = append(words, call.DeviceID)
	}
	for _, w := range []struct{ in, word string }{
		{`"erase":true`, "erase"}, {`"locked":true`, "locked"}, {`"locked":false`, "unlocked"}, {`"unset_displayname":true`, "unnamed"},
	} {
		if strings.Contains(call.Body, w.in) {
			words = append(words, w.word)
		}
	}
	for _, member := range []string{`"set_displayname":"`, `"display_name":"`} {
		if _, name, ok := strings.Cut(call.Body, member); ok {
			name, _, _ = strings.Cut(name, `"`)
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}
