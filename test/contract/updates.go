package contract

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// An update changes something of what is furnished, and ends its change function
// as end does.
type update func(ctx context.Context, r ports.Repositories, end func() error) error

// updates are all calls that take a change function.
var updates = map[string]update{
	"users'": func(ctx context.Context, r ports.Repositories, end func() error) error {
		_, err := r.Users.Update(ctx, alice, func(u *domain.User) error {
			u.DisplayName, u.Admin = "changed", false
			return end()
		})
		return err
	},
	"interactions'": func(ctx context.Context, r ports.Repositories, end func() error) error {
		_, err := r.Interactions.Update(ctx, token("waiting"), noon, func(i *domain.Interaction) error {
			i.Completed[0], i.Accepted[0], i.Done = "changed", "changed", true
			i.Completed = append(i.Completed, "added")
			return end()
		})
		return err
	},
	"registration tokens'": func(ctx context.Context, r ports.Repositories, end func() error) error {
		_, err := r.RegistrationTokens.Update(ctx, "for.three", noon, func(t *domain.RegistrationToken) error {
			*t.UsesAllowed = 99
			t.Completed++
			return end()
		})
		return err
	},
}

var updatePromises = []promise{
	{"Update returns the error of change, whatever it is, and writes nothing", func(t *trial) {
		t.furnish()
		refusal := domain.Refuse(domain.ErrForbidden, "reason", "text")
		for name, do := range updates {
			for _, want := range []error{errOwn, refusal, context.Canceled, domain.ErrUnavailable, &domain.Limited{RetryAfter: 1}} {
				t.wantUnchanged(func() {
					if err := do(t.Context(), t.Repositories, func() error { return want }); !errors.Is(err, want) {
						t.Errorf("%s Update: got %v, want %v", name, err, want)
					}
				})
			}
		}
	}},
	{"an error of change in a transaction does not spoil it", func(t *trial) {
		t.furnish()
		for name, do := range updates {
			overlook := func(t *trial) {
				if err := do(t.Context(), t.Repositories, func() error { return errOwn }); !errors.Is(err, errOwn) {
					t.Errorf("%s Update: got %v", name, err)
				}
			}
			t.wantUnchanged(func() {
				t.wantError(t.transact(func(tx *trial) error { overlook(tx); return nil }), nil)
			})
		}
		err := t.transact(func(tx *trial) error {
			return updates["users'"](t.Context(), tx.Repositories, func() error { return errOwn })
		})
		t.wantError(err, errOwn)
	}},
	{"Update passes a panic of change on, and writes nothing", func(t *trial) {
		t.furnish()
		for _, do := range updates {
			fail := func(r ports.Repositories) { _ = do(t.Context(), r, func() error { panic(errOwn) }) }
			t.wantUnchanged(func() { t.wantPanic(func() { fail(t.Repositories) }) })
			t.wantUnchanged(func() {
				t.wantPanic(func() {
					_ = t.transact(func(tx *trial) error { fail(tx.Repositories); return nil })
				})
			})
		}
	}},
	{"Update returns the context's error if that ends in change, and writes nothing", func(t *trial) {
		t.furnish()
		for name, do := range updates {
			t.wantUnchanged(func() {
				ctx, cancel := context.WithCancel(t.Context())
				err := do(ctx, t.Repositories, func() error { cancel(); return nil })
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s Update: %v", name, err)
				}
			})
		}
	}},
	{"Update that succeeds in a transaction is undone with it", func(t *trial) {
		t.furnish()
		for name, do := range updates {
			t.wantUnchanged(func() {
				err := t.transact(func(tx *trial) error {
					if err := do(t.Context(), tx.Repositories, func() error { return nil }); err != nil {
						t.Errorf("%s Update: %v", name, err)
					}
					return errOwn
				})
				t.wantError(err, errOwn)
			})
		}
	}},
	{"20 Updates of one at once lose nothing, each for itself or in transactions", func(t *trial) {
		t.furnish()
		for name, do := range counters {
			errs := together(20, func(i int) error {
				if i%2 == 0 {
					return do(t.Context(), t.Repositories)
				}
				return t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
					return do(t.Context(), tx)
				})
			})
			if err := errors.Join(errs...); err != nil {
				t.Errorf("%s Update: %v", name, err)
			}
		}
		got := t.picture()
		t.wantEqual(t.user(carol).DisplayName, "++++++++++++++++++++")
		t.wantEqual(len(got.Interactions["waiting"].Completed), len(interaction("").Completed)+20)
		three, err := t.RegistrationTokens.ByToken(t.Context(), "for.three", noon)
		t.wantError(err, nil)
		t.wantEqual(three.Completed, 1+20)
	}},
}

// counters are updates that count.
var counters = map[string]func(context.Context, ports.Repositories) error{
	"users'": func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Users.Update(ctx, carol, func(u *domain.User) error { u.DisplayName += "+"; return nil })
		return err
	},
	"interactions'": func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Interactions.Update(ctx, token("waiting"), noon, func(i *domain.Interaction) error {
			i.Completed = append(i.Completed, "once more")
			return nil
		})
		return err
	},
	"registration tokens'": func(ctx context.Context, r ports.Repositories) error {
		_, err := r.RegistrationTokens.Update(ctx, "for.three", noon, func(t *domain.RegistrationToken) error {
			t.Completed++
			return nil
		})
		return err
	},
}
