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
