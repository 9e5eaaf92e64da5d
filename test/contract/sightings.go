package contract

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// sighting is a sighting of alice's device.
func sighting(device domain.DeviceID, at time.Time, address string) domain.Sighting {
	return domain.Sighting{User: alice, Device: device, Seen: domain.Seen{At: at, Address: address, UserAgent: "of " + address}}
}

var sightingPromises = []promise{
	{"Record writes down when and from where each device was used", func(t *trial) {
		t.signInOn(alice, "d", "e", "f")
		t.signInOn(bob, "d")
		t.addDevice(bob, "spare")
		his := domain.Sighting{User: bob, Device: "spare", Seen: domain.Seen{At: later(moment), UserAgent: strings.Repeat("ß", 2000)}}
		t.sighted(sighting("e", noon, "192.0.2.1"), his, sighting("d", later(time.Hour), "2001:db8::1"))
		t.wantEqual(t.device(alice, "d").LastSeen, sighting("d", later(time.Hour), "2001:db8::1").Seen)
		t.wantEqual(t.device(alice, "e").LastSeen, sighting("e", noon, "192.0.2.1").Seen)
		t.wantEqual(t.device(bob, "spare").LastSeen, his.Seen)
		t.wantEqual(t.device(alice, "f").LastSeen, domain.Seen{})
		t.wantEqual(t.device(bob, "d").LastSeen, domain.Seen{})
		t.wantBearer("@alice:example.org d", alice, "d")
	}},
	{"sightings that are not later change nothing", func(t *trial) {
		t.signInOn(alice, "d", "e")
		t.sighted(sighting("d", later(time.Hour), "first"))
		for _, at := range []time.Time{noon, later(time.Hour - moment), later(time.Hour), later(time.Hour + 999*time.Microsecond)} {
			t.sighted(sighting("d", at, "not later"), sighting("e", at, "a bystander"))
			t.wantEqual(t.device(alice, "d").LastSeen, sighting("d", later(time.Hour), "first").Seen)
		}
		t.sighted(sighting("d", later(time.Hour+moment), ""))
		t.wantEqual(t.device(alice, "d").LastSeen, sighting("d", later(time.Hour+moment), "").Seen)
		t.wantEqual(t.device(alice, "e").LastSeen, sighting("e", later(time.Hour), "a bystander").Seen)
	}},
	{"sightings of devices that are gone are passed over, and create nothing", func(t *trial) {
		t.signInOn(alice, "d", "gone")
		t.wantDeleted(t.Devices.Delete(t.Context(), alice, "gone"))("gone")
		other := sighting("d", noon, "x")
		other.User = nobody
		t.sighted(sighting("gone", noon, "x"), other, sighting("never there", noon, "x"), sighting("d", noon, "y"))
		t.sighted(other)
		t.sighted()
		t.wantDevices(alice, "d")
		t.wantNobody(nobody)
		t.wantEqual(t.device(alice, "d").LastSeen, sighting("d", noon, "y").Seen)
	}},
	{"a sign-in uses its device, unless it was used later or nothing is said of that", func(t *trial) {
		seen := func(at time.Time, address string) domain.SignIn {
			in := login(alice, "d", "of "+address)
			in.Seen = sighting("d", at, address).Seen
			return in
		}
		t.signIn(login(alice, "d", "of nobody"))
		t.wantEqual(t.device(alice, "d").LastSeen, domain.Seen{})
		for _, c := range []struct {
			at      time.Time
			address string
			want    domain.Seen
		}{
			{noon, "first", sighting("d", noon, "first").Seen},
			{later(moment), "", sighting("d", later(moment), "").Seen},
			{later(time.Hour), "later", sighting("d", later(time.Hour), "later").Seen},
			{later(time.Hour + moment/2), "not later", sighting("d", later(time.Hour), "later").Seen},
			{noon, "before", sighting("d", later(time.Hour), "later").Seen},
		} {
			t.signIn(seen(c.at, c.address))
			t.wantEqual(t.device(alice, "d").LastSeen, c.want)
		}
		t.signIn(login(alice, "d", "of nobody again"))
		t.wantEqual(t.device(alice, "d").LastSeen, sighting("d", later(time.Hour), "later").Seen)
		in := login(alice, "new", "another")
		in.Seen = sighting("new", noon, "192.0.2.1").Seen
		t.signIn(in)
		t.wantEqual(t.device(alice, "new").LastSeen, in.Seen)
		t.sighted(sighting("new", noon, "not later"))
		t.wantEqual(t.device(alice, "new").LastSeen, in.Seen)
	}},
	{"500 sightings are written down at once", func(t *trial) {
		const devices, gone = 450, 50
		batch := t.manyDevices(devices)
		for i := range gone {
			batch = append(batch, sighting(domain.DeviceID(fmt.Sprint("gone", i)), noon, "x"))
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		t.sighted(batch...)
		list, err := t.Devices.List(t.Context(), alice)
		t.wantError(err, nil)
		t.wantEqual(len(list), devices)
		for _, device := range list {
			t.wantEqual(device.LastSeen, sighting(device.ID, noon, string(device.ID)).Seen)
		}
	}},
	{"of sightings of the same devices at once, in any order, the latest stay", func(t *trial) {
		const batches = 20
		batch := t.manyDevices(50)
		errs := together(batches, func(i int) error {
			random := rand.New(rand.NewPCG(3, uint64(i)))
			own := make([]domain.Sighting, len(batch))
			for from, to := range random.Perm(len(batch)) {
				own[to] = sighting(batch[from].Device, later(time.Duration(i)*time.Second), fmt.Sprint(i))
			}
			return t.Sightings.Record(t.Context(), own)
		})
		t.wantError(errors.Join(errs...), nil)
		for _, one := range batch {
			last := batches - 1
			t.wantEqual(t.device(alice, one.Device).LastSeen, sighting("", later(time.Duration(last)*time.Second), fmt.Sprint(last)).Seen)
		}
	}},
	{"sightings, logins and deletions of the same devices at once all succeed", func(t *trial) {
		batch := t.manyDevices(30)
		errs := together(24, func(i int) (err error) {
			device := batch[i].Device
			switch i % 4 {
			case 0, 1:
				err = t.Sightings.Record(t.Context(), batch)
			case 2:
				_, err = t.Sessions.SignIn(t.Context(), login(alice, device, fmt.Sprint(i)))
			case 3:
				_, err = t.Devices.Delete(t.Context(), alice, device, batch[i-1].Device, batch[0].Device)
			}
			return err
		})
		t.wantError(errors.Join(errs...), nil)
	}},
}

// manyDevices gives alice n devices, and returns a sighting of each.
func (t *trial) manyDevices(n int) (batch []domain.Sighting) {
	t.Helper()
	t.createUsers(alice)
	err := t.transact(func(tx *trial) error {
		batch = nil
		for i := range n {
			device := domain.DeviceID(fmt.Sprint("device", i))
			batch = append(batch, sighting(device, noon, string(device)))
			tx.addDevice(alice, device)
		}
		return nil
	})
	t.wantError(err, nil)
	return batch
}
