package contract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var errOwn = errors.New("an error of the caller's own")

var transactionPromises = []promise{
	{"InTransaction makes all calls take effect together, and they see what was done before", func(t *trial) {
		t.furnish()
		before := t.picture()
		var inside picture
		err := t.transact(func(tx *trial) error {
			t.wantEqual(tx.picture(), before)
			err := tx.changeAll()
			inside = tx.picture()
			return err
		})
		t.wantError(err, nil)
		t.wantEqual(t.picture(), inside)
		if difference(before, inside) == "" {
			t.Error("nothing was changed")
		}
	}},
	{"every call that writes takes effect with its transaction, and not without", func(t *trial) {
		t.furnish()
		for _, write := range writes {
			before := t.picture()
			t.wantError(t.transact(func(tx *trial) error {
				if err := write.do(t.Context(), tx.Repositories); err != nil {
					t.Errorf("%s: %v", write.name, err)
				}
				return errOwn
			}), errOwn)
			if diff := difference(before, t.picture()); diff != "" {
				t.Fatalf("%s is not undone:\n%s", write.name, diff)
			}
			t.wantError(t.transact(func(tx *trial) error { return write.do(t.Context(), tx.Repositories) }), nil)
			if difference(before, t.picture()) == "" {
				t.Fatalf("%s changes nothing", write.name)
			}
		}
	}},
	{"the first use of a token in a transaction that is rolled back is none", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/b")
		t.wantError(t.transact(func(tx *trial) error {
			tx.wantBearer("a/b", alice, "d")
			tx.wantUnknown("a")
			return errOwn
		}), errOwn)
		t.refresh("a", "a/c")
	}},
	{"a session can begin and end in one transaction", func(t *trial) {
		err := t.transact(func(inside *trial) error {
			inside.signIn(login(alice, "d", "1"))
			inside.signIn(login(alice, "d", "2"))
			inside.wantDead("1")
			inside.wantBearer("2", alice, "d")
			inside.wantDevices(alice, "d")
			inside.update(domain.User{ID: alice, Locked: true})
			inside.wantRefused(login(alice, "d", "t"), domain.ErrUserLocked)
			_, err := inside.Sessions.Delete(t.Context(), session("2"))
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
			_, err := tx.Sessions.DeleteAll(t.Context(), session("old"))
			t.wantError(err, domain.ErrNotFound)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.wantBearer("new", alice, "d")
	}},
	{"InTransaction returns the error of do and leaves nothing", func(t *trial) {
		t.furnish()
		t.wantUnchanged(func() {
			err := t.transact(func(tx *trial) error { return errors.Join(tx.changeAll(), errOwn) })
			t.wantError(err, errOwn)
		})
	}},
	{"InTransaction passes a panic on and leaves nothing", func(t *trial) {
		t.furnish()
		t.wantUnchanged(func() {
			t.wantPanic(func() {
				_ = t.transact(func(tx *trial) error {
					if err := tx.changeAll(); err != nil {
						t.Error(err)
					}
					panic(errOwn)
				})
			})
		})
	}},
	{"InTransaction returns the context's error if that ends first, and leaves nothing", func(t *trial) {
		t.furnish()
		t.wantUnchanged(func() {
			ctx, cancel := context.WithCancel(t.Context())
			err := t.storage.InTransaction(ctx, func(tx ports.Repositories) error {
				defer cancel()
				return (&trial{T: t.T, Repositories: tx}).changeAll()
			})
			t.wantError(err, context.Canceled)
		})
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
				_, err := t.Sessions.ByAccessToken(short, key("t"), noon)
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

// changeAll makes every call that writes.
func (t *trial) changeAll() error {
	var errs []error
	for _, write := range writes {
		if err := write.do(t.Context(), t.Repositories); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", write.name, err))
		}
	}
	return errors.Join(errs...)
}
