package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// update replaces all of the user, who must be there.
func (t *trial) update(user domain.User) {
	t.Helper()
	t.change(user.ID, func(u *domain.User) error { *u = user; return nil })
}

// change updates the user, who must be there.
func (t *trial) change(id domain.UserID, change func(*domain.User) error) domain.User {
	t.Helper()
	user, err := t.Users.Update(t.Context(), id, change)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

var userUpdatePromises = []promise{
	{"users' Update shows change the user and keeps what it makes of it, but the id and the time of creation", func(t *trial) {
		before := domain.User{ID: alice, DisplayName: "A.", CreatedAt: noon}
		t.create(before, domain.User{ID: bob, CreatedAt: noon})
		for _, want := range []domain.User{
			everything(alice),
			{Locked: true}, {Deactivated: true}, {Erased: true}, {Suspended: true}, {Admin: true}, {Guest: true},
			{DisplayName: "Alice"}, {AvatarURL: "mxc://example.org/x"}, {},
		} {
			stored := t.change(alice, func(u *domain.User) error {
				if *u != before {
					t.Errorf("change is shown %+v, want %+v", *u, before)
				}
				*u = want
				u.ID, u.CreatedAt = bob, noon.Add(time.Hour)
				return nil
			})
			want.ID, want.CreatedAt = alice, noon
			t.wantEqual(stored, want)
			t.wantEqual(t.user(alice), want)
			before = want
		}
		t.wantEqual(t.user(bob), domain.User{ID: bob, CreatedAt: noon})
	}},
	{"users' Update that changes nothing succeeds", func(t *trial) {
		t.create(everything(alice))
		t.wantEqual(t.change(alice, func(*domain.User) error { return nil }), everything(alice))
	}},
	{"users' Update returns ErrNotFound for nobody, shows nobody and creates nobody", func(t *trial) {
		_, err := t.Users.Update(t.Context(), alice, func(*domain.User) error {
			t.Error("change is shown somebody")
			return nil
		})
		t.wantError(err, domain.ErrNotFound)
		t.wantNobody(alice)
	}},
}
