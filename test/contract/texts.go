package contract

import (
	"errors"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

var textPromises = []promise{
	{"ids are compared byte by byte", func(t *trial) {
		ids := []domain.UserID{
			"@a:x", "@A:x", "@á:x", "@a\u0301:x", "@a:x ", " @a:x", "@a:X", "@ß:x", "@ss:x", "@%:x", "@_:x", `@\:x`, "@':x",
		}
		for _, id := range ids {
			t.wantNobody(id)
			t.create(domain.User{ID: id, DisplayName: string(id), CreatedAt: noon})
		}
		for _, id := range ids {
			t.wantEqual(t.user(id).DisplayName, string(id))
		}
	}},
	{"device ids are compared byte by byte", func(t *trial) {
		ids := []domain.DeviceID{"d", "D", "d ", "d\u0301", "ď", "%", "_", "'", "d/../e", "🚪"}
		for _, id := range ids {
			t.signIn(login(alice, id, "token of "+string(id)))
		}
		for _, id := range ids {
			t.wantBearer("token of "+string(id), alice, id)
		}
	}},
	{"the longest ids and names come back whole", func(t *trial) {
		user := domain.UserID("@" + strings.Repeat("u", domain.MaxUserID-3) + ":x")
		device := domain.DeviceID(strings.Repeat("\U0001F6AA", domain.MaxDeviceID))
		name := strings.Repeat("\U0001F6AA", domain.MaxDeviceName)
		in := login(user, device, "t")
		in.DisplayName, in.DeviceName = name, name
		in.Link = domain.Link{Provider: "p", Issuer: strings.Repeat("i", 5000), Subject: strings.Repeat("s", 5000)}
		t.signIn(in)
		t.wantBearer("t", user, device)
		t.wantEqual(t.user(user).DisplayName, name)
		got, err := t.Devices.ByID(t.Context(), user, device)
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Device{UserID: user, ID: device, DisplayName: name, CreatedAt: noon})
	}},
	{"texts that a database cannot hold are ErrInvalidParam, and nothing is written", func(t *trial) {
		for _, bad := range []string{"a\x00b", "\x00", "a\xff", "\xed\xa0\x80"} {
			for name, call := range callsWith(t, bad) {
				if err := call(); !errors.Is(err, domain.ErrInvalidParam) {
					t.Errorf("%s with %q: %v", name, bad, err)
				}
			}
		}
		t.wantNobody(alice)
		t.wantDevices(alice)
		t.wantDead("t")
	}},
}

// callsWith returns every call that takes a text, with a bad one.
func callsWith(t *trial, bad string) map[string]func() error {
	ctx := t.Context()
	signIn := func(change func(*domain.SignIn)) func() error {
		return func() error {
			in := login(alice, "d", "t")
			change(&in)
			_, err := t.Sessions.SignIn(ctx, in)
			return err
		}
	}
	return map[string]func() error{
		"Create id":          func() error { return t.Users.Create(ctx, domain.User{ID: domain.UserID(bad)}) },
		"Create name":        func() error { return t.Users.Create(ctx, domain.User{ID: alice, DisplayName: bad}) },
		"Update id":          func() error { return t.Users.Update(ctx, domain.User{ID: domain.UserID(bad)}) },
		"Update name":        func() error { return t.Users.Update(ctx, domain.User{ID: alice, DisplayName: bad}) },
		"Users.ByID":         func() error { _, err := t.Users.ByID(ctx, domain.UserID(bad)); return err },
		"Devices.ByID user":  func() error { _, err := t.Devices.ByID(ctx, domain.UserID(bad), "d"); return err },
		"Devices.ByID id":    func() error { _, err := t.Devices.ByID(ctx, alice, domain.DeviceID(bad)); return err },
		"Devices.List":       func() error { _, err := t.Devices.List(ctx, domain.UserID(bad)); return err },
		"SignIn user":        signIn(func(in *domain.SignIn) { in.Users = []domain.UserID{domain.UserID(bad)} }),
		"SignIn second user": signIn(func(in *domain.SignIn) { in.Users = []domain.UserID{alice, domain.UserID(bad)} }),
		"SignIn name":        signIn(func(in *domain.SignIn) { in.DisplayName = bad }),
		"SignIn device":      signIn(func(in *domain.SignIn) { in.Device = domain.DeviceID(bad) }),
		"SignIn device name": signIn(func(in *domain.SignIn) { in.DeviceName = bad }),
		"SignIn provider":    signIn(func(in *domain.SignIn) { in.Link.Provider = bad }),
		"SignIn issuer":      signIn(func(in *domain.SignIn) { in.Link.Issuer = bad }),
		"SignIn subject":     signIn(func(in *domain.SignIn) { in.Link.Subject = bad }),
	}
}
