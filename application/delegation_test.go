package application_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// A slow connection takes longer for a question than a lease lasts, and somebody else
// takes the lease meanwhile.
type slow struct {
	connection
	world *world
}

func (s slow) User(ctx context.Context, user domain.UserID) (domain.HomeserverUser, error) {
	s.world.now = s.world.now.Add(time.Minute)
	now := s.world.now
	if _, err := s.world.store.Repositories().Leases.Take(ctx, user, "another instance", now, now.Add(time.Second)); err != nil {
		s.world.Error(err)
	}
	return s.connection.User(ctx, user)
}

// A login whose lease is somebody else's by now is told to come again, and tells the
// homeserver nothing.
func TestALoginWhoseLeaseWasLost(t *testing.T) {
	const alice = domain.UserID("@alice:example.org")
	for _, known := range []bool{false, true} {
		w := newWorld(t)
		if known {
			w.there.users[alice], w.there.devices[alice] = domain.HomeserverUser{}, map[domain.DeviceID]bool{}
		}
		users := len(w.there.users)
		_, err := w.login(w.bootWith(&process{}, slow{connection{w.there, &process{}}, w}), "alice", "PHONE")
		if !errors.Is(err, domain.ErrHomeserverAway) {
			t.Errorf("known there: %v; got %v", known, err)
		}
		if len(w.there.users) > users || len(w.there.told) > 0 {
			t.Errorf("known there: %v; the homeserver has %v, and was told %v", known, w.there.users, w.there.told)
		}
		w.aliceCanLogIn(w.settle())
	}
}

// Somebody whose account came to its end before the homeserver heard of it does not
// come into being there by a change of the name.
func TestAnEndedAccountIsNotMadeAtTheHomeserver(t *testing.T) {
	const alice = domain.UserID("@alice:example.org")
	w := newWorld(t)
	if err := w.store.Repositories().Users.Create(t.Context(), domain.User{ID: alice, Deactivated: true}); err != nil {
		t.Fatal(err)
	}
	d := w.boot(&process{})
	if _, err := d.Administer.Change(t.Context(), domain.Bearer{}, alice, application.AccountChange{DisplayName: new("Alice"), Locked: new(true)}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if len(w.there.told) != 0 || len(w.there.users) != 0 {
		t.Errorf("the homeserver was told %v, and has %v", w.there.told, w.there.users)
	}
}
