package contract

import (
	"fmt"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

var passwordPromises = []promise{
	{"a user has no password until Put gives it one, and none after Put took it away", func(t *trial) {
		t.createUsers(alice, bob)
		t.wantPassword(alice, "")
		t.setPassword(alice, "h1")
		t.wantPassword(alice, "h1")
		t.setPassword(alice, "h2")
		t.wantPassword(alice, "h2")
		t.wantPassword(bob, "")
		t.setPassword(alice, "")
		t.wantPassword(alice, "")
		t.setPassword(alice, "")
		t.wantPassword(nobody, "")
	}},
	{"a password's hash comes back whole", func(t *trial) {
		t.createUsers(alice)
		for _, hash := range []string{" $argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA ", "ß'\"\\%_\n", strings.Repeat("h", 4000)} {
			t.setPassword(alice, domain.PasswordHash(hash))
			t.wantPassword(alice, domain.PasswordHash(hash))
		}
	}},
	{"Replace makes another hash of the one that it is given, and of no other", func(t *trial) {
		t.createUsers(alice, bob)
		t.setPassword(alice, "hash")
		t.setPassword(bob, "hash")
		for _, wrong := range []domain.PasswordHash{"", "Hash", "hash ", "has", "%", "____"} {
			t.wantError(t.Passwords.Replace(t.Context(), alice, wrong, "other"), domain.ErrNotFound)
		}
		t.wantPassword(alice, "hash")
		t.wantError(t.Passwords.Replace(t.Context(), alice, "hash", "new"), nil)
		t.wantPassword(alice, "new")
		t.wantPassword(bob, "hash")
		t.wantError(t.Passwords.Replace(t.Context(), alice, "hash", "newer"), domain.ErrNotFound)
		t.wantPassword(alice, "new")
	}},
	{"Replace by the same hash succeeds", func(t *trial) {
		t.createUsers(alice)
		t.setPassword(alice, "hash")
		t.wantError(t.Passwords.Replace(t.Context(), alice, "hash", "hash"), nil)
		t.wantPassword(alice, "hash")
	}},
	{"Replace gives no password to whoever has none", func(t *trial) {
		t.createUsers(alice)
		for _, user := range []domain.UserID{alice, nobody} {
			for _, old := range []domain.PasswordHash{"", "hash"} {
				t.wantError(t.Passwords.Replace(t.Context(), user, old, "new"), domain.ErrNotFound)
			}
			t.wantPassword(user, "")
		}
	}},
	{"a password outlives sessions and changes of the user", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		t.setPassword(alice, "hash")
		t.change(alice, lock)
		_, err := t.Sessions.DeleteAll(t.Context(), session("t"))
		t.wantError(err, nil)
		t.wantPassword(alice, "hash")
	}},
	{"of 20 concurrent Replaces of one hash exactly one succeeds", func(t *trial) {
		t.createUsers(alice)
		t.setPassword(alice, "old")
		hash := func(i int) domain.PasswordHash { return domain.PasswordHash(fmt.Sprint("new", i)) }
		errs := together(20, func(i int) error { return t.Passwords.Replace(t.Context(), alice, "old", hash(i)) })
		t.wantOneSuccess(errs, domain.ErrNotFound)
		for i, err := range errs {
			if err == nil {
				t.wantPassword(alice, hash(i))
			}
		}
	}},
}

// wantPassword wants the user to have this hash; empty: none.
func (t *trial) wantPassword(user domain.UserID, want domain.PasswordHash) {
	t.Helper()
	got, err := t.Passwords.ByUser(t.Context(), user)
	if want == "" {
		t.wantError(err, domain.ErrNotFound)
	} else {
		t.wantError(err, nil)
	}
	t.wantEqual(got, want)
}
