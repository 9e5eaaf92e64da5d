package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// identity is one at a provider.
func identity(subject string) domain.Link {
	return domain.Link{Provider: "corp", Issuer: "https://id.example.org", Subject: subject}
}

// loginBy is a sign-in of an identity, whose name is that of the user.
func loginBy(link domain.Link, user domain.UserID, device domain.DeviceID, access string) domain.SignIn {
	in := login(user, device, access)
	in.Link = link
	return in
}

// existing lets the identity of a sign-in have an account that is there.
func existing(in domain.SignIn) domain.SignIn {
	in.LinkExisting = true
	return in
}

var linkPromises = []promise{
	{"a user who is created belongs to the identity that signed in", func(t *trial) {
		t.wantUnlinked(identity("1"))
		t.signIn(loginBy(identity("1"), alice, "d", "t"))
		t.wantOwner(identity("1"), alice)
		t.wantLinks(alice, identity("1"))
		t.wantLinks(bob)
		t.wantLinks(nobody)
		for _, other := range []domain.Link{{}, identity("2"), {Provider: "corp", Subject: "1"}} {
			t.wantUnlinked(other)
		}
	}},
	{"SignIn without a link remembers none, and asks for none", func(t *trial) {
		t.signIn(login(alice, "d", "1"))
		t.wantLinks(alice)
		t.signIn(loginBy(identity("1"), bob, "d", "2"))
		t.signIn(login(bob, "d", "3"))
		t.wantLinks(bob, identity("1"))
		t.wantUnlinked(domain.Link{})
	}},
	{"a link that is known decides, whoever the sign-in names", func(t *trial) {
		t.signIn(loginBy(identity("1"), alice, "d", "1"))
		t.create(domain.User{ID: bob, CreatedAt: noon})
		for i, user := range []domain.UserID{alice, bob, carol} {
			access := string(rune('a' + i))
			for _, in := range []domain.SignIn{loginBy(identity("1"), user, "d", access), existing(loginBy(identity("1"), user, "d", access))} {
				if out := t.signIn(in); out.User.ID != alice || out.Created || out.NewDevice {
					t.Fatalf("as %s: %+v", user, out)
				}
				t.wantBearer(access, alice, "d")
			}
		}
		in := loginBy(identity("1"), carol, "d", "t")
		in.Create = false
		t.signIn(in)
		t.wantLinks(alice, identity("1"))
		t.wantLinks(bob)
		t.wantDevices(bob)
		t.wantNobody(carol)
	}},
	{"a user of a known link who may not be used is refused, and not passed over", func(t *trial) {
		t.signIn(loginBy(identity("1"), alice, "d", "1"))
		t.create(domain.User{ID: bob, CreatedAt: noon})
		t.update(domain.User{ID: alice, Locked: true})
		t.wantRefused(existing(loginBy(identity("1"), bob, "d", "t")), domain.ErrUserLocked)
		t.wantDevices(bob)
	}},
	{"no identity takes another's account, and nothing is written", func(t *trial) {
		t.signIn(loginBy(identity("1"), alice, "d", "1"))
		for _, other := range []domain.Link{
			identity("2"), identity("11"),
			{Provider: "other", Issuer: "https://id.example.org", Subject: "1"},
			{Provider: "corp", Issuer: "https://ID.example.org", Subject: "1"},
			{Provider: "corp", Subject: "1"},
		} {
			t.wantRefused(loginBy(other, alice, "e", "t"), domain.ErrOtherIdentity)
			t.wantRefused(existing(loginBy(other, alice, "e", "t")), domain.ErrOtherIdentity)
			t.wantUnlinked(other)
		}
		t.wantDevices(alice, "d")
		t.wantBearer("1", alice, "d")
		t.wantLinks(alice, identity("1"))
	}},
	{"an identity in another spelling of A to Z takes its account, with existing ones or without", func(t *trial) {
		t.signIn(loginBy(identity("Alice"), alice, "d", "1"))
		t.signIn(loginBy(identity("alice"), alice, "d", "2"))
		t.signIn(existing(loginBy(identity("aLICE"), alice, "d", "3")))
		t.wantLinks(alice, identity("Alice"), identity("alice"), identity("aLICE"))
		t.wantRefused(existing(loginBy(identity("al\u0131ce"), alice, "d", "t")), domain.ErrOtherIdentity)
		t.wantRefused(existing(loginBy(identity("bob"), alice, "d", "t")), domain.ErrOtherIdentity)
	}},
	{"an account without a link is taken only if existing ones are linked, once", func(t *trial) {
		for _, user := range []domain.UserID{alice, bob} {
			t.create(domain.User{ID: user, CreatedAt: noon})
		}
		t.wantRefused(loginBy(identity("1"), alice, "d", "t"), domain.ErrOtherIdentity)
		t.wantDevices(alice)
		t.wantUnlinked(identity("1"))
		if out := t.signIn(existing(loginBy(identity("1"), alice, "d", "1"))); out.Created || !out.NewDevice || out.User.ID != alice {
			t.Fatalf("got %+v", out)
		}
		t.wantBearer("1", alice, "d")
		t.wantLinks(alice, identity("1"))
		t.wantRefused(existing(loginBy(identity("2"), alice, "d", "t")), domain.ErrOtherIdentity)
		t.signIn(loginBy(identity("1"), alice, "d", "2"))
	}},
	{"of two users who exist an identity is held against the first", func(t *trial) {
		t.signIn(loginBy(identity("1"), mixed, "d", "1"))
		t.create(domain.User{ID: lower, CreatedAt: noon})
		in := existing(loginEither(true))
		in.Link = identity("2")
		t.wantRefused(in, domain.ErrOtherIdentity)
		in.Link = identity("1")
		t.wantEqual(t.signIn(in).User.ID, mixed)
		t.wantLinks(lower)
	}},
	{"who may not have an account is not told its state; who may is, and is not linked", func(t *trial) {
		t.create(domain.User{ID: alice, Locked: true}, domain.User{ID: bob, Deactivated: true})
		t.wantRefused(loginBy(identity("1"), alice, "d", "t"), domain.ErrOtherIdentity)
		t.wantRefused(existing(loginBy(identity("1"), alice, "d", "t")), domain.ErrUserLocked)
		t.wantRefused(existing(loginBy(identity("1"), bob, "d", "t")), domain.ErrUserDeactivated)
		t.wantUnlinked(identity("1"))
	}},
	{"who is refused in a transaction leaves nothing in it, and it goes on", func(t *trial) {
		t.signIn(loginBy(identity("1"), alice, "d", "1"))
		t.create(domain.User{ID: bob, CreatedAt: noon}, domain.User{ID: carol, Locked: true})
		t.wantError(t.transact(func(tx *trial) error {
			tx.wantRefused(existing(loginBy(identity("2"), alice, "d", "t")), domain.ErrOtherIdentity)
			tx.wantRefused(existing(loginBy(identity("2"), carol, "d", "t")), domain.ErrUserLocked)
			tx.signIn(existing(loginBy(identity("3"), bob, "d", "3")))
			tx.wantOwner(identity("3"), bob)
			return nil
		}), nil)
		t.wantUnlinked(identity("2"))
		t.wantBearer("3", bob, "d")
		t.wantLinks(bob, identity("3"))
	}},
	{"SignIn gives a profile to whom it creates, and to nobody else", func(t *trial) {
		in := login(alice, "d", "1")
		in.Profile = domain.Profile{DisplayName: "Alice", AvatarURL: "mxc://x/a", Email: "alice@example.org", Admin: true}
		want := domain.User{ID: alice, DisplayName: "Alice", AvatarURL: "mxc://x/a", Admin: true, CreatedAt: noon}
		t.wantEqual(t.signIn(in).User, want)
		t.wantEqual(t.user(alice), want)
		in.SessionID, in.Profile = session("2"), domain.Profile{DisplayName: "M", AvatarURL: "mxc://x/m", Email: "m@example.org"}
		in.At = noon.Add(time.Hour)
		t.wantEqual(t.signIn(in).User, want)
		t.wantAddresses(alice, domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "alice@example.org", ValidatedAt: noon, AddedAt: noon})
	}},
	{"an address that is somebody's stays so, and its next one signs in without", func(t *trial) {
		t.create(domain.User{ID: bob, CreatedAt: noon})
		t.addAddress(address(bob, domain.Email, "alice@example.org"))
		in := login(alice, "d", "t")
		in.Email = "alice@example.org"
		t.signIn(in)
		t.wantBearer("t", alice, "d")
		t.wantAddresses(alice)
		t.wantAddresses(bob, address(bob, domain.Email, "alice@example.org"))
	}},
}

func (t *trial) wantOwner(link domain.Link, want domain.UserID) {
	t.Helper()
	got, err := t.Links.Owner(t.Context(), link)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}

func (t *trial) wantUnlinked(link domain.Link) {
	t.Helper()
	_, err := t.Links.Owner(t.Context(), link)
	t.wantError(err, domain.ErrNotFound)
}

// wantLinks wants the user to have exactly these links.
func (t *trial) wantLinks(user domain.UserID, want ...domain.Link) {
	t.Helper()
	list, err := t.Links.List(t.Context(), user)
	t.wantError(err, nil)
	got, wanted := map[domain.Link]bool{}, map[domain.Link]bool{}
	for _, link := range list {
		got[link] = true
	}
	for _, link := range want {
		wanted[link] = true
	}
	t.wantEqual(len(list), len(want))
	t.wantEqual(got, wanted)
}
