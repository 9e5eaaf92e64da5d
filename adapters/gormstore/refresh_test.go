package gormstore_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// pairOf is a pair of tokens of a name.
func pairOf(name string) domain.Pair {
	return domain.Pair{Access: access(name).Token, Refresh: domain.Token("refresh " + name).Hash()}
}

// loginA opens alice's session "a" on the device "d", with the pair "a".
func loginA() domain.SignIn {
	in := login(alice, "d", "a")
	in.Pair = pairOf("a")
	return in
}

// refresh exchanges the refresh token of one pair of the session "a" for the
// next.
func refresh(t *testing.T, sessions ports.SessionRepository, old, next string) error {
	token := domain.TokenKey{Session: session("a"), Token: pairOf(old).Refresh}
	_, err := sessions.Refresh(t.Context(), domain.Renewal{Token: token, Pair: pairOf(next), At: at})
	return err
}

// accessOfA is the access token of a pair of the session "a".
func accessOfA(pair string) domain.TokenKey {
	return domain.TokenKey{Session: session("a"), Token: pairOf(pair).Access}
}

func TestASignInLeavesNothingOfTheSessionBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		in := loginA()
		in.RefreshExpires, in.SessionEnds = at.Add(1e9), at.Add(2e9)
		if err := signIn(t.Context(), store, in); err != nil {
			t.Fatal(err)
		}
		if err := refresh(t, store.Repositories().Sessions, "a", "b"); err != nil {
			t.Fatal(err)
		}
		const fresh = `SELECT count(*) FROM devices WHERE confirmed AND access_expires_at IS NULL AND refresh_hash IS NULL
			AND refresh_expires_at IS NULL AND session_ends_at IS NULL
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
