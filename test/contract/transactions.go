package contract

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var errOwn = errors.New("an error of the caller's own")

var transactionPromises = []promise{
	{"InTransaction makes all calls take effect together", func(t *trial) {
		t.signIn(login(alice, "d", "old"))
		t.signIn(refreshable("@dora:x", "d", "kept"))
		if err := t.storage.InTransaction(t.Context(), t.changeAll); err != nil {
			t.Fatal(err)
		}
		t.wantStale(noon, "kept")
		t.wantBearer("kept, refreshed", "@dora:x", "d")
		t.wantEqual(t.user(bob).DisplayName, "Bob")
		t.wantDevices(alice)
		t.wantDevices(bob, "e")
		t.wantDead("old", "gone")
		t.wantBearer("new", bob, "e")
	}},
	{"calls in a transaction see what it did", func(t *trial) {
		err := t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
			inside := &trial{T: t.T, Repositories: tx, storage: t.storage}
			inside.signIn(login(alice, "d", "1"))
			inside.signIn(login(alice, "d", "2"))
			inside.wantDead("1")
			inside.wantBearer("2", alice, "d")
			inside.wantDevices(alice, "d")
			inside.update(domain.User{ID: alice, Locked: true})
			inside.wantRefused(login(alice, "d", "t"), domain.ErrUserLocked)
			_, err := tx.Sessions.Delete(t.Context(), token("2"))
			inside.wantDevices(alice)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}},
	{"DeleteAll with a token that was replaced deletes nothing, even if its error is overlooked", func(t *trial) {
		t.signIn(login(alice, "d", "old"))
		t.signIn(login(alice, "d", "new"))
		err := t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
			_, err := tx.Sessions.DeleteAll(t.Context(), token("old"))
			t.wantError(err, domain.ErrNotFound)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.wantBearer("new", alice, "d")
	}},
	{"InTransaction returns the error of do and leaves nothing", func(t *trial) {
		t.wantUndone(func() {
			err := t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
				return errors.Join(t.changeAll(tx), errOwn)
			})
			t.wantError(err, errOwn)
		})
	}},
	{"InTransaction passes a panic on and leaves nothing", func(t *trial) {
		t.wantUndone(func() {
			defer func() {
				if got := recover(); got != any(errOwn) {
					t.Errorf("recovered %v", got)
				}
			}()
			_ = t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
				if err := t.changeAll(tx); err != nil {
					t.Error(err)
				}
				panic(errOwn)
			})
		})
	}},
	{"InTransaction returns the context's error if that ends first, and leaves nothing", func(t *trial) {
		t.wantUndone(func() {
			ctx, cancel := context.WithCancel(t.Context())
			err := t.storage.InTransaction(ctx, func(tx ports.Repositories) error {
				defer cancel()
				return t.changeAll(tx)
			})
			t.wantError(err, context.Canceled)
		})
	}},
	{"a refused call does not spoil the transaction", func(t *trial) {
		t.create(domain.User{ID: alice, CreatedAt: noon, Locked: true})
		err := t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
			t.wantError(tx.Users.Create(t.Context(), domain.User{ID: alice}), domain.ErrExists)
			t.wantError(tx.Users.Update(t.Context(), domain.User{ID: "@nobody:x"}), domain.ErrNotFound)
			t.wantError(tx.Users.Create(t.Context(), domain.User{ID: "\x00"}), domain.ErrInvalidParam)
			_, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "1"))
			t.wantError(err, domain.ErrUserLocked)
			_, err = tx.Sessions.Delete(t.Context(), token("1"))
			t.wantError(err, domain.ErrNotFound)
			_, err = tx.Sessions.SignIn(t.Context(), login(bob, "d", "2"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.wantBearer("2", bob, "d")
	}},
	{"nobody sees a transaction before it is committed", func(t *trial) {
		err := t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
			if _, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "t")); err != nil {
				return err
			}
			// Another storage might make readers wait: that is as good.
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			outside := together(1, func(int) error {
				_, err := t.Sessions.ByAccessToken(short, token("t"), noon)
				return err
			})
			if !errors.Is(outside[0], domain.ErrNotFound) && !errors.Is(outside[0], context.DeadlineExceeded) {
				t.Errorf("seen from outside: %v", outside[0])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.wantBearer("t", alice, "d")
	}},
}

// changeAll changes something through every call that writes.
func (t *trial) changeAll(tx ports.Repositories) error {
	_, errGone := tx.Sessions.SignIn(t.Context(), login(bob, "d", "gone"))
	_, errNew := tx.Sessions.SignIn(t.Context(), login(bob, "e", "new"))
	_, errRefresh := tx.Sessions.Refresh(t.Context(), renewal("kept", "kept, refreshed"))
	_, errDelete := tx.Sessions.Delete(t.Context(), token("gone"))
	_, errDeleteAll := tx.Sessions.DeleteAll(t.Context(), token("old"))
	return errors.Join(errGone, errNew, errRefresh, errDelete, errDeleteAll,
		tx.Users.Create(t.Context(), domain.User{ID: "@carol:x"}),
		tx.Users.Update(t.Context(), domain.User{ID: bob, DisplayName: "Bob"}))
}

// wantUndone wants nothing to be left of what do does through changeAll, and
// the storage to work afterwards.
func (t *trial) wantUndone(do func()) {
	t.Helper()
	t.signIn(login(alice, "d", "old"))
	t.signIn(refreshable("@dora:x", "d", "kept"))
	do()
	t.wantBearer("kept", "@dora:x", "d")
	t.wantDead("kept, refreshed")
	t.wantNobody(bob)
	t.wantNobody("@carol:x")
	t.wantDead("new", "gone")
	t.wantBearer("old", alice, "d")
	t.signIn(login(bob, "d", "after"))
	t.wantBearer("after", bob, "d")
}
