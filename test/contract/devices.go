package contract

import "github.com/seed-31b6c987/doorward/domain"

var devicePromises = []promise{
	{"devices' ByID returns ErrNotFound for a device that the user does not have", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		for _, of := range []struct {
			user   domain.UserID
			device domain.DeviceID
		}{{alice, "e"}, {bob, "d"}} {
			_, err := t.Devices.ByID(t.Context(), of.user, of.device)
			t.wantError(err, domain.ErrNotFound)
		}
	}},
	{"two users may have devices of one id", func(t *trial) {
		in := login(alice, "d", "1")
		in.DeviceName = "hers"
		t.signIn(in)
		in = login(bob, "d", "2")
		in.DeviceName = "his"
		t.signIn(in)
		t.wantEqual(t.device(alice, "d").DisplayName, "hers")
		t.wantEqual(t.device(bob, "d").DisplayName, "his")
	}},
	{"List returns all devices of the user in the order of the bytes of their ids", func(t *trial) {
		want := []domain.DeviceID{"A", "AB", "B", "_", "a", "aB", "aa", "b", "ß", "ä", "\U0001F6AA"}
		for _, i := range []int{3, 9, 0, 8, 5, 1, 10, 4, 7, 2, 6} {
			t.signIn(login(alice, want[i], "token of "+string(want[i])))
		}
		t.signIn(login(bob, "his", "t"))
		// In UTF-8, ß is C3 9F, and ä is C3 A4.
		t.wantDevices(alice, want...)
		list, err := t.Devices.List(t.Context(), bob)
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(list, []domain.Device{{UserID: bob, ID: "his", CreatedAt: noon}})
	}},
	{"List is empty for a user without devices, and for nobody", func(t *trial) {
		t.create(domain.User{ID: alice})
		t.wantDevices(alice)
		t.wantDevices(bob)
	}},
}

// addDevice adds a device that nobody is signed in with.
func (t *trial) addDevice(user domain.UserID, id domain.DeviceID) {
	t.Helper()
	if err := t.Devices.Create(t.Context(), domain.Device{UserID: user, ID: id, CreatedAt: noon}); err != nil {
		t.Fatal(err)
	}
}

// device returns the device, which must be there.
func (t *trial) device(user domain.UserID, id domain.DeviceID) domain.Device {
	t.Helper()
	device, err := t.Devices.ByID(t.Context(), user, id)
	if err != nil {
		t.Fatal(err)
	}
	return device
}
