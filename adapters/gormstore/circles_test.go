package gormstore_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// Transactions of several calls may wait for each other, and are tried again.
// Single calls never do.
func TestSingleCallsNeverWaitInACircle(t *testing.T) {
	server := postgres.StartFor(t, "deadlock_timeout=10ms")
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	r := store.Repositories()
	each(t, 20, func(worker int) error {
		for round := range 60 {
			err := crossing(t, r, worker, round)
			if err != nil && !errors.Is(err, domain.ErrNotFound) && !errors.Is(err, domain.ErrExists) {
				return err
			}
		}
		return nil
	})
	if strings.Contains(server.Log(), "deadlock detected") {
		t.Error(server.Log())
	}
}

// provider is the session at a provider from which some sign in.
var provider = domain.ProviderSession("corp", "", "one")

// crossing makes a call that concerns several of alice's devices, or one of
// them.
func crossing(t *testing.T, r ports.Repositories, worker, round int) (err error) {
	ctx, name := t.Context(), fmt.Sprint(worker, "-", round)
	device := domain.DeviceID(fmt.Sprint(round % 8))
	switch worker % 10 {
	case 0, 1:
		in := login(alice, device, name)
		if round%3 == 0 {
			in.ProviderSession = provider
		}
		_, err = r.Sessions.SignIn(ctx, in)
	case 2:
		seen := sightings(8)
		for i := range seen {
			seen[i].At = at.AddDate(0, 0, round)
		}
		if round%2 == 0 {
			slices.Reverse(seen)
		}
		err = r.Sightings.Record(ctx, seen)
	case 3:
		_, err = r.Devices.DeleteAll(ctx, alice, device)
	case 4:
		_, err = r.Devices.Delete(ctx, alice, "7", "3", device, "0")
	case 5:
		_, err = r.Users.Update(ctx, alice, func(u *domain.User) error { u.DisplayName = name; return nil })
	case 6:
		_, err = r.Sessions.DeleteAll(ctx, session(fmt.Sprint(round%2, "-", round)))
	case 7:
		err = r.Devices.Create(ctx, domain.Device{UserID: alice, ID: device})
	case 8:
		_, err = r.Sessions.Delete(ctx, session(fmt.Sprint(round%2, "-", round)))
	case 9:
		_, err = r.Sessions.DeleteOfProvider(ctx, provider, "")
	}
	return err
}
