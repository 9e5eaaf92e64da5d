package gormstore_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func TestATransactionThatOverlooksAnErrorOfTheDatabaseIsNotCommitted(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		if err := signIn(t.Context(), store, login(alice, "d", "t")); err != nil {
			t.Fatal(err)
		}
		var overlooked, next error
		err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
			_, overlooked = tx.Sessions.SignIn(t.Context(), login("@bob:example.org", "d", "t"))
			next = tx.Users.Create(t.Context(), domain.User{ID: "@carol:example.org"})
			return nil
		})
		if overlooked == nil || next != overlooked || err != overlooked {
			t.Errorf("overlooked %v, then %v, in the end %v", overlooked, next, err)
		}
		for _, id := range []domain.UserID{"@bob:example.org", "@carol:example.org"} {
			if _, err := store.Repositories().Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

func TestTheRepositoriesOfATransactionEndWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		var kept ports.Repositories
		if err := store.InTransaction(t.Context(), func(tx ports.Repositories) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := kept.Users.Create(t.Context(), domain.User{ID: alice}); err == nil {
			t.Error("a transaction that has ended was written to")
		}
		if _, err := store.Repositories().Users.ByID(t.Context(), alice); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("the user: %v", err)
		}
	})
}
