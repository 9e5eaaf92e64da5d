package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// mixed and lower are the two accounts that one identity may mean.
const (
	mixed domain.UserID = "@Alice:example.org"
	lower domain.UserID = "@alice:example.org"
)

func loginEither(create bool) domain.SignIn {
	in := login(lower, "d", "t")
	in.Users, in.Create = []domain.UserID{mixed, lower}, create
	return in
}

var signInPromises = []promise{
	{"SignIn creates a user who is new, with device and token", func(t *trial) {
		in := login(alice, "d", "t")
		in.DisplayName, in.DeviceName = "Alice", "phone"
		user := domain.User{ID: alice, DisplayName: "Alice", CreatedAt: noon}
		t.wantEqual(t.signIn(in), domain.SignedIn{User: user, Created: true, NewDevice: true})
		t.wantEqual(t.user(alice), user)
		t.wantBearer("t", alice, "d")
		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", DisplayName: "phone", CreatedAt: noon})
	}},
	{"SignIn finds a user who exists, whether it may create one or not", func(t *trial) {
		user := everything(alice)
		t.create(user)
		in := login(alice, "d1", "1")
		t.wantEqual(t.signIn(in), domain.SignedIn{User: user, NewDevice: true})
		in = login(alice, "d2", "2")
		in.Create = false
		t.wantEqual(t.signIn(in), domain.SignedIn{User: user, NewDevice: true})
		t.wantBearer("1", alice, "d1")
		t.wantBearer("2", alice, "d2")
	}},
	{"SignIn gives display names only to what it creates", func(t *trial) {
		in := login(alice, "d", "1")
		in.DisplayName, in.DeviceName = "Alice", "phone"
		user := t.signIn(in).User
		in = login(alice, "d", "2")
		in.DisplayName, in.DeviceName, in.At = "Mallory", "other", noon.Add(time.Hour)
		t.wantEqual(t.signIn(in), domain.SignedIn{User: user})
		t.wantEqual(t.user(alice), user)
		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", DisplayName: "phone", CreatedAt: noon})
	}},
	{"SignIn keeps times to the millisecond, in UTC", func(t *trial) {
		in := login(alice, "d", "t")
		in.At = noon.In(time.FixedZone("east", 5*3600)).Add(999 * time.Microsecond)
		t.wantEqual(t.signIn(in).User.CreatedAt, noon)
		t.wantEqual(t.device(alice, "d").CreatedAt, noon)
	}},
	{"SignIn takes the first of two users if both exist", func(t *trial) {
		t.create(domain.User{ID: lower, CreatedAt: noon}, domain.User{ID: mixed, CreatedAt: noon})
		t.signIn(loginEither(true))
		t.wantBearer("t", mixed, "d")
		t.wantDevices(lower)
	}},
	{"SignIn takes the first of two users if only that exists", func(t *trial) {
		t.create(domain.User{ID: mixed, CreatedAt: noon})
		t.signIn(loginEither(true))
		t.wantBearer("t", mixed, "d")
		t.wantNobody(lower)
	}},
	{"SignIn takes the second of two users if only that exists", func(t *trial) {
		t.create(domain.User{ID: lower, CreatedAt: noon})
		t.signIn(loginEither(false))
		t.wantBearer("t", lower, "d")
		t.wantNobody(mixed)
	}},
	{"SignIn creates the last of two users if none exists", func(t *trial) {
		if out := t.signIn(loginEither(true)); !out.Created || out.User.ID != lower {
			t.Fatalf("got %+v", out)
		}
		t.wantNobody(mixed)
	}},
	{"SignIn that may not create returns ErrNotFound and writes nothing", func(t *trial) {
		t.wantRefused(loginEither(false), domain.ErrNotFound)
		t.wantNobody(mixed)
		t.wantNobody(lower)
	}},
	{"SignIn refuses users who may not be used and writes nothing, deactivated before locked", func(t *trial) {
		for id, user := range map[domain.UserID]domain.User{
			"@locked:x":      {Locked: true},
			"@deactivated:x": {Deactivated: true},
			"@both:x":        {Locked: true, Deactivated: true},
		} {
			user.ID = id
			t.create(user)
			t.wantRefused(login(id, "d", "t"), user.MayUse())
			t.wantDevices(id)
		}
	}},
	{"SignIn of a refused user leaves its devices and their tokens alone", func(t *trial) {
		user := t.signIn(login(alice, "d", "old")).User
		user.Locked = true
		t.update(user)
		t.wantRefused(login(alice, "d", "t"), domain.ErrUserLocked)
		t.wantRefused(login(alice, "e", "t"), domain.ErrUserLocked)
		t.wantDevices(alice, "d")
		t.wantBearer("old", alice, "d")
	}},
	{"SignIn does not pass over a locked user to the next", func(t *trial) {
		t.create(domain.User{ID: lower, CreatedAt: noon}, domain.User{ID: mixed, CreatedAt: noon, Locked: true})
		t.wantRefused(loginEither(true), domain.ErrUserLocked)
		t.wantDevices(lower)
	}},
	{"SignIn on a known device ends its earlier token at once, and no other", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		t.signIn(login(alice, "e", "other device"))
		t.signIn(login(bob, "d", "other user"))
		t.signIn(login(alice, "d", "2"))
		t.wantDead("1")
		t.wantBearer("2", alice, "d")
		t.wantBearer("other device", alice, "e")
		t.wantBearer("other user", bob, "d")
		t.wantDevices(alice, "d", "e")
	}},
	{"SignIn that is repeated, since its answer was lost, changes nothing more", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		t.signIn(login(alice, "d", "t"))
		t.wantBearer("t", alice, "d")
		t.wantDevices(alice, "d")
	}},
	{"SignIn with the session of another device fails and writes nothing", func(t *trial) {
		t.signIn(login(alice, "d", "t"))
		if _, err := t.Sessions.SignIn(t.Context(), login(bob, "e", "t")); err == nil {
			t.Fatal("two devices have one session")
		}
		t.wantBearer("t", alice, "d")
		t.wantNobody(bob)
	}},
	{"SignIn of nobody, or of three, is an error", func(t *trial) {
		for _, users := range [][]domain.UserID{nil, {alice, alice, alice}} {
			in := login(alice, "d", "t")
			in.Users = users
			if _, err := t.Sessions.SignIn(t.Context(), in); err == nil {
				t.Errorf("%d users signed in", len(users))
			}
		}
		t.wantNobody(alice)
	}},
}

// wantRefused wants the sign-in, with token "t", to fail and the token not to
// live.
func (t *trial) wantRefused(in domain.SignIn, want error) {
	t.Helper()
	out, err := t.Sessions.SignIn(t.Context(), in)
	t.wantError(err, want)
	t.wantEqual(out, domain.SignedIn{})
	t.wantDead("t")
}
