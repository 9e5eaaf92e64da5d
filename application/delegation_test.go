package application_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// A slow connection takes longer for a call of a kind than a lease lasts, and somebody
// else takes the lease meanwhile.
type slow struct {
	connection
	world *world
	kind  domain.NoticeKind // empty: for questions
}

func (s slow) User(ctx context.Context, user domain.UserID) (domain.HomeserverUser, error) {
	s.dawdle(ctx, user, "")
	return s.connection.User(ctx, user)
}

func (s slow) Tell(ctx context.Context, n domain.Notice) error {
	s.dawdle(ctx, n.User, n.Kind)
	return s.connection.Tell(ctx, n)
}

func (s slow) dawdle(ctx context.Context, user domain.UserID, kind domain.NoticeKind) {
	if kind != s.kind {
		return
	}
	s.world.now = s.world.now.Add(time.Minute)
	now := s.world.now
	if _, err := s.world.store.Repositories().Leases.Take(ctx, user, "another instance", now, now.Add(time.Second)); err != nil {
		s.world.Error(err)
	}
}

// A login whose lease is somebody else's by now is told to come again. Nothing of it
// is here, and what the homeserver heard by then is taken back.
func TestALoginWhoseLeaseWasLost(t *testing.T) {
	const alice = domain.UserID("@alice:example.org")
	for _, kind := range []domain.NoticeKind{"", domain.DeviceCreated} {
		for _, known := range []bool{false, true} {
			w := newWorld(t)
			if known {
				w.there.users[alice], w.there.devices[alice] = domain.HomeserverUser{}, map[domain.DeviceID]bool{}
			}
			_, err := w.login(w.bootWith(&process{}, slow{connection{w.there, &process{}}, w, kind}), "alice", "PHONE")
			if !errors.Is(err, domain.ErrHomeserverAway) {
				t.Errorf("known there: %v, lost at %q: got %v", known, kind, err)
			}
			if _, err := w.store.Repositories().Users.ByID(t.Context(), alice); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("known there: %v, lost at %q: alice is here, %v", known, kind, err)
			}
			if kind == "" && len(w.there.told) > 0 {
				t.Errorf("known there: %v; the homeserver was told %v", known, w.there.told)
			}
			d := w.settle()
			w.agree()
			w.aliceCanLogIn(d)
		}
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
