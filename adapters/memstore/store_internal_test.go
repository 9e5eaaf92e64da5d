package memstore

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func TestALinkIsRememberedWithTheFirstUserWhoSignsInWithIt(t *testing.T) {
	store := New()
	sessions := store.Repositories().Sessions
	known := domain.Link{Provider: "corp", Issuer: "https://id.example.org", Subject: "1234"}
	for i, in := range []domain.SignIn{
		{Users: []domain.UserID{"@alice:x"}},
		{Users: []domain.UserID{"@alice:x"}, Link: known},
		{Users: []domain.UserID{"@bob:x"}, Link: known},
	} {
		in.Create, in.Device, in.Pair.Access = true, "d", domain.TokenHash{byte(i)}
		if _, err := sessions.SignIn(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if got := store.committed.links; len(got) != 1 || got[known.Key()].user != "@alice:x" || got[known.Key()].Link != known {
		t.Errorf("links %v", got)
	}
}

func TestNoTokenIsKeptForLongerThanItIsRecognised(t *testing.T) {
	store := New()
	sessions := store.Repositories().Sessions
	pair := func(i int) domain.Pair {
		return domain.Pair{Access: domain.TokenHash{1, byte(i)}, Refresh: domain.TokenHash{2, byte(i)}}
	}
	in := domain.SignIn{Users: []domain.UserID{"@alice:x"}, Create: true, Device: "d", Pair: pair(1)}
	if _, err := sessions.SignIn(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if _, err := sessions.Refresh(t.Context(), domain.Renewal{Token: pair(i + 1).Refresh, Pair: pair(i + 2)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(store.committed.tokens); n != 4 {
		t.Errorf("%d tokens; want this pair and the one before", n)
	}
	if _, err := sessions.Delete(t.Context(), pair(11).Access); err != nil || len(store.committed.tokens) != 0 {
		t.Errorf("%d tokens of a device that is gone, %v", len(store.committed.tokens), err)
	}
}

func TestAWriterWaitsForATransactionButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := New()
		create := func(ctx context.Context) error {
			return store.Repositories().Users.Create(ctx, domain.User{ID: "@alice:x"})
		}
		err := store.InTransaction(t.Context(), func(ports.Repositories) error {
			start := time.Now()
			if err := create(t.Context()); !errors.Is(err, domain.ErrUnavailable) || time.Since(start) >= 5*time.Second {
				t.Errorf("got %v after %v", err, time.Since(start))
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := create(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			return nil
		})
		if err := errors.Join(err, create(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestTheRepositoriesOfATransactionEndWithIt(t *testing.T) {
	store := New()
	var kept ports.Repositories
	if err := store.InTransaction(t.Context(), func(tx ports.Repositories) error { kept = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := kept.Users.Create(t.Context(), domain.User{ID: "@alice:x"}); !errors.Is(err, errEnded) {
		t.Errorf("got %v", err)
	}
}
