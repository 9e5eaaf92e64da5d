package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestAnImpatientCallerGetsItsContextsErrorAndIsNotSignedInLater(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
		t.Fatal(err)
	}
	tx := lockUser(t, db)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := signIn(ctx, store, login(alice, "d", "new")); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	await(t, db, "SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access("old"), at); err != nil {
		t.Errorf("the old token: %v", err)
	}
}

func TestAUserWhoIsLockedWhileASignInWaitsIsRefused(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
		t.Fatal(err)
	}
	tx := lockUser(t, db)
	if _, err := tx.ExecContext(t.Context(), "UPDATE users SET locked = true"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- signIn(t.Context(), store, login(alice, "d", "new")) }()
	awaitWaiting(t, db, "%found%")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, domain.ErrUserLocked) {
		t.Errorf("got %v", err)
	}
}

func TestAFirstLoginThatWaitedForAnotherFindsTheUser(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	done := make(chan error)
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		first, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "1"))
		if err != nil || !first.Created {
			return fmt.Errorf("created %t: %w", first.Created, err)
		}
		go func() {
			second, err := store.Repositories().Sessions.SignIn(t.Context(), login(alice, "e", "2"))
			if err == nil && second.Created {
				err = errors.New("the user was created twice")
			}
			done <- err
		}()
		awaitWaiting(t, db, "%found%")
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
}

func TestDeleteAllEndsASignInThatItWaitedFor(t *testing.T) {
	deleteAllWaits(t, postgres.Open(t))
}

// An administrator may have chosen another isolation for all of a database, in
// which DeleteAll would not see the device.
func TestDeleteAllEndsASignInThatItWaitedForWhateverTheIsolation(t *testing.T) {
	deleteAllWaits(t, postgres.Open(t)+"&default_transaction_isolation=serializable")
}

func deleteAllWaits(t *testing.T, url string) {
	t.Helper()
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if _, err := tx.Sessions.SignIn(t.Context(), login(alice, "e", "new")); err != nil {
			return err
		}
		go func() {
			_, err := store.Repositories().Sessions.DeleteAll(t.Context(), session("old"))
			done <- err
		}()
		awaitWaiting(t, db, "%FOR NO KEY UPDATE%")
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, db, "SELECT count(*) FROM devices"); n != 0 {
		t.Errorf("%d devices are left", n)
	}
}

func TestADeleteThatWaitedForASignInLeavesTheDevice(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	sessions := store.Repositories().Sessions
	for _, end := range []func(context.Context, domain.TokenHash) (domain.Bearer, error){sessions.Delete, sessions.DeleteAll} {
		if err := signIn(t.Context(), store, login(alice, "d", "old")); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
			if _, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "new")); err != nil {
				return err
			}
			go func() {
				_, err := end(t.Context(), session("old"))
				done <- err
			}()
			awaitWaiting(t, db, "%")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if _, err := sessions.ByAccessToken(t.Context(), access("new"), at); err != nil {
			t.Error(err)
		}
	}
}

func TestADeleteAllThatWaitedForADeleteIsTooLate(t *testing.T) {
	url := postgres.Open(t)
	store, db := migrated(t, openPostgres(t, url)), raw(t, url)
	for device, name := range map[domain.DeviceID]string{"d": "t", "e": "other"} {
		if err := signIn(t.Context(), store, login(alice, device, name)); err != nil {
			t.Fatal(err)
		}
	}
	tooLate := func(tx ports.Repositories) error {
		if _, err := tx.Sessions.DeleteAll(t.Context(), session("t")); !errors.Is(err, domain.ErrNotFound) {
			return fmt.Errorf("got %w", err)
		}
		return nil
	}
	done := make(chan error)
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if _, err := tx.Sessions.Delete(t.Context(), session("t")); err != nil {
			return err
		}
		go func() { done <- store.InTransaction(t.Context(), tooLate) }()
		awaitWaiting(t, db, "%FOR NO KEY UPDATE%")
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, db, "SELECT count(*) FROM devices"); n != 1 {
		t.Errorf("%d devices are left", n)
	}
}

// lockUser holds alice's row in a transaction.
func lockUser(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.ExecContext(t.Context(), "SELECT FROM users WHERE id = $1 FOR UPDATE", string(alice)); err != nil {
		t.Fatal(err)
	}
	return tx
}

// awaitWaiting waits until a statement that is like the pattern waits for a
// lock, and returns its process.
func awaitWaiting(t *testing.T, db *sql.DB, pattern string) (pid string) {
	t.Helper()
	const waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE $1"
	await(t, db, "SELECT count(*) > 0 "+waiting, pattern)
	return one[string](t, db, "SELECT pid "+waiting, pattern)
}

// await asks until the answer is true.
func await(t *testing.T, db *sql.DB, question string, args ...any) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		var yes bool
		err := db.QueryRowContext(t.Context(), question, args...).Scan(&yes)
		if err == nil && yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never true: %s: %v", question, err)
		}
	}
}
