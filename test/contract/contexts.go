package contract

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var contextPromises = []promise{
	{"a context that has ended is returned before anything is done", func(t *trial) {
		t.furnish()
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithTimeout(t.Context(), -1)
		defer cancel()
		t.wantUnchanged(func() {
			for _, c := range slices.Concat(reads, writes, t.wholeCalls()) {
				if err := c.do(cancelled, t.Repositories); !errors.Is(err, context.Canceled) {
					t.Errorf("%s, cancelled: %v", c.name, err)
				}
				if err := c.do(late, t.Repositories); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, too late: %v", c.name, err)
				}
			}
		})
	}},
	{"Ping returns nil while the storage can be used", func(t *trial) {
		if err := t.storage.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}},
}

// wholeCalls are the calls of the storage itself.
func (t *trial) wholeCalls() []call {
	return []call{
		{"Ping", func(ctx context.Context, _ ports.Repositories) error { return t.storage.Ping(ctx) }},
		{"InTransaction", func(ctx context.Context, _ ports.Repositories) error {
			return t.storage.InTransaction(ctx, func(tx ports.Repositories) error {
				return tx.Users.Create(context.WithoutCancel(ctx), domain.User{ID: "@dora:example.org"})
			})
		}},
	}
}
