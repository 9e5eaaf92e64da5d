package contract

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

type tokenCall func(context.Context, domain.TokenHash) (domain.Bearer, error)

// tokenCalls returns every call that takes a token.
func (t *trial) tokenCalls() map[string]tokenCall {
	return map[string]tokenCall{
		"ByAccessToken": func(ctx context.Context, access domain.TokenHash) (domain.Bearer, error) {
			return t.Sessions.ByAccessToken(ctx, access, noon)
		},
		"Delete":    t.Sessions.Delete,
		"DeleteAll": t.Sessions.DeleteAll,
	}
}

var contextPromises = []promise{
	{"a context that has ended is returned before anything is done", func(t *trial) {
		t.signIn(refreshable(alice, "d", "t"))
		before := t.user(alice)
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithTimeout(t.Context(), -1)
		defer cancel()
		for name, call := range t.allCalls() {
			if err := call(cancelled); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, cancelled: %v", name, err)
			}
			if err := call(late); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, too late: %v", name, err)
			}
		}
		t.wantEqual(t.user(alice), before)
		t.wantNobody(bob)
		t.wantDevices(alice, "d")
		t.wantBearer("t", alice, "d")
	}},
	{"Ping returns nil while the storage can be used", func(t *trial) {
		if err := t.storage.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}},
}

// allCalls returns every call of a storage. Those that write would change
// alice, who has the device "d" with the token "t", or create bob.
func (t *trial) allCalls() map[string]func(context.Context) error {
	calls := map[string]func(context.Context) error{
		"Ping":         t.storage.Ping,
		"Users.ByID":   func(ctx context.Context) error { _, err := t.Users.ByID(ctx, alice); return err },
		"Users.Create": func(ctx context.Context) error { return t.Users.Create(ctx, domain.User{ID: bob}) },
		"Users.Update": func(ctx context.Context) error { return t.Users.Update(ctx, domain.User{ID: alice, Locked: true}) },
		"Devices.ByID": func(ctx context.Context) error { _, err := t.Devices.ByID(ctx, alice, "d"); return err },
		"Devices.List": func(ctx context.Context) error { _, err := t.Devices.List(ctx, alice); return err },
		"SignIn": func(ctx context.Context) error {
			_, err := t.Sessions.SignIn(ctx, login(bob, "d", "2"))
			return err
		},
		"SignIn again": func(ctx context.Context) error {
			_, err := t.Sessions.SignIn(ctx, login(alice, "d", "2"))
			return err
		},
		"Refresh": func(ctx context.Context) error {
			_, err := t.Sessions.Refresh(ctx, renewal("t", "2"))
			return err
		},
		"InTransaction": func(ctx context.Context) error {
			return t.storage.InTransaction(ctx, func(tx ports.Repositories) error {
				return tx.Users.Create(context.WithoutCancel(ctx), domain.User{ID: bob})
			})
		},
	}
	for name, call := range t.tokenCalls() {
		calls[name] = func(ctx context.Context) error { _, err := call(ctx, token("t")); return err }
	}
	return calls
}
