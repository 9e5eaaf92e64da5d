package memstore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var later = time.UnixMilli(1000).UTC()

// Whoever holds a slice that an interaction came from, or was returned with,
// changes nothing that is stored with it.
func TestNobodyHoldsAPieceOfAStoredInteraction(t *testing.T) {
	stored := memstore.New().Repositories().Interactions
	id := domain.TokenHash{1}
	fresh := func() domain.Interaction {
		return domain.Interaction{ID: id, Completed: []string{"a", "b"}, Accepted: []string{"c", "d"}, Expires: later}
	}
	read := func() domain.Interaction {
		t.Helper()
		got, err := stored.ByID(t.Context(), id, time.Time{})
		if diff := cmp.Diff(fresh(), got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
		return got
	}
	scribble := func(i *domain.Interaction) { i.Completed[0], i.Accepted[0] = "changed", "changed" }

	created := fresh()
	must(t, stored.Create(t.Context(), created))
	scribble(&created)
	found := read()
	scribble(&found)
	var held *domain.Interaction
	updated, err := stored.Update(t.Context(), id, time.Time{}, func(i *domain.Interaction) error { held = i; return nil })
	must(t, err)
	read()
	scribble(held)
	scribble(&updated)
	read()
	_, err = stored.Update(t.Context(), id, time.Time{}, func(i *domain.Interaction) error { scribble(i); return errRefused })
	if err != errRefused {
		t.Error(err)
	}
	read()
}

func TestNobodyHoldsAPieceOfAStoredRegistrationToken(t *testing.T) {
	stored := memstore.New().Repositories().RegistrationTokens
	read := func() *domain.RegistrationToken {
		t.Helper()
		got, err := stored.ByToken(t.Context(), "t", time.Time{})
		if err != nil || *got.UsesAllowed != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		return &got
	}

	created := domain.RegistrationToken{Token: "t", UsesAllowed: new(3)}
	must(t, stored.Create(t.Context(), created))
	*created.UsesAllowed = 9
	*read().UsesAllowed = 9
	list, err := stored.List(t.Context(), time.Time{})
	must(t, err)
	*list[0].UsesAllowed = 9
	var held *domain.RegistrationToken
	updated, err := stored.Update(t.Context(), "t", time.Time{}, func(r *domain.RegistrationToken) error { held = r; return nil })
	must(t, err)
	*held.UsesAllowed, *updated.UsesAllowed = 9, 9
	_, err = stored.Update(t.Context(), "t", time.Time{}, func(r *domain.RegistrationToken) error { *r.UsesAllowed = 9; return errRefused })
	if err != errRefused {
		t.Error(err)
	}
	read()
}

// Updates are those of a store, or of a transaction of one.
func TestAChangeThatPanicsLeavesNothing(t *testing.T) {
	store := memstore.New()
	all := store.Repositories()
	must(t, all.Users.Create(t.Context(), domain.User{ID: "@alice:x"}))
	must(t, all.Interactions.Create(t.Context(), domain.Interaction{ID: domain.TokenHash{1}, Expires: later}))
	must(t, all.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "t"}))

	panicAll(t, all)
	must(t, store.InTransaction(t.Context(), func(tx ports.Repositories) error { panicAll(t, tx); return nil }))

	user, errUser := all.Users.ByID(t.Context(), "@alice:x")
	interaction, errInteraction := all.Interactions.ByID(t.Context(), domain.TokenHash{1}, time.Time{})
	token, errToken := all.RegistrationTokens.ByToken(t.Context(), "t", time.Time{})
	if errUser != nil || errInteraction != nil || errToken != nil || user.Locked || interaction.Done || token.Completed != 0 {
		t.Errorf("%+v %v, %+v %v, %+v %v", user, errUser, interaction, errInteraction, token, errToken)
	}
}

// panicAll panics within every change function.
func panicAll(t *testing.T, all ports.Repositories) {
	recovered := func(do func()) {
		defer func() {
			if recover() != any(errRefused) {
				t.Error("the panic was not passed on")
			}
		}()
		do()
	}
	recovered(func() {
		_, _ = all.Users.Update(t.Context(), "@alice:x", func(u *domain.User) error { u.Locked = true; panic(errRefused) })
	})
	recovered(func() {
		_, _ = all.Interactions.Update(t.Context(), domain.TokenHash{1}, time.Time{}, func(i *domain.Interaction) error { i.Done = true; panic(errRefused) })
	})
	recovered(func() {
		_, _ = all.RegistrationTokens.Update(t.Context(), "t", time.Time{}, func(r *domain.RegistrationToken) error { r.Completed++; panic(errRefused) })
	})
}
