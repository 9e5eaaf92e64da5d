package gormstore_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func pairOf(name string) domain.Pair {
	return domain.Pair{Access: domain.Token(name).Hash(), Refresh: domain.Token("refresh of " + name).Hash()}
}

func refresh(t *testing.T, sessions ports.SessionRepository, old, next string) error {
	_, err := sessions.Refresh(t.Context(), domain.Renewal{Token: pairOf(old).Refresh, Pair: pairOf(next), At: at})
	return err
}

func TestASignInLeavesNothingOfTheSessionBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		in := login(alice, "d", "a")
		in.Pair, in.RefreshExpires, in.SessionEnds = pairOf("a"), at.Add(1e9), at.Add(2e9)
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
		if err := refresh(t, store.Repositories().Sessions, "a", "b"); err != nil {
			t.Fatal(err)
		}
		const fresh = `SELECT count(*) FROM devices WHERE confirmed AND access_expires_at IS NULL AND refresh_hash IS NULL
			AND refresh_expires_at IS NULL AND session_ends_at IS NULL AND previous_access_hash IS NULL
			AND previous_refresh_hash IS NULL AND previous_refresh_expires_at IS NULL`
		if one[int](t, raw(t, url), fresh) != 0 {
			t.Fatal("the refresh left no trace")
		}
		if err := signIn(t.Context(), store, login(alice, "d", "c")); err != nil {
			t.Fatal(err)
		}
		if one[int](t, raw(t, url), fresh) != 1 {
			t.Error("the row is not as that of a new device")
		}
	})
}
