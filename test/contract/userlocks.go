package contract

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

var userLockPromises = []promise{
	{"whoever ends a session in a transaction has its user until that ends", func(t *trial) {
		for name, end := range map[string]func(*trial) error{
			"Delete":    func(tx *trial) error { _, err := tx.Sessions.Delete(t.Context(), session("a")); return err },
			"DeleteAll": func(tx *trial) error { _, err := tx.Sessions.DeleteAll(t.Context(), session("a")); return err },
			"DeleteOfProvider": func(tx *trial) error {
				_, err := tx.Sessions.DeleteOfProvider(t.Context(), atCorp("a"), "")
				return err
			},
		} {
			t.signIn(from("a", login(alice, "d", "a")))
			t.wantError(t.transact(func(tx *trial) error {
				if err := end(tx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				t.wantWaits(func(ctx context.Context) error {
					_, err := t.Users.Update(ctx, alice, func(u *domain.User) error { u.DisplayName = name; return nil })
					return err
				})
				return nil
			}), nil)
			t.wantEqual(t.user(alice).DisplayName, "")
			t.change(alice, func(u *domain.User) error { return nil })
		}
	}},
}
