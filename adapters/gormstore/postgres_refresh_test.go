package gormstore_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// refreshWaits signs alice in with the pair "a", begins a transaction with
// first, lets a refresh of "a" to "late" wait for it, and returns what becomes
// of the refresh.
func refreshWaits(t *testing.T, first func(t *testing.T, tx ports.Repositories) error) (*gormstore.Store, error) {
	t.Helper()
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	if err := signIn(t.Context(), store, loginA()); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if err := first(t, tx); err != nil {
			return err
		}
		go func() { done <- refresh(t, store.Repositories().Sessions, "a", "late") }()
		awaitWaiting(t, db, "%held%")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return store, <-done
}

func TestARefreshThatWaitedSeesWhatItWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		first func(t *testing.T, tx ports.Repositories) error
		want  error
		lives string // the pair that is good afterwards
	}{
		"another refresh, which nobody used": {func(t *testing.T, tx ports.Repositories) error {
			return refresh(t, tx.Sessions, "a", "b")
		}, nil, "late"},
		"another refresh, which was used": {func(t *testing.T, tx ports.Repositories) error {
			return errors.Join(refresh(t, tx.Sessions, "a", "b"), use(t, tx.Sessions, "b"))
		}, domain.ErrNotFound, "b"},
		"two more refreshes": {func(t *testing.T, tx ports.Repositories) error {
			return errors.Join(refresh(t, tx.Sessions, "a", "b"), refresh(t, tx.Sessions, "b", "c"))
		}, domain.ErrNotFound, "c"},
		"a sign-in on the device": {func(t *testing.T, tx ports.Repositories) error {
			_, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "other"))
			return err
		}, domain.ErrNotFound, "other"},
		"a logout, and a sign-in after it": {func(t *testing.T, tx ports.Repositories) error {
			_, err := tx.Sessions.Delete(t.Context(), session("a"))
			_, errIn := tx.Sessions.SignIn(t.Context(), login(alice, "d", "other"))
			return errors.Join(err, errIn)
		}, domain.ErrNotFound, "other"},
		"a logout of all": {func(t *testing.T, tx ports.Repositories) error {
			_, err := tx.Sessions.DeleteAll(t.Context(), session("a"))
			return err
		}, domain.ErrNotFound, ""},
		"a lock": {func(t *testing.T, tx ports.Repositories) error {
			return lockAlice(t, tx.Users)
		}, domain.ErrUserLocked, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := refreshWaits(t, c.first)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			for name, token := range map[string]domain.TokenKey{
				"a": accessOfA("a"), "b": accessOfA("b"), "c": accessOfA("c"), "late": accessOfA("late"), "other": access("other"),
			} {
				bearer, err := store.Repositories().Sessions.ByAccessToken(t.Context(), token, at)
				if live := err == nil && !bearer.Stale; live != (name == c.lives) {
					t.Errorf("%s lives: %t, %v", name, live, err)
				}
			}
		})
	}
}

// lockAlice locks her account.
func lockAlice(t *testing.T, users ports.UserRepository) error {
	_, err := users.Update(t.Context(), alice, func(u *domain.User) error { u.Locked = true; return nil })
	return err
}

// use uses an access token of the session "a", which must be good.
func use(t *testing.T, sessions ports.SessionRepository, pair string) error {
	bearer, err := sessions.ByAccessToken(t.Context(), accessOfA(pair), at)
	if bearer.Stale {
		err = errors.New("stale")
	}
	return err
}
