package contract

import (
	"fmt"
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
		for i, id := range ids {
			t.signIn(login(alice, id, fmt.Sprint(i)))
		}
		for i, id := range ids {
			t.wantBearer(fmt.Sprint(i), alice, id)
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
}
