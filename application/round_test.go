package application_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// A picky connection fails at whatever it is told of some users, and counts how often
// that was.
type picky struct {
	connection
	fails func(domain.UserID) bool
	away  bool          // it fails at everything
	asked *atomic.Int64 // users are told of side by side
}

func (p picky) User(ctx context.Context, user domain.UserID) (domain.HomeserverUser, error) {
	if p.away {
		return domain.HomeserverUser{}, domain.ErrHomeserverAway
	}
	return p.connection.User(ctx, user)
}

func (p picky) Tell(ctx context.Context, n domain.Notice) error {
	if p.away || p.fails(n.User) {
		p.asked.Add(1)
		return domain.ErrHomeserverAway
	}
	return p.connection.Tell(ctx, n)
}

// waits writes notices of users, in their order.
func (w *world) waits(users ...domain.UserID) {
	w.Helper()
	for _, user := range users {
		if _, err := w.store.Repositories().Outbox.Add(w.Context(), domain.Notice{User: user, Kind: domain.DeviceDeleted, Device: "PHONE", At: w.now}); err != nil {
			w.Fatal(err)
		}
	}
}

func numbered(name string, n int) (users []domain.UserID) {
	for i := range n {
		users = append(users, domain.UserID(fmt.Sprintf("@%s%02d:example.org", name, i)))
	}
	return users
}

// Users at whom the homeserver fails for ever are the first in every round: the
// others are told of all the same.
func TestManyWhoFailKeepNobodyFromBeingDelivered(t *testing.T) {
	w := newWorld(t)
	var asked atomic.Int64
	w.waits(numbered("stuck", 40)...)
	w.waits("@alice:example.org")
	d := w.bootWith(&process{}, picky{
		connection: connection{w.there, &process{}}, asked: &asked,
		fails: func(user domain.UserID) bool { return user != "@alice:example.org" },
	})
	if round := d.Delegation.Round(t.Context()); round.Delivered != 1 || round.Failed != 40 {
		t.Errorf("got %+v", round)
	}
}

func TestARoundEndsEarlyIfTheHomeserverIsAway(t *testing.T) {
	w := newWorld(t)
	var asked atomic.Int64
	w.waits(numbered("user", 40)...)
	d := w.bootWith(&process{}, picky{connection: connection{w.there, &process{}}, asked: &asked, away: true})
	if round := d.Delegation.Round(t.Context()); int64(round.Failed) != asked.Load() || round.Failed >= 40 {
		t.Errorf("got %+v after %d attempts", round, asked.Load())
	}
}

// Whoever has much to be told of does not keep the place of others: the rest comes
// with the next round.
func TestOneUserGetsNoMoreThanAShareOfARound(t *testing.T) {
	w := newWorld(t)
	const alice = domain.UserID("@alice:example.org")
	for range 150 {
		w.waits(alice)
	}
	d := w.boot(&process{})
	if round := d.Delegation.Round(t.Context()); round.Delivered != 1 || !round.More {
		t.Errorf("got %+v", round)
	}
	if backlog, err := w.store.Repositories().Outbox.Backlog(t.Context()); err != nil || backlog.Notices != 50 {
		t.Errorf("%+v wait, %v", backlog, err)
	}
	if round := d.Delegation.Round(t.Context()); round.Delivered != 1 || round.More {
		t.Errorf("got %+v", round)
	}
}
