package contract

import (
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

var deviceChangePromises = []promise{
	{"devices' Create keeps all of a device, with which nobody is signed in", func(t *trial) {
		t.createUsers(alice)
		want := domain.Device{
			UserID: alice, ID: "d", DisplayName: "phone", CreatedAt: noon,
			LastSeen: domain.Seen{At: later(moment), Address: "2001:db8::1", UserAgent: "Agent/1.0 (ß)"},
		}
		t.wantError(t.Devices.Create(t.Context(), want), nil)
		t.wantEqual(t.device(alice, "d"), want)
		t.addDevice(alice, "e")
		t.wantEqual(t.device(alice, "e"), domain.Device{UserID: alice, ID: "e", CreatedAt: noon})
		t.wantDevices(alice, "d", "e")
	}},
	{"one device id may be that of two users", func(t *trial) {
		t.createUsers(alice, bob)
		t.addDevice(alice, "d")
		t.addDevice(bob, "d")
		t.wantDevices(alice, "d")
		t.wantDevices(bob, "d")
	}},
	{"SignIn finds a device that nobody was signed in with", func(t *trial) {
		user := t.createUsers(alice)[0]
		t.addDevice(alice, "d")
		t.wantError(t.Devices.Rename(t.Context(), alice, "d", "phone"), nil)
		in := login(alice, "d", "t")
		in.DeviceName, in.At = "other", later(moment)
		t.wantEqual(t.signIn(in), domain.SignedIn{User: user})
		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", DisplayName: "phone", CreatedAt: noon})
		t.wantBearer("t", alice, "d")
	}},
	{"Rename changes the name of the device, and nothing else", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.signIn(login(alice, "e", "e"))
		t.signIn(login(bob, "d", "b"))
		t.refresh("a", "a/b")
		for _, name := range []string{"phone", "", "☎ 'x' %"} {
			t.wantError(t.Devices.Rename(t.Context(), alice, "d", name), nil)
			t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", DisplayName: name, CreatedAt: noon})
		}
		t.wantError(t.Devices.Rename(t.Context(), alice, "d", "☎ 'x' %"), nil)
		t.wantEqual(t.device(alice, "e").DisplayName, "")
		t.wantEqual(t.device(bob, "d").DisplayName, "")
		t.refresh("a", "a/c")
	}},
	{"Delete deletes those of the devices that the user has, with their sessions, and returns them in order", func(t *trial) {
		t.signInOn(alice, "a", "b", "c", "d", "ß", "B")
		t.signInOn(bob, "a", "other")
		t.addDevice(alice, "spare")
		t.wantDeleted(t.Devices.Delete(t.Context(), alice, "ß", "c", "other", "spare", "a", "B", "c"))("B", "a", "c", "spare", "ß")
		t.wantDevices(alice, "b", "d")
		t.wantBearer("@alice:example.org b", alice, "b")
		for _, gone := range []string{"a", "c", "B", "ß"} {
			t.wantNobodys(key("@alice:example.org " + gone))
		}
		t.wantDevices(bob, "a", "other")
		t.wantBearer("@bob:example.org a", bob, "a")
		t.wantDeleted(t.Devices.Delete(t.Context(), alice, "ß", "c"))()
		t.wantDeleted(t.Devices.Delete(t.Context(), alice))()
		t.wantDeleted(t.Devices.Delete(t.Context(), nobody, "b"))()
		t.wantDevices(alice, "b", "d")
	}},
	{"DeleteAll deletes the user's devices but those that are to stay, with their sessions, and returns them in order", func(t *trial) {
		t.signInOn(alice, "a", "b", "c", "d", "ß", "B")
		t.signInOn(bob, "a", "other")
		t.addDevice(alice, "spare")
		t.wantDeleted(t.Devices.DeleteAll(t.Context(), alice, "d", "b", "other", "d"))("B", "a", "c", "spare", "ß")
		t.wantDevices(alice, "b", "d")
		t.wantBearer("@alice:example.org b", alice, "b")
		t.wantBearer("@alice:example.org d", alice, "d")
		t.wantDeleted(t.Devices.DeleteAll(t.Context(), alice))("b", "d")
		t.wantDeleted(t.Devices.DeleteAll(t.Context(), alice))()
		t.wantDeleted(t.Devices.DeleteAll(t.Context(), nobody, "a"))()
		for _, gone := range []string{"a", "b", "c", "d", "B", "ß"} {
			t.wantNobodys(key("@alice:example.org " + gone))
		}
		t.wantDevices(bob, "a", "other")
		t.wantBearer("@bob:example.org other", bob, "other")
	}},
	{"Sessions' DeleteAll deletes devices that nobody is signed in with, too", func(t *trial) {
		t.signInOn(alice, "a")
		t.addDevice(alice, "spare")
		_, err := t.Sessions.DeleteAll(t.Context(), session("@alice:example.org a"))
		t.wantError(err, nil)
		t.wantDevices(alice)
	}},
	{"a device that is created again has nothing of the one before", func(t *trial) {
		in := refreshable(alice, "d", "t")
		in.DeviceName = "phone"
		t.signIn(in)
		t.sighted(domain.Sighting{User: alice, Device: "d", Seen: domain.Seen{At: noon}})
		t.wantDeleted(t.Devices.Delete(t.Context(), alice, "d"))("d")
		t.addDevice(alice, "d")
		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", CreatedAt: noon})
		t.wantNobodys(key("t"))
		t.wantUnknown("t")
	}},
	{"what is given to Delete, DeleteAll and Record stays as it is", func(t *trial) {
		t.signInOn(alice, "a", "b", "c")
		ids := []domain.DeviceID{"c", "x", "b"}
		sightings := []domain.Sighting{{User: bob, Device: "b"}, {User: alice, Device: "c"}, {User: alice, Device: "a"}}
		wantIDs, wantSightings := slices.Clone(ids), slices.Clone(sightings)
		t.sighted(sightings...)
		_, err := t.Devices.DeleteAll(t.Context(), alice, ids...)
		t.wantError(err, nil)
		_, err = t.Devices.Delete(t.Context(), alice, ids...)
		t.wantError(err, nil)
		t.wantEqual(ids, wantIDs)
		t.wantEqual(sightings, wantSightings)
		t.wantDevices(alice)
	}},
}

// signInOn signs the user in on devices, with a token of the name of both.
func (t *trial) signInOn(user domain.UserID, devices ...domain.DeviceID) {
	t.Helper()
	for _, device := range devices {
		t.signIn(login(user, device, string(user)+" "+string(device)))
	}
}

// wantDeleted returns a function that wants these devices to have been deleted.
func (t *trial) wantDeleted(got []domain.DeviceID, err error) func(want ...domain.DeviceID) {
	return func(want ...domain.DeviceID) {
		t.Helper()
		t.wantError(err, nil)
		t.wantEqual(got, want)
	}
}
