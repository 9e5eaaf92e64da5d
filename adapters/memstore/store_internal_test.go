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

func TestNoSessionIsKeptForLongerThanItsDevice(t *testing.T) {
	store := New()
	all := store.Repositories()
	signIn := func(device domain.DeviceID, id byte) {
		t.Helper()
		in := domain.SignIn{Users: []domain.UserID{"@alice:x"}, Create: true, Device: device, SessionID: domain.TokenHash{id}}
		if _, err := all.Sessions.SignIn(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	for name, end := range map[string]func() error{
		"Sessions.Delete":    func() error { _, err := all.Sessions.Delete(t.Context(), domain.TokenHash{2}); return err },
		"Sessions.DeleteAll": func() error { _, err := all.Sessions.DeleteAll(t.Context(), domain.TokenHash{2}); return err },
		"Devices.Delete":     func() error { _, err := all.Devices.Delete(t.Context(), "@alice:x", "d"); return err },
		"Devices.DeleteAll":  func() error { _, err := all.Devices.DeleteAll(t.Context(), "@alice:x", "e"); return err },
	} {
		for id := range byte(2) {
			signIn("d", id+1)
		}
		if err := end(); err != nil || len(store.committed.sessions) != 0 {
			t.Errorf("%s: %v leaves %d sessions", name, err, len(store.committed.sessions))
		}
	}
}

// interrupted lets something happen after each read.
type interrupted struct {
	calls
	between func()
}

func (i interrupted) read(ctx context.Context, do func(*view) error) error {
	err := i.calls.read(ctx, do)
	i.between()
	return err
}

// A token that is replaced between the two looks of its first use confirms
// nothing: the refresh token before the new pair stays good.
func TestAFirstUseLooksAgainBeforeItIsRemembered(t *testing.T) {
	store := New()
	session := domain.TokenHash{9}
	pair := func(i byte) domain.Pair {
		return domain.Pair{Access: domain.TokenHash{1, i}, Refresh: domain.TokenHash{2, i}}
	}
	refresh := func(from, to byte) {
		t.Helper()
		key := domain.TokenKey{Session: session, Token: pair(from).Refresh}
		if _, err := store.Repositories().Sessions.Refresh(t.Context(), domain.Renewal{Token: key, Pair: pair(to)}); err != nil {
			t.Fatal(err)
		}
	}
	in := domain.SignIn{Users: []domain.UserID{"@alice:x"}, Create: true, Device: "d", SessionID: session, Pair: pair(1)}
	if _, err := store.Repositories().Sessions.SignIn(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	refresh(1, 2)
	late := sessions{interrupted{store, func() { refresh(2, 3) }}}
	key := domain.TokenKey{Session: session, Token: pair(2).Access}
	if bearer, err := late.ByAccessToken(t.Context(), key, time.Time{}); err != nil || !bearer.Stale {
		t.Errorf("the token that was replaced: %+v, %v", bearer, err)
	}
	refresh(2, 4)
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
