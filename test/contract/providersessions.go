package contract

import (
	"errors"
	"fmt"

	"github.com/seed-31b6c987/doorward/domain"
)

// from makes a sign-in one from a session at a provider.
func from(id string, in domain.SignIn) domain.SignIn {
	in.ProviderSession = atCorp(id)
	return in
}

// atCorp is a session at a provider.
func atCorp(id string) domain.TokenHash {
	return domain.ProviderSession("corp", "https://id.example.org", id)
}

var providerSessionPromises = []promise{
	{"DeleteOfProvider ends the sessions from one at a provider, whoever's, deletes their devices and no others, and returns them in their order", func(t *trial) {
		t.signIn(from("1", login(bob, "b", "bob b")))
		t.signIn(from("1", login(alice, "z", "alice z")))
		t.signIn(from("1", login(alice, "B", "alice B")))
		t.signIn(from("2", login(alice, "other", "alice other")))
		t.signIn(login(alice, "none", "alice none"))
		t.addDevice(alice, "nobody is signed in with it")
		t.wantEnded("1", "", domain.EndedSession{User: alice, Device: "B"}, domain.EndedSession{User: alice, Device: "z"}, domain.EndedSession{User: bob, Device: "b"})
		t.wantDead("bob b", "alice z", "alice B")
		t.wantBearer("alice other", alice, "other")
		t.wantBearer("alice none", alice, "none")
		t.wantDevices(alice, "nobody is signed in with it", "none", "other")
		t.wantDevices(bob)
		t.wantEnded("1", "")
	}},
	{"DeleteOfProvider for a user leaves the others'", func(t *trial) {
		t.signIn(from("1", login(alice, "d", "alice d")))
		t.signIn(from("1", login(bob, "d", "bob d")))
		t.wantEnded("1", nobody)
		t.wantEnded("2", alice)
		t.wantEnded("1", alice, domain.EndedSession{User: alice, Device: "d"})
		t.wantDead("alice d")
		t.wantBearer("bob d", bob, "d")
	}},
	{"no session at a provider is none that anybody has", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		for _, user := range []domain.UserID{"", alice} {
			ended, err := t.Sessions.DeleteOfProvider(t.Context(), domain.TokenHash{}, user)
			t.wantError(err, nil)
			t.wantEqual(len(ended), 0)
		}
		t.wantBearer("t", alice, "d")
	}},
	{"each sign-in on a device replaces the session at the provider, and none is one", func(t *trial) {
		t.signIn(from("1", login(alice, "d", "1")))
		t.signIn(from("2", login(alice, "d", "2")))
		t.wantEnded("1", "")
		t.wantBearer("2", alice, "d")
		t.signIn(login(alice, "d", "3"))
		t.wantEnded("2", "")
		t.wantBearer("3", alice, "d")
		t.signIn(from("4", login(alice, "d", "4")))
		t.wantEnded("4", "", domain.EndedSession{User: alice, Device: "d"})
	}},
	{"a refresh keeps the session at the provider", func(t *trial) {
		t.signIn(from("1", refreshable(alice, "d", "a")))
		_, err := t.Sessions.Refresh(t.Context(), renewal("a", "a/2"))
		t.wantError(err, nil)
		t.wantEnded("1", "", domain.EndedSession{User: alice, Device: "d"})
		t.wantDead("a/2")
	}},
	{"the first sign-in of an identity as a user who is there remembers the session at the provider, too", func(t *trial) {
		t.create(domain.User{ID: alice, CreatedAt: noon})
		t.signIn(from("1", existing(loginBy(identity("1"), alice, "d", "t"))))
		t.wantEnded("1", alice, domain.EndedSession{User: alice, Device: "d"})
	}},
	{"DeleteOfProvider in a transaction that fails ends nothing", func(t *trial) {
		t.signIn(from("1", login(alice, "d", "t")))
		refused := errors.New("refused")
		t.wantError(t.transact(func(tx *trial) error {
			tx.wantEnded("1", "", domain.EndedSession{User: alice, Device: "d"})
			return refused
		}), refused)
		t.wantBearer("t", alice, "d")
	}},
	{"logouts by provider and by user, and sign-ins, at once end, and none of them half", func(t *trial) {
		t.createUsers(alice, bob)
		for round := range 10 {
			name := func(i int) string { return fmt.Sprint(round, " ", i) }
			user := func(i int) domain.UserID { return []domain.UserID{alice, bob}[i%2] }
			errs := together(8, func(i int) (err error) {
				switch i {
				case 0, 1:
					_, err = t.Sessions.DeleteOfProvider(t.Context(), atCorp("1"), "")
				case 2:
					_, err = t.Devices.DeleteAll(t.Context(), bob)
				default:
					_, err = t.Sessions.SignIn(t.Context(), from("1", login(user(i), domain.DeviceID(fmt.Sprint(i)), name(i))))
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			for i := 3; i < 8; i++ {
				_, err := t.Devices.ByID(t.Context(), user(i), domain.DeviceID(fmt.Sprint(i)))
				t.wantEqual(t.isLive(name(i)), err == nil)
			}
		}
		_, err := t.Sessions.DeleteOfProvider(t.Context(), atCorp("1"), "")
		t.wantError(err, nil)
		t.wantDevices(alice)
		t.wantDevices(bob)
	}},
}

// wantEnded ends the sessions from one at a provider, and wants these to end.
func (t *trial) wantEnded(id string, user domain.UserID, want ...domain.EndedSession) {
	t.Helper()
	ended, err := t.Sessions.DeleteOfProvider(t.Context(), atCorp(id), user)
	t.wantError(err, nil)
	t.wantEqual(append([]domain.EndedSession{}, ended...), append([]domain.EndedSession{}, want...))
}
