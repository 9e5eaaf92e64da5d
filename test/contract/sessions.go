package contract

import "github.com/seed-31b6c987/doorward/domain"

var sessionPromises = []promise{
	{"ByAccessToken returns whose token it is, locked and deactivated users included", func(t *trial) {
		in := login(alice, "d", "t")
		in.DisplayName = "Alice"
		user := t.signIn(in).User
		for _, change := range []func(){
			func() {},
			func() { user.Locked = true },
			func() { user.Deactivated = true },
		} {
			change()
			t.update(user)
			got, err := t.Sessions.ByAccessToken(t.Context(), token("t"), noon)
			if err != nil {
				t.Fatal(err)
			}
			t.wantEqual(got, domain.Bearer{User: user, Device: "d"})
		}
	}},
	{"a token that nobody has is ErrNotFound", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		for _, access := range []domain.TokenHash{{}, token("other")} {
			for name, call := range t.tokenCalls() {
				_, err := call(t.Context(), access)
				if t.wantError(err, domain.ErrNotFound); t.Failed() {
					t.Fatal(name)
				}
			}
		}
		t.wantBearer("t", alice, "d")
	}},
	{"Delete ends the session, deletes the device and says whose it was", func(t *trial) {
		user := t.signIn(login(alice, "d", "1")).User
		t.signIn(login(alice, "e", "2"))
		t.signIn(login(bob, "d", "3"))
		got, err := t.Sessions.Delete(t.Context(), token("1"))
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Bearer{User: user, Device: "d"})
		t.wantDead("1")
		t.wantDevices(alice, "e")
		t.wantBearer("2", alice, "e")
		t.wantBearer("3", bob, "d")
		_, err = t.Sessions.Delete(t.Context(), token("1"))
		t.wantError(err, domain.ErrNotFound)
	}},
	{"Delete with a token that was replaced is ErrNotFound and leaves the device", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		t.signIn(login(alice, "d", "2"))
		for name, call := range t.tokenCalls() {
			_, err := call(t.Context(), token("1"))
			if t.wantError(err, domain.ErrNotFound); t.Failed() {
				t.Fatal(name)
			}
		}
		t.wantBearer("2", alice, "d")
	}},
	{"DeleteAll ends all sessions of the user and nobody else's", func(t *trial) {
		user := t.signIn(login(alice, "d", "1")).User
		t.signIn(login(alice, "e", "2"))
		t.signIn(login(bob, "d", "3"))
		got, err := t.Sessions.DeleteAll(t.Context(), token("2"))
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
			if _, err := t.Sessions.Delete(t.Context(), token(id+"1")); err != nil {
				t.Fatal(err)
			}
			if _, err := t.Sessions.DeleteAll(t.Context(), token(id+"2")); err != nil {
				t.Fatal(err)
			}
			t.wantDevices(user.ID)
		}
	}},
	{"a device that was deleted can be signed in on again", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		if _, err := t.Sessions.Delete(t.Context(), token("1")); err != nil {
			t.Fatal(err)
		}
		t.signIn(login(alice, "d", "2"))
		t.wantBearer("2", alice, "d")
		t.wantDead("1")
	}},
}

// update replaces the user, who must be there.
func (t *trial) update(user domain.User) {
	t.Helper()
	if err := t.Users.Update(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}
