package test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// A history is what happens to users during an outage, drawn by lot, and what the
// homeserver has to hear of it.
type history struct {
	*delegating
	t    *testing.T
	draw *rand.Rand
	// users are those who are there, and held the tokens of their devices.
	users []string
	held  map[string]map[string]string
	// told are the calls that each user needs: those of one change together, the
	// changes one after another.
	told map[string][][]string
	// created are those who were created meanwhile: the homeserver first hears of them,
	// by whatever name they have when it does.
	created map[string]bool
	made    map[string]int // how often each event came
}

// An event is something that happens to a user. It says whether it could happen.
type event struct {
	name string
	do   func(h *history, user string) bool
}

var events = []event{
	{"login", (*history).logIn},
	{"logout", (*history).logOut},
	{"logout of all", (*history).logOutAll},
	{"deletion of a device", (*history).deleteDevice},
	{"other name of a device", (*history).renameDevice},
	{"lock", (*history).lock},
	{"deactivation", (*history).deactivate},
	{"reactivation", (*history).reactivate},
	{"other name", (*history).rename},
	{"creation", (*history).create},
}

const (
	outageLasts = time.Hour
	eventsInAll = 120
)

// TestAnHourWithoutTheHomeserver lets an hour of changes pass that the homeserver
// does not hear of, or hears of and loses its answers. Then it hears all of it, in
// order, and nothing else.
func TestAnHourWithoutTheHomeserver(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			onWaitingDelegations(t, administrable, func(t *testing.T, d *delegating) {
				h := &history{
					delegating: d, t: t, draw: rand.New(rand.NewPCG(seed, 0)),
					held: map[string]map[string]string{}, told: map[string][][]string{},
					created: map[string]bool{}, made: map[string]int{},
				}
				h.begin()
				bystander := d.mustLogin(t, corp("bystander"), onDevice("PHONE"))
				d.there.Forget()
				d.there.Down()
				for i := range eventsInAll {
					h.happen()
					*d.now = d.now.Add(outageLasts / eventsInAll)
					if i < eventsInAll/2 {
						h.flicker()
					}
					d.API.Delegation.Round(t.Context())
				}
				if h.waiting(t) < 10 {
					t.Errorf("only %d notices wait", h.waiting(t))
				}
				d.there.Up()
				d.deliverInTime(t)
				h.wantAllHeard()
				d.wantThere(t, "somebody to whom nothing happened", bystander, idOf("bystander"), "PHONE")
				if told := d.told("bystander"); len(told) > 0 {
					t.Errorf("of somebody to whom nothing happened it heard %q", told)
				}
				for _, line := range []string{"doorward_outbox_notices 0", "doorward_outbox_oldest_seconds 0"} {
					if !strings.Contains(d.metrics(t), "\n"+line+"\n") {
						t.Errorf("the metrics lack %s", line)
					}
				}
			})
		})
	}
}

// begin signs users in.
func (h *history) begin() {
	for i := range 8 {
		user := fmt.Sprintf("user%d", i)
		h.users, h.held[user] = append(h.users, user), map[string]string{}
		for _, device := range []string{"LAPTOP", "PHONE", "TABLET", "TV"} {
			h.held[user][device] = h.mustLogin(h.t, corp(user), onDevice(device))
		}
	}
}

// happen lets something happen to somebody.
func (h *history) happen() {
	for {
		e, user := events[h.draw.IntN(len(events))], h.users[h.draw.IntN(len(h.users))]
		if e.do(h, user) {
			h.made[e.name]++
			return
		}
	}
}

// flicker lets the homeserver be there now and then, for the worker alone, and lose
// its first answers.
func (h *history) flicker() {
	if h.draw.IntN(10) > 0 {
		return
	}
	h.there.Up()
	for _, call := range tellings {
		h.there.Fail("/_synapse/mas/"+call, 1, homeserver.Lost)
	}
	h.API.Delegation.Round(h.t.Context())
	h.there.Heal()
	h.there.Down()
}

// hears says what the homeserver has to hear of one change.
func (h *history) hears(user string, calls ...string) bool {
	h.told[user] = append(h.told[user], slices.Sorted(slices.Values(calls)))
	return true
}

func (h *history) account(user string) string { return usersPath + "/" + string(idOf(user)) }

// put changes an account as an administrator.
func (h *history) put(user string, body form, status int) {
	h.t.Helper()
	h.admin(h.t, "PUT", h.account(user), body.String(), status)
}

// logIn is refused, always.
func (h *history) logIn(user string) bool {
	if h.draw.IntN(3) == 0 {
		user = "stranger"
	}
	began := time.Now()
	device := h.anyDevice(user)
	if device == "" || h.draw.IntN(2) == 0 {
		device = "LATE"
	}
	a := h.login(h.t, corp(user), onDevice(device))
	if user == "stranger" || h.mayLogIn(user) {
		wantAway(h.t, "a login", a, time.Since(began))
	} else if a.status != 401 && a.status != 403 {
		h.t.Errorf("a login of somebody who may not: %s", a)
	}
	return true
}

func (h *history) mayLogIn(user string) bool {
	u := h.user(h.t, idOf(user))
	return !u.Locked && !u.Deactivated
}

// anyDevice draws one of the user's devices; empty: it has none.
func (h *history) anyDevice(user string) string {
	devices := slices.Sorted(maps.Keys(h.held[user]))
	if len(devices) == 0 {
		return ""
	}
	return devices[h.draw.IntN(len(devices))]
}

// gone is what the homeserver has to hear when devices are gone.
func (h *history) gone(user string, devices ...string) (calls []string) {
	for _, device := range devices {
		calls = append(calls, "delete_device "+device)
		delete(h.held[user], device)
	}
	return calls
}

func (h *history) logOut(user string) bool {
	device := h.anyDevice(user)
	if device == "" {
		return false
	}
	token := h.held[user][device]
	wantAnswer(h.t, "a logout", h.do(h.t, "POST", logoutPath, token, ""), 200, "")
	if a := h.introspect(h.t, token); a.raw != `{"active":false}` {
		h.t.Errorf("after a logout: %s", a)
	}
	return h.hears(user, h.gone(user, device)...)
}

func (h *history) logOutAll(user string) bool {
	device := h.anyDevice(user)
	if device == "" || h.draw.IntN(2) == 0 {
		return false
	}
	wantAnswer(h.t, "a logout of all", h.do(h.t, "POST", logoutPath+"/all", h.held[user][device], ""), 200, "")
	return h.hears(user, h.gone(user, slices.Collect(maps.Keys(h.held[user]))...)...)
}

func (h *history) deleteDevice(user string) bool {
	device := h.anyDevice(user)
	if device == "" {
		return false
	}
	h.admin(h.t, "DELETE", h.account(user)+"/devices/"+device, "", 200)
	return h.hears(user, h.gone(user, device)...)
}

func (h *history) renameDevice(user string) bool {
	device := h.anyDevice(user)
	if device == "" {
		return false
	}
	name := h.anyName()
	h.admin(h.t, "PUT", h.account(user)+"/devices/"+device, form{"display_name": name}.String(), 200)
	return h.hears(user, "update_device_display_name "+device+" "+name)
}

func (h *history) lock(user string) bool {
	locked := !h.user(h.t, idOf(user)).Locked
	h.put(user, form{"locked": locked}, 200)
	return h.hears(user, map[bool]string{true: "provision_user locked", false: "provision_user unlocked"}[locked])
}

func (h *history) deactivate(user string) bool {
	if h.user(h.t, idOf(user)).Deactivated {
		return false
	}
	call := "delete_user"
	erase := h.draw.IntN(2) == 0
	if erase {
		call += " erase"
	}
	h.admin(h.t, "POST", "/_synapse/admin/v1/deactivate/"+string(idOf(user)), form{"erase": erase}.String(), 200)
	return h.hears(user, append(h.gone(user, slices.Collect(maps.Keys(h.held[user]))...), call)...)
}

func (h *history) reactivate(user string) bool {
	if !h.user(h.t, idOf(user)).Deactivated {
		return false
	}
	before := h.user(h.t, idOf(user))
	h.put(user, form{"deactivated": false}, 200)
	h.hears(user, "reactivate_user")
	if before.Erased && before.DisplayName != "" {
		h.hears(user, "provision_user "+before.DisplayName)
	}
	return true
}

func (h *history) anyName() string { return fmt.Sprintf("Name %d", h.draw.IntN(1_000_000)) }

func (h *history) rename(user string) bool {
	name := h.anyName()
	h.put(user, form{"displayname": name}, 200)
	if h.user(h.t, idOf(user)).Erased {
		return true // is told when the account is given back
	}
	return h.hears(user, "provision_user "+name)
}

func (h *history) create(string) bool {
	user, name := fmt.Sprintf("user%d", len(h.users)), h.anyName()
	if len(h.users) == 16 {
		return false
	}
	h.put(user, form{"displayname": name}, 201)
	h.users, h.held[user] = append(h.users, user), map[string]string{}
	h.created[user] = true
	return true
}

// wantAllHeard wants the homeserver to have heard of every change, in order, and to
// have what is here.
func (h *history) wantAllHeard() {
	h.t.Helper()
	for _, user := range h.users {
		h.wantHeard(user)
		h.wantAgreement(h.t, user)
		here := h.user(h.t, idOf(user))
		there, _ := h.there.User(user)
		if there.Locked != here.Locked || there.Deactivated != here.Deactivated || there.Erased != here.Erased ||
			!here.Deactivated && here.DisplayName != "" && here.DisplayName != there.DisplayName {
			h.t.Errorf("here is %+v, there %+v", here, there)
		}
		if h.mayLogIn(user) {
			token := h.mustLogin(h.t, corp(user), onDevice("LATE"))
			h.wantThere(h.t, "a login of "+user, token, idOf(user), "LATE")
		}
	}
	if users := h.there.Users(); len(users) != len(h.users)+1 { // and the bystander
		h.t.Errorf("the homeserver has the users %q", users)
	}
	for _, e := range events {
		if h.made[e.name] == 0 {
			h.t.Errorf("no %s came", e.name)
		}
	}
}

// wantHeard wants the homeserver to have heard what it had to of a user.
func (h *history) wantHeard(user string) {
	h.t.Helper()
	told := slices.DeleteFunc(h.delegating.told(user), func(call string) bool { return call == "delete_device LATE" })
	got, want := told, slices.Concat(h.told[user]...)
	if h.created[user] && len(told) == len(want)+1 && strings.HasPrefix(told[0], "provision_user") {
		got = told[1:]
	}
	for rest := got; len(h.told[user]) > 0; h.told[user] = h.told[user][1:] {
		n := min(len(h.told[user][0]), len(rest))
		slices.Sort(rest[:n])
		rest = rest[n:]
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("of %s it heard\n%q, want\n%q", user, told, want)
	}
}
