package gormstore_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// sightings are those of so many devices of alice, of which she has few.
func sightings(n int) []domain.Sighting {
	list := make([]domain.Sighting, n)
	for i := range list {
		list[i] = sighting(alice, domain.DeviceID(fmt.Sprint(i)), at)
	}
	return list
}

func sighting(user domain.UserID, device domain.DeviceID, when time.Time) domain.Sighting {
	seen := domain.Seen{At: when.UTC(), Address: "192.0.2.1", UserAgent: "agent at " + fmt.Sprint(when.UnixMilli())}
	return domain.Sighting{User: user, Device: device, Seen: seen}
}

func TestABatchOfManySightingsIsWrittenDown(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		r := store.Repositories()
		for _, device := range []domain.DeviceID{"0", "4999", "unseen"} {
			if err := signIn(t.Context(), store, login(alice, device, string(device))); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Sightings.Record(t.Context(), sightings(5000)); err != nil {
			t.Fatal(err)
		}
		wantSeen(t, r, alice, "0", sighting(alice, "0", at).Seen)
		wantSeen(t, r, alice, "4999", sighting(alice, "4999", at).Seen)
		wantSeen(t, r, alice, "unseen", domain.Seen{})
	})
}

// A batch that waited while it holds rows would let others wait, too, for
// something that has nothing to do with them.
func TestABatchOfSightingsHoldsNothingWhileItWaits(t *testing.T) {
	const bob domain.UserID = "@bob:example.org"
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	r := store.Repositories()
	for _, in := range []domain.SignIn{login(alice, "d", "a"), login(bob, "d", "b"), login(bob, "e", "c")} {
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
	}
	soon, late := at.Add(time.Second), at.Add(time.Minute)
	done := make(chan error)
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if err := tx.Sightings.Record(t.Context(), []domain.Sighting{sighting(bob, "d", late)}); err != nil {
			return err
		}
		if err := tx.Devices.Rename(t.Context(), bob, "e", "renamed"); err != nil {
			return err
		}
		go func() {
			done <- r.Sightings.Record(t.Context(),
				[]domain.Sighting{sighting(alice, "d", soon), sighting(bob, "d", soon), sighting(bob, "e", soon)})
		}()
		awaitWaiting(t, db, "%last_seen_at%")
		return signIn(t.Context(), store, login(alice, "d", "again"))
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	wantSeen(t, r, alice, "d", sighting(alice, "d", soon).Seen)
	wantSeen(t, r, bob, "d", sighting(bob, "d", late).Seen)
	wantSeen(t, r, bob, "e", sighting(bob, "e", soon).Seen)
}

func wantSeen(t *testing.T, r ports.Repositories, user domain.UserID, device domain.DeviceID, want domain.Seen) {
	t.Helper()
	got, err := r.Devices.ByID(t.Context(), user, device)
	if err != nil || got.LastSeen != want {
		t.Errorf("%s's %s was seen %+v, %v; want %+v", user, device, got.LastSeen, err, want)
	}
}
