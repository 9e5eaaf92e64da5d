package gormstore_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestALinkIsRememberedWithTheFirstUserWhoSignsInWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		db := raw(t, url)
		if err := signIn(t.Context(), store, login(alice, "d", "none")); err != nil {
			t.Fatal(err)
		}
		if n := one[int](t, db, "SELECT count(*) FROM links"); n != 0 {
			t.Fatalf("%d links without one", n)
		}

		link := domain.Link{Provider: "corp", Issuer: "https://id.example.org", Subject: "1234"}
		for _, user := range []domain.UserID{alice, "@bob:example.org"} {
			in := login(user, "d", "of "+string(user))
			in.Link, in.LinkExisting = link, true
			if err := signIn(t.Context(), store, in); err != nil {
				t.Fatal(err)
			}
		}
		if n := one[int](t, db, "SELECT count(*) FROM links"); n != 1 {
			t.Fatalf("%d links", n)
		}
		key := link.Key()
		got := one[string](t, db,
			"SELECT provider || ' ' || issuer || ' ' || subject || ' ' || user_id FROM links WHERE key = $1", key[:])
		if want := "corp https://id.example.org 1234 " + string(alice); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestARefusedSignInLeavesNoLink(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, store *gormstore.Store) {
		if err := store.Repositories().Users.Create(t.Context(), domain.User{ID: alice, Locked: true}); err != nil {
			t.Fatal(err)
		}
		in := login(alice, "d", "t")
		in.Link = domain.Link{Provider: "corp", Subject: "1234"}
		if err := signIn(t.Context(), store, in); err == nil {
			t.Fatal("a locked user signed in")
		}
		if n := one[int](t, raw(t, url), "SELECT count(*) FROM links"); n != 0 {
			t.Fatalf("%d links", n)
		}
	})
}
