package gormstore_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// Whatever a change returns is the caller's business: it is not explained, and
// the call is not tried again.
func TestTheErrorOfAChangeIsReturnedAsItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		if err := store.Repositories().Users.Create(t.Context(), domain.User{ID: alice}); err != nil {
			t.Fatal(err)
		}
		for _, mine := range []error{
			errors.New("mine"), domain.ErrForbidden, domain.ErrUnavailable, driver.ErrBadConn, context.DeadlineExceeded,
			domain.Refuse(domain.ErrInvalidParam, "mine", "mine"),
		} {
			calls := 0
			refuse := func(u *domain.User) error {
				calls++
				u.Locked = true
				return mine
			}
			if _, err := store.Repositories().Users.Update(t.Context(), alice, refuse); err != mine || calls != 1 {
				t.Errorf("%v came back as %v after %d calls", mine, err, calls)
			}
			err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
				if _, err := tx.Users.Update(t.Context(), alice, refuse); err != mine {
					return fmt.Errorf("%w came back as %w", mine, err)
				}
				_, err := tx.Users.Update(t.Context(), alice, func(u *domain.User) error { u.DisplayName += "!"; return nil })
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		user, err := store.Repositories().Users.ByID(t.Context(), alice)
		if err != nil || user.Locked || user.DisplayName != "!!!!!!" {
			t.Errorf("%+v, %v", user, err)
		}
	})
}

// updateWaits begins a transaction with first, lets second wait for it, and
// returns the store after both.
func updateWaits(t *testing.T, first, second func(r ports.Repositories) error) *gormstore.Store {
	t.Helper()
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	r := store.Repositories()
	limit := 1
	err := errors.Join(
		signIn(t.Context(), store, login(alice, "d", "a")),
		r.Interactions.Create(t.Context(), domain.Interaction{ID: session("i")}),
		r.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "token", UsesAllowed: &limit}),
	)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	err = store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if err := first(tx); err != nil {
			return err
		}
		go func() { done <- second(r) }()
		awaitWaiting(t, db, "%FOR NO KEY UPDATE%")
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestAChangeThatWaitedSeesWhatItWaitedFor(t *testing.T) {
	rename := func(to string) func(*domain.User) error {
		return func(u *domain.User) error { u.DisplayName += to; return nil }
	}
	store := updateWaits(t,
		func(r ports.Repositories) error {
			_, err := r.Users.Update(t.Context(), alice, rename("1"))
			return err
		},
		func(r ports.Repositories) error {
			_, err := r.Users.Update(t.Context(), alice, rename("2"))
			return err
		})
	if user, err := store.Repositories().Users.ByID(t.Context(), alice); err != nil || user.DisplayName != "12" {
		t.Errorf("%+v, %v", user, err)
	}

	complete := func(stage string) func(*domain.Interaction) error {
		return func(i *domain.Interaction) error { i.Completed = append(i.Completed, stage); return nil }
	}
	store = updateWaits(t,
		func(r ports.Repositories) error {
			_, err := r.Interactions.Update(t.Context(), session("i"), at, complete("1"))
			return err
		},
		func(r ports.Repositories) error {
			_, err := r.Interactions.Update(t.Context(), session("i"), at, complete("2"))
			return err
		})
	i, err := store.Repositories().Interactions.ByID(t.Context(), session("i"), at)
	if err != nil || fmt.Sprint(i.Completed) != "[1 2]" {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestARegistrationTokenThatWasWaitedForCountsWhatIsPendingSince(t *testing.T) {
	take := func(id string) func(ports.Repositories) error {
		return func(r ports.Repositories) error {
			_, err := r.RegistrationTokens.Update(t.Context(), "token", at, func(token *domain.RegistrationToken) error {
				if !token.Valid(at) {
					return domain.ErrForbidden
				}
				return nil
			})
			if err != nil {
				return err
			}
			return r.Interactions.Create(t.Context(), domain.Interaction{ID: session(id), RegistrationToken: "token"})
		}
	}
	store := updateWaits(t, take("first"), func(r ports.Repositories) error {
		if err := take("second")(r); !errors.Is(err, domain.ErrForbidden) {
			return fmt.Errorf("the second: %w", err)
		}
		return nil
	})
	token, err := store.Repositories().RegistrationTokens.ByToken(t.Context(), "token", at)
	if err != nil || token.Pending != 1 {
		t.Errorf("%+v, %v", token, err)
	}
}

func TestAChangeThatWaitedForASignInIsNotOvertakenByIt(t *testing.T) {
	again := func(name string) func(ports.Repositories) error {
		return func(r ports.Repositories) error {
			_, err := r.Sessions.SignIn(t.Context(), login(alice, "d", name))
			return err
		}
	}
	lock := func(r ports.Repositories) error { return lockAlice(t, r.Users) }
	updateWaits(t, again("b"), lock)
	updateWaits(t, lock, func(r ports.Repositories) error {
		if err := again("b")(r); !errors.Is(err, domain.ErrUserLocked) {
			return fmt.Errorf("a locked user signed in: %w", err)
		}
		return nil
	})
}

// A registration notes for whom it was carried out, and then creates the user.
func TestAnInteractionMayNameAUserBeforeItsTransactionCreatesIt(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		done := func(i *domain.Interaction) error { i.Done, i.Result = true, alice; return nil }
		register := func(then func(ports.Repositories) error) error {
			return store.InTransaction(t.Context(), func(tx ports.Repositories) error {
				if _, err := tx.Interactions.Update(t.Context(), session("i"), at, done); err != nil {
					return err
				}
				return then(tx)
			})
		}
		if err := store.Repositories().Interactions.Create(t.Context(), domain.Interaction{ID: session("i")}); err != nil {
			t.Fatal(err)
		}
		if err := register(func(ports.Repositories) error { return nil }); err == nil {
			t.Error("it was carried out for nobody")
		}
		err := register(func(r ports.Repositories) error {
			_, err := r.Sessions.SignIn(t.Context(), login(alice, "d", "t"))
			return err
		})
		if err != nil {
			t.Error(err)
		}
		i, err := store.Repositories().Interactions.ByID(t.Context(), session("i"), at)
		if err != nil || i.Result != alice {
			t.Errorf("%+v, %v", i, err)
		}
	})
}
