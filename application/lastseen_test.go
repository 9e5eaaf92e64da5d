package application_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// A diary is where sightings are written down, unless it is shut.
type diary struct {
	shut    error
	entries []string
	calls   int
}

func (d *diary) Record(_ context.Context, sightings []domain.Sighting) error {
	if d.calls++; d.shut != nil {
		return d.shut
	}
	for _, s := range sightings {
		d.entries = append(d.entries, fmt.Sprintf("%s %s %v %s", s.User, s.Device, s.At.Sub(at), s.Address))
	}
	return nil
}

// wrote returns what was written down since it was last asked.
func (d *diary) wrote() []string {
	entries := d.entries
	d.entries = nil
	return entries
}

func TestASightingIsWrittenDownOnceAMinute(t *testing.T) {
	now, d := at, &diary{}
	seen := application.NewLastSeen(d, func() time.Time { return now })
	phone := domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}
	for _, c := range []struct {
		after      time.Duration
		use        bool
		everything bool
		want       []string
	}{
		{0, true, false, []string{"@alice:example.org PHONE 0s 192.0.2.1"}}, // the first at once
		{0, false, false, nil},
		{30 * time.Second, true, false, nil},
		{59 * time.Second, false, false, nil},
		{time.Minute, false, false, []string{"@alice:example.org PHONE 30s 192.0.2.1"}},
		{70 * time.Second, true, true, []string{"@alice:example.org PHONE 1m10s 192.0.2.1"}}, // the end
		{time.Hour, false, true, nil},
		{2 * time.Hour, true, false, []string{"@alice:example.org PHONE 2h0m0s 192.0.2.1"}},
	} {
		now = at.Add(c.after)
		if c.use {
			seen.Note(phone, "192.0.2.1", "Client/1")
		}
		if err := seen.Write(t.Context(), c.everything); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.want, d.wrote()); diff != "" {
			t.Errorf("after %v: %s", c.after, diff)
		}
	}
}

func TestASightingThatCouldNotBeWrittenDownIsKept(t *testing.T) {
	now, d := at, &diary{shut: domain.ErrUnavailable}
	seen := application.NewLastSeen(d, func() time.Time { return now })
	const devices = 501 // more than are written down at once
	for i := range devices {
		seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: domain.DeviceID(fmt.Sprint(i))}, "", "")
	}
	if err := seen.Write(t.Context(), false); !errors.Is(err, domain.ErrUnavailable) || d.calls != 2 {
		t.Errorf("got %v after %d calls; want two that fail", err, d.calls)
	}
	d.shut = nil
	now = at.Add(time.Second)
	if err := seen.Write(t.Context(), false); err != nil {
		t.Error(err)
	}
	if got := len(d.wrote()); got != devices {
		t.Errorf("%d of %d were written down", got, devices)
	}
}

func TestSightingsAreWrittenDownInTheirOrder(t *testing.T) {
	now, d := at, &diary{}
	seen := application.NewLastSeen(d, func() time.Time { return now })
	var want []string
	for i := range 1200 {
		device := domain.DeviceID(fmt.Sprint(i))
		now = now.Add(time.Millisecond)
		seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: device}, "192.0.2.1", "")
		want = append(want, fmt.Sprintf("%s %s %v 192.0.2.1", alices, device, now.Sub(at)))
	}
	if err := seen.Write(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, d.wrote()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyDevicesAreSeen(t *testing.T) {
	d := &diary{}
	seen := application.NewLastSeen(d, func() time.Time { return at })
	seen.Note(domain.Bearer{User: domain.User{ID: alices}}, "", "")
	seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE", Appservice: "irc"}, "", "")
	if err := seen.Write(t.Context(), true); err != nil || d.calls != 0 {
		t.Errorf("%v after %d calls", err, d.calls)
	}
}

// seenPhone is a phone of alice's in a store that never learns of a sighting.
func seenPhone(t *testing.T, now application.Clock) (application.Devices, *application.LastSeen) {
	t.Helper()
	store := memstore.New()
	r := store.Repositories()
	err := errors.Join(r.Users.Create(t.Context(), domain.User{ID: alices}),
		r.Devices.Create(t.Context(), domain.Device{UserID: alices, ID: "PHONE"}))
	if err != nil {
		t.Fatal(err)
	}
	seen := application.NewLastSeen(&diary{}, now)
	return application.Devices{Storage: store, LastSeen: seen, Now: now}, seen
}

func TestWhatIsNotWrittenDownYetIsShown(t *testing.T) {
	devices, seen := seenPhone(t, func() time.Time { return at })
	agent := strings.Repeat("x", 250) + "\x00\xff" + "\u2603\u2603"
	seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}, "192.0.2.1", agent)
	want := domain.Seen{At: at, Address: "192.0.2.1", UserAgent: strings.Repeat("x", 250) + "\u2603"}
	if phone, err := devices.ByID(t.Context(), alices, "PHONE"); err != nil || phone.LastSeen != want {
		t.Errorf("got %+v, %v", phone, err)
	}
	if list, err := devices.List(t.Context(), alices); err != nil || len(list) != 1 || list[0].LastSeen != want {
		t.Errorf("got %+v, %v", list, err)
	}
}

// Otherwise all devices that there ever were would be in memory.
func TestADeviceThatNobodyUsesIsForgotten(t *testing.T) {
	now := at
	devices, seen := seenPhone(t, func() time.Time { return now })
	seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}, "192.0.2.1", "")
	for range 2 {
		if phone, err := devices.ByID(t.Context(), alices, "PHONE"); err != nil || phone.LastSeen.At.IsZero() {
			t.Errorf("too early: %+v, %v", phone, err)
		}
		if err := seen.Write(t.Context(), false); err != nil {
			t.Error(err)
		}
		now = now.Add(59 * time.Second)
	}
	if err := seen.Write(t.Context(), false); err != nil {
		t.Error(err)
	}
	if phone, err := devices.ByID(t.Context(), alices, "PHONE"); err != nil || !phone.LastSeen.At.IsZero() {
		t.Errorf("got %+v, %v", phone, err)
	}
}
