package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

const homeserversSecret = "secret-of-the-homeserver-and-the-door"

// startHomeserver starts a homeserver without users, which is the one that delegates
// in the working directory from now on.
func startHomeserver(t *testing.T) *homeserver.Fake {
	t.Helper()
	f := homeserver.New(homeserver.Options{ServerName: "localhost", Secret: homeserversSecret})
	t.Cleanup(f.Close)
	settings := fmt.Sprintf("server_name: localhost\nlog: {level: error}\nhomeserver: {kind: synapse, url: %q, secret: %s, issuer: 'https://auth.example.org/'}\n",
		f.URL, homeserversSecret)
	if err := os.WriteFile("doorward.yaml", []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// mustHaveDevices gives a user devices that no homeserver hears of.
func mustHaveDevices(t *testing.T, r ports.Repositories, user domain.UserID, ids ...domain.DeviceID) {
	t.Helper()
	for _, id := range ids {
		if err := r.Devices.Create(t.Context(), domain.Device{UserID: user, ID: id, CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
}

func wantDevicesAt(t *testing.T, f *homeserver.Fake, localpart string, want ...string) {
	t.Helper()
	if got := f.Devices(localpart); !slices.Equal(got, want) {
		t.Errorf("%s's devices at the homeserver are %q, want %q", localpart, got, want)
	}
}

func TestCommandsReachAHomeserverThatDelegates(t *testing.T) {
	inMigratedFolder(t)
	f := startHomeserver(t)
	done(t, "", "user add alice --display-name Alice")
	done(t, "", "user lock alice")
	if u, _ := f.User("alice"); u.DisplayName != "Alice" || !u.Locked {
		t.Errorf("at once: %+v", u)
	}
	f.Down()
	done(t, "", "user unlock alice")
	done(t, "", "user deactivate alice --erase")
	f.Up()
	if u, _ := f.User("alice"); !u.Locked || u.Deactivated {
		t.Errorf("while it was away: %+v", u)
	}
	if out := done(t, "", "homeserver sync alice"); out != "1 user and 0 devices compared\n" {
		t.Errorf("got %q", out) // it did not differ once it had heard what waited
	}
	if u, _ := f.User("alice"); u.Locked || !u.Deactivated || !u.Erased || u.DisplayName != "" {
		t.Errorf("then: %+v", u)
	}
}

func TestSyncRepairsWhatDiffers(t *testing.T) {
	r := inMigratedFolder(t)
	done(t, "", "user add lost --display-name Lost")
	done(t, "", "user add more")
	done(t, "", "user add ended")
	done(t, "", "user deactivate ended")
	done(t, "", "user add erased")
	done(t, "", "user deactivate erased --erase")
	done(t, "", "user add given")
	done(t, "", "user add locked")
	done(t, "", "user lock locked")
	done(t, "", "user add nowhere")
	done(t, "", "user deactivate nowhere")
	mustHaveDevices(t, r, "@lost:localhost", "PHONE", "TABLET")
	mustHaveDevices(t, r, "@more:localhost", "PHONE", "MISSING")
	mustHaveDevices(t, r, "@given:localhost", "PHONE")
	f := startHomeserver(t)
	devices := map[string]string{"PHONE": "phone", "EXTRA": ""}
	f.Put("more", homeserver.User{Devices: devices, Locked: true, DisplayName: "as it likes"})
	f.Put("ended", homeserver.User{Devices: devices})
	f.Put("erased", homeserver.User{DisplayName: "Known"})
	f.Put("given", homeserver.User{Deactivated: true})
	f.Put("locked", homeserver.User{})
	f.Put("stranger", homeserver.User{Devices: devices})

	const said = `@ended:localhost is deactivated there now
@erased:localhost is deactivated there now
@given:localhost was deactivated there, is reactivated
@lost:localhost was unknown there, is created
7 users and 5 devices compared
`
	if diff := cmp.Diff(said, done(t, "", "homeserver sync")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for name, want := range map[string]homeserver.User{
		"lost":     {DisplayName: "Lost", Devices: map[string]string{"PHONE": "", "TABLET": ""}},
		"more":     {DisplayName: "as it likes", Devices: map[string]string{"PHONE": "phone", "MISSING": ""}},
		"ended":    {Deactivated: true, Devices: map[string]string{}},
		"erased":   {Deactivated: true, Erased: true, Devices: map[string]string{}},
		"given":    {Devices: map[string]string{"PHONE": ""}},
		"locked":   {Locked: true, Devices: map[string]string{}},
		"stranger": {Devices: devices},
	} {
		u, _ := f.User(name)
		got := homeserver.User{DisplayName: u.DisplayName, Locked: u.Locked, Deactivated: u.Deactivated, Erased: u.Erased, Devices: u.Devices}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(homeserver.User{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if _, there := f.User("nowhere"); there {
		t.Error("whoever is at an end was created")
	}
	if out := done(t, "", "homeserver sync"); out != "7 users and 5 devices compared\n" {
		t.Errorf("again: %q", out)
	}
}

// A homeserver that was set up anew has nobody, whatever it was told before.
func TestSyncOfAHomeserverThatLostItsUsers(t *testing.T) {
	r := inMigratedFolder(t)
	before := startHomeserver(t)
	done(t, "", "user add alice")
	done(t, "", "user add bob")
	mustHaveDevices(t, r, "@alice:localhost", "PHONE")
	done(t, "", "homeserver sync")
	wantDevicesAt(t, before, "alice", "PHONE")
	anew := startHomeserver(t)
	done(t, "", "device delete alice PHONE") // of which it takes no notice, as it knows nobody
	mustHaveDevices(t, r, "@alice:localhost", "TABLET")
	var got []syncedUser
	if err := json.Unmarshal([]byte(done(t, "", "homeserver sync @alice:localhost --json")), &got); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]syncedUser{{UserID: "@alice:localhost", Created: true, Devices: 1}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	wantDevicesAt(t, anew, "alice", "TABLET")
	if users := anew.Users(); !slices.Equal(users, []string{"alice"}) {
		t.Errorf("the homeserver has %q", users)
	}
}

func TestAllowingToReplaceKeys(t *testing.T) {
	inMigratedFolder(t)
	f := startHomeserver(t)
	done(t, "", "user add alice")
	u, _ := f.User("alice")
	u.CrossSigning = true
	f.Put("alice", u)
	want := "@alice:localhost may replace its encryption keys in the next ten minutes\n"
	if out := done(t, "", "user allow-cross-signing-reset alice"); out != want {
		t.Errorf("got %q", out)
	}
	if u, _ = f.User("alice"); !u.CrossSigningUntil.After(time.Now().Add(9 * time.Minute)) {
		t.Errorf("the homeserver lets her until %s", u.CrossSigningUntil)
	}
	if out := done(t, "", "audit list"); !strings.Contains(out, string(domain.AuditCrossSigning)) {
		t.Errorf("nobody accounts for it: %s", out)
	}
}

func TestCommandsAboutAHomeserverThatDoNotWork(t *testing.T) {
	inMigratedFolder(t)
	done(t, "", "user add unheard")
	wantFails := func(what, args string, code int, says, prints string) {
		t.Helper()
		got, out, errs := doorward(t, "", strings.Fields(args)...)
		if got != code || !strings.Contains(errs, says) || strings.Count(errs, "\n") != 1 || !strings.Contains(out, prints) || (out != "") != (prints != "") {
			t.Errorf("%s, %s: exit code %d, %q, %q", what, args, got, out, errs)
		}
		if strings.Contains(out+errs, homeserversSecret) {
			t.Errorf("%s, %s: the secret is shown", what, args)
		}
	}
	const none = "no homeserver has handed authentication over; set homeserver.kind"
	for _, args := range []string{"homeserver sync", "homeserver sync unheard", "user allow-cross-signing-reset unheard"} {
		wantFails("without a homeserver", args, 2, none, "")
	}
	f := startHomeserver(t)
	done(t, "", "user add alice")
	wantFails("nobody", "homeserver sync nobody", 1, "there is no user @nobody:localhost; doorward user list", "")
	wantFails("nobody", "user allow-cross-signing-reset nobody", 1, "there is no user @nobody:localhost; doorward user list", "")
	wantFails("unknown there", "user allow-cross-signing-reset unheard", 1, "the homeserver does not know @unheard:localhost; doorward homeserver sync makes it known", "")
	for what, fault := range map[string]homeserver.Fault{
		"down": nil, "in trouble": homeserver.Status(500), "without the secret": homeserver.Answer(403, `{"errcode":"M_UNKNOWN","error":"no"}`),
	} {
		if fault == nil {
			f.Down()
		} else {
			f.Fail("", 0, fault)
		}
		wantFails(what, "homeserver sync", 1, "stopped after 0 of 2 users, to be run again when the homeserver answers: ", "0 users and 0 devices compared")
		wantFails(what, "homeserver sync alice", 1, "stopped after 0 of 1 user, ", "0 users")
		wantFails(what, "user allow-cross-signing-reset alice", 1, "homeserver", "")
		f.Up()
		f.Heal()
	}
	if out := done(t, "", "homeserver sync"); out != "@unheard:localhost was unknown there, is created\n2 users and 0 devices compared\n" {
		t.Errorf("then: %q", out)
	}
}
