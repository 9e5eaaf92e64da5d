package contract

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// An ending ends the session of the hash, and deletes its device.
type ending func(context.Context, domain.TokenHash) (domain.Bearer, error)

// endings are all there are, for a session of alice's device "d".
func (t *trial) endings() map[string]ending {
	return map[string]ending{
		"Delete":    t.Sessions.Delete,
		"DeleteAll": t.Sessions.DeleteAll,
		"the device's Delete": func(ctx context.Context, _ domain.TokenHash) (domain.Bearer, error) {
			_, err := t.Devices.Delete(ctx, alice, "d")
			return domain.Bearer{}, err
		},
		"the devices' DeleteAll": func(ctx context.Context, _ domain.TokenHash) (domain.Bearer, error) {
			_, err := t.Devices.DeleteAll(ctx, alice)
			return domain.Bearer{}, err
		},
	}
}

// tokenCalls returns every call that takes a token or its session.
func (t *trial) tokenCalls() map[string]func(domain.TokenKey) error {
	return map[string]func(domain.TokenKey) error{
		"ByAccessToken": func(k domain.TokenKey) error {
			_, err := t.Sessions.ByAccessToken(t.Context(), k, noon)
			return err
		},
		"Delete":    func(k domain.TokenKey) error { _, err := t.Sessions.Delete(t.Context(), k.Session); return err },
		"DeleteAll": func(k domain.TokenKey) error { _, err := t.Sessions.DeleteAll(t.Context(), k.Session); return err },
	}
}

var sessionPromises = []promise{
	{"ByAccessToken returns whose token it is, locked and deactivated users included", func(t *trial) {
		in := login(alice, "d", "t")
		in.DisplayName = "Alice"
		user := t.signIn(in).User
		for _, change := range []func(){
			func() {},
			func() { user.Locked = true },
			func() { user.Deactivated, user.Erased = true, true },
			func() { user.Admin, user.Guest, user.Suspended, user.AvatarURL = true, true, true, "mxc://x/y" },
		} {
			change()
			t.update(user)
			got, err := t.Sessions.ByAccessToken(t.Context(), key("t"), noon)
			if err != nil {
				t.Fatal(err)
			}
			t.wantEqual(got, domain.Bearer{User: user, Device: "d"})
		}
	}},
	{"a session that nobody has is ErrNotFound, whatever the token", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		t.addDevice(alice, "nobody is signed in with it")
		for _, k := range []domain.TokenKey{{}, key("other"), {Session: token("t"), Token: token("t")}, {Token: token("t")}} {
			t.wantNobodys(k)
		}
		t.wantBearer("t", alice, "d")
		t.wantDevices(alice, "d", "nobody is signed in with it")
	}},
	{"Delete ends the session, deletes the device and says whose it was", func(t *trial) {
		user := t.signIn(login(alice, "d", "1")).User
		t.signIn(login(alice, "e", "2"))
		t.signIn(login(bob, "d", "3"))
		got, err := t.Sessions.Delete(t.Context(), session("1"))
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Bearer{User: user, Device: "d"})
		t.wantDead("1")
		t.wantDevices(alice, "e")
		t.wantBearer("2", alice, "e")
		t.wantBearer("3", bob, "d")
		_, err = t.Sessions.Delete(t.Context(), session("1"))
		t.wantError(err, domain.ErrNotFound)
	}},
	{"a session that was replaced is ErrNotFound and its device stays", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		t.signIn(login(alice, "d", "2"))
		t.wantNobodys(key("1"))
		t.wantBearer("2", alice, "d")
	}},
	{"DeleteAll ends all sessions of the user and nobody else's", func(t *trial) {
		user := t.signIn(login(alice, "d", "1")).User
		t.signIn(login(alice, "e", "2"))
		t.signIn(login(bob, "d", "3"))
		got, err := t.Sessions.DeleteAll(t.Context(), session("2"))
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Bearer{User: user, Device: "e"})
		t.wantDead("1", "2")
		t.wantDevices(alice)
		t.wantEqual(t.user(alice), user)
		t.wantBearer("3", bob, "d")
	}},
	{"locked and deactivated users can end their sessions", func(t *trial) {
		for _, user := range []domain.User{{ID: alice, Locked: true}, {ID: bob, Deactivated: true}} {
			id := string(user.ID)
			t.signIn(login(user.ID, "d", id+"1"))
			t.signIn(login(user.ID, "e", id+"2"))
			t.update(user)
			if _, err := t.Sessions.Delete(t.Context(), session(id+"1")); err != nil {
				t.Fatal(err)
			}
			if _, err := t.Sessions.DeleteAll(t.Context(), session(id+"2")); err != nil {
				t.Fatal(err)
			}
			t.wantDevices(user.ID)
		}
	}},
	{"a device that was deleted can be signed in on again", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		if _, err := t.Sessions.Delete(t.Context(), session("1")); err != nil {
			t.Fatal(err)
		}
		t.signIn(login(alice, "d", "2"))
		t.wantBearer("2", alice, "d")
		t.wantDead("1")
	}},
}

// wantNobodys wants every call to say that the token is nobody's.
func (t *trial) wantNobodys(k domain.TokenKey) {
	t.Helper()
	for name, call := range t.tokenCalls() {
		if err := call(k); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
