package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var interactionPromises = []promise{
	{"an interaction keeps all that it has, byte by byte", func(t *trial) {
		t.createUsers(alice, bob)
		full, done := interaction("full"), interaction("done")
		done.Done = true
		for _, want := range []domain.Interaction{
			full, done,
			{ID: token("empty"), Expires: far},
			{ID: token("one stage"), Completed: []string{"m.login.dummy"}, CreatedAt: noon, Expires: far},
		} {
			t.addInteraction(want)
			t.wantInteraction(want, noon)
		}
		_, err := t.Interactions.ByID(t.Context(), token("other"), noon)
		t.wantError(err, domain.ErrNotFound)
	}},
	{"an interaction expires to the millisecond", func(t *trial) {
		want := domain.Interaction{ID: token("i"), CreatedAt: noon, Expires: later(time.Minute)}
		t.addInteraction(want)
		t.wantInteraction(want, later(time.Minute-moment))
		for _, now := range []time.Time{later(time.Minute), later(time.Hour)} {
			_, err := t.Interactions.ByID(t.Context(), token("i"), now)
			t.wantError(err, domain.ErrNotFound)
			_, err = t.Interactions.Update(t.Context(), token("i"), now, func(*domain.Interaction) error { return errShown })
			t.wantError(err, domain.ErrNotFound)
		}
		_, err := t.Interactions.Update(t.Context(), token("i"), later(time.Minute-moment), func(i *domain.Interaction) error {
			i.Expires = later(2 * time.Minute)
			return nil
		})
		t.wantError(err, nil)
		want.Expires = later(2 * time.Minute)
		t.wantInteraction(want, later(2*time.Minute-moment))
	}},
	{"interactions' Update shows change one and keeps what it makes of it, but the id", func(t *trial) {
		t.createUsers(alice, bob)
		before, other := domain.Interaction{ID: token("i"), CreatedAt: noon, Expires: far}, interaction("other")
		t.addInteraction(before)
		t.addInteraction(other)
		full := interaction("")
		full.Done, full.CreatedAt = true, later(time.Second)
		for _, want := range []domain.Interaction{full, {Expires: later(time.Minute)}} {
			stored, err := t.Interactions.Update(t.Context(), token("i"), noon, func(i *domain.Interaction) error {
				t.wantEqual(*i, before)
				*i = want
				i.ID = token("other")
				return nil
			})
			t.wantError(err, nil)
			want.ID = token("i")
			t.wantEqual(stored, want)
			t.wantInteraction(want, noon)
			before = want
		}
		t.wantInteraction(other, noon)
	}},
	{"interactions' Update that changes nothing succeeds", func(t *trial) {
		t.createUsers(alice, bob)
		want := interaction("i")
		t.addInteraction(want)
		stored, err := t.Interactions.Update(t.Context(), token("i"), noon, func(*domain.Interaction) error { return nil })
		t.wantError(err, nil)
		t.wantEqual(stored, want)
	}},
	{"interactions' DeleteAll deletes those of a user, and those that were carried out for it", func(t *trial) {
		t.createUsers(alice, bob)
		nobodys := domain.Interaction{ID: token("nobody's"), CreatedAt: noon, Expires: far}
		bobs := domain.Interaction{ID: token("bob's"), User: bob, CreatedAt: noon, Expires: far}
		for _, one := range []domain.Interaction{
			nobodys, bobs,
			{ID: token("1"), User: alice, CreatedAt: noon, Expires: far},
			{ID: token("2"), Done: true, Result: alice, CreatedAt: noon, Expires: far},
		} {
			t.addInteraction(one)
		}
		t.wantError(t.Interactions.DeleteAll(t.Context(), ""), nil)
		t.wantError(t.Interactions.DeleteAll(t.Context(), alice), nil)
		t.wantInteraction(nobodys, noon)
		t.wantInteraction(bobs, noon)
		for _, name := range []string{"1", "2"} {
			_, err := t.Interactions.ByID(t.Context(), token(name), noon)
			t.wantError(err, domain.ErrNotFound)
		}
	}},
	{"interactions' DeleteExpired deletes those that have expired, to the millisecond, and says how many", func(t *trial) {
		lasting := func(name string, d time.Duration) domain.Interaction {
			return domain.Interaction{ID: token(name), CreatedAt: noon, Expires: later(d)}
		}
		kept := lasting("kept", time.Minute+moment)
		for _, one := range []domain.Interaction{kept, lasting("1", time.Minute), lasting("2", -time.Hour)} {
			t.addInteraction(one)
		}
		for _, want := range []int{2, 0} {
			n, err := t.Interactions.DeleteExpired(t.Context(), later(time.Minute))
			t.wantError(err, nil)
			t.wantEqual(n, want)
		}
		t.wantInteraction(kept, noon)
		// They are gone, and not only expired.
		for _, name := range []string{"1", "2"} {
			_, err := t.Interactions.ByID(t.Context(), token(name), noon.Add(-1000*time.Hour))
			t.wantError(err, domain.ErrNotFound)
			t.addInteraction(lasting(name, time.Minute))
		}
	}},
	{"of 20 concurrent Creates of one interaction exactly one succeeds", func(t *trial) {
		errs := together(20, func(int) error {
			return t.Interactions.Create(t.Context(), domain.Interaction{ID: token("i"), Expires: far})
		})
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
	{"of 20 transactions that carry out one interaction exactly one does", func(t *trial) {
		t.addInteraction(domain.Interaction{ID: token("i"), Expires: far})
		errs := together(20, func(i int) error {
			user := domain.UserID("@" + names("user", 20)[i] + ":x")
			return t.transact(func(tx *trial) error {
				_, err := tx.Interactions.Update(t.Context(), token("i"), noon, func(i *domain.Interaction) error {
					if i.Done {
						return errOwn
					}
					i.Done = true
					return nil
				})
				if err != nil {
					return err
				}
				return tx.Users.Create(t.Context(), domain.User{ID: user})
			})
		})
		t.wantOneSuccess(errs, errOwn)
		_, n, err := t.Users.List(t.Context(), domain.UserQuery{Limit: 100})
		t.wantError(err, nil)
		t.wantEqual(n, 1)
	}},
}

// wantInteraction wants the interaction to be there at the time.
func (t *trial) wantInteraction(want domain.Interaction, now time.Time) {
	t.Helper()
	got, err := t.Interactions.ByID(t.Context(), want.ID, now)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}
