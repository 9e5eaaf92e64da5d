package contract

import (
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

var thirdPartyIDPromises = []promise{
	{"an address is found by its bytes and its medium", func(t *trial) {
		t.createUsers(alice)
		addresses := []string{"a@x", "A@x", "a@X", "á@x", "a\u0301@x", "a@x ", "%@x", "_@x", "'@x", strings.Repeat("a", 300)}
		for _, text := range addresses {
			t.wantAddress(domain.Email, text, "")
			t.addAddress(address(alice, domain.Email, text))
			t.wantAddress(domain.Phone, text, "")
		}
		for _, text := range addresses {
			got, err := t.ThirdPartyIDs.ByAddress(t.Context(), domain.Email, text)
			t.wantError(err, nil)
			t.wantEqual(got, address(alice, domain.Email, text))
		}
	}},
	{"one text may be an address of two media and of two users", func(t *trial) {
		t.createUsers(alice, bob)
		t.addAddress(address(alice, domain.Email, "4420"))
		t.addAddress(address(bob, domain.Phone, "4420"))
		t.wantAddress(domain.Email, "4420", alice)
		t.wantAddress(domain.Phone, "4420", bob)
	}},
	{"third-party ids' List returns the user's, in the order of the bytes of medium and address", func(t *trial) {
		t.createUsers(alice, bob)
		var want []domain.ThirdPartyID
		for _, text := range []string{"A@x", "B@x", "_@x", "a@x", "aB@x", "aa@x", "ß@x", "ä@x"} {
			want = append(want, address(alice, domain.Email, text))
		}
		want = append(want, address(alice, domain.Phone, "10"), address(alice, domain.Phone, "9"))
		for _, i := range []int{9, 3, 0, 8, 5, 1, 4, 7, 2, 6} {
			t.addAddress(want[i])
		}
		t.addAddress(address(bob, domain.Email, "b@x"))
		t.wantAddresses(alice, want...)
		t.wantAddresses(bob, address(bob, domain.Email, "b@x"))
		t.wantAddresses(nobody)
	}},
	{"third-party ids' Delete deletes one of the user's, which is anybody's then", func(t *trial) {
		t.createUsers(alice, bob)
		t.addAddress(address(alice, domain.Email, "a@x"))
		t.addAddress(address(alice, domain.Email, "other@x"))
		t.addAddress(address(alice, domain.Phone, "a@x"))
		for _, wrong := range []domain.ThirdPartyID{
			address(bob, domain.Email, "a@x"), address(nobody, domain.Email, "a@x"),
			address(alice, domain.Email, "A@x"), address(alice, "other", "a@x"),
		} {
			err := t.ThirdPartyIDs.Delete(t.Context(), wrong.User, wrong.Medium, wrong.Address)
			t.wantError(err, domain.ErrNotFound)
		}
		t.wantError(t.ThirdPartyIDs.Delete(t.Context(), alice, domain.Email, "a@x"), nil)
		t.wantError(t.ThirdPartyIDs.Delete(t.Context(), alice, domain.Email, "a@x"), domain.ErrNotFound)
		t.wantAddresses(alice, address(alice, domain.Email, "other@x"), address(alice, domain.Phone, "a@x"))
		t.addAddress(address(bob, domain.Email, "a@x"))
		t.wantAddress(domain.Email, "a@x", bob)
	}},
	{"third-party ids' DeleteAll deletes the user's, and nobody else's", func(t *trial) {
		t.createUsers(alice, bob)
		t.addAddress(address(alice, domain.Email, "a@x"))
		t.addAddress(address(alice, domain.Phone, "1"))
		t.addAddress(address(bob, domain.Email, "b@x"))
		for _, user := range []domain.UserID{alice, alice, nobody} {
			t.wantError(t.ThirdPartyIDs.DeleteAll(t.Context(), user), nil)
		}
		t.wantAddresses(alice)
		t.wantAddresses(bob, address(bob, domain.Email, "b@x"))
	}},
	{"of 20 users who claim one address at once exactly one gets it", func(t *trial) {
		users := t.createUsers(alice, bob, carol)
		errs := together(20, func(i int) error {
			return t.ThirdPartyIDs.Create(t.Context(), address(users[i%3].ID, domain.Email, "a@x"))
		})
		t.wantOneSuccess(errs, domain.ErrExists)
		for i, err := range errs {
			if err == nil {
				t.wantAddress(domain.Email, "a@x", users[i%3].ID)
			}
		}
	}},
	{"of 20 concurrent Deletes of one address exactly one succeeds", func(t *trial) {
		t.createUsers(alice)
		t.addAddress(address(alice, domain.Email, "a@x"))
		errs := together(20, func(int) error { return t.ThirdPartyIDs.Delete(t.Context(), alice, domain.Email, "a@x") })
		t.wantOneSuccess(errs, domain.ErrNotFound)
	}},
}

// wantAddress wants the address to be the user's; empty: nobody's.
func (t *trial) wantAddress(medium domain.Medium, text string, want domain.UserID) {
	t.Helper()
	got, err := t.ThirdPartyIDs.ByAddress(t.Context(), medium, text)
	if want == "" {
		t.wantError(err, domain.ErrNotFound)
	} else {
		t.wantError(err, nil)
	}
	t.wantEqual(got.User, want)
}

// wantAddresses wants the user to have these, in this order.
func (t *trial) wantAddresses(user domain.UserID, want ...domain.ThirdPartyID) {
	t.Helper()
	got, err := t.ThirdPartyIDs.List(t.Context(), user)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}
