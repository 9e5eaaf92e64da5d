package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var userPromises = []promise{
	{"Create keeps all of a user", func(t *trial) {
		want := everything(alice)
		t.create(want, domain.User{ID: bob, CreatedAt: noon})
		t.wantEqual(t.user(alice), want)
		t.wantEqual(t.user(bob), domain.User{ID: bob, CreatedAt: noon})
	}},
	{"Create returns ErrExists for an id that is taken, and changes nothing", func(t *trial) {
		want := domain.User{ID: alice, DisplayName: "first", CreatedAt: noon}
		t.create(want)
		t.wantError(t.Users.Create(t.Context(), domain.User{ID: alice, DisplayName: "second", Locked: true}), domain.ErrExists)
		t.wantEqual(t.user(alice), want)
	}},
	{"users' ByID returns ErrNotFound for nobody", func(t *trial) {
		t.wantNobody(alice)
	}},
	{"times are kept to the millisecond, in UTC, in every century", func(t *trial) {
		zone := time.FixedZone("east", 5*3600)
		for name, at := range map[domain.UserID]time.Time{
			"@unset:x": {},
			"@epoch:x": time.UnixMilli(0).UTC(),
			"@y2038:x": time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC),
			"@y9999:x": time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
			"@east:x":  time.Date(2026, 5, 4, 12, 0, 0, 5e6, zone),
			"@nano:x":  time.Date(2026, 5, 4, 12, 0, 0, 5_999_999, time.UTC),
		} {
			t.create(domain.User{ID: name, CreatedAt: at})
			t.wantEqual(t.user(name).CreatedAt, time.UnixMilli(at.UnixMilli()).UTC())
		}
	}},
}

// everything is a user of whom everything is said.
func everything(id domain.UserID) domain.User {
	return domain.User{
		ID: id, DisplayName: "Alice", AvatarURL: "mxc://example.org/abc", CreatedAt: noon.Add(-time.Hour),
		Admin: true, Guest: true, Suspended: true,
	}
}
