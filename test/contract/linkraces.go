package contract

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/domain"
)

// rounds is how often what needs luck to go wrong is tried.
const rounds = 8

var linkRacePromises = []promise{
	{"of identities that first log in to one name at once exactly one gets the account", func(t *trial) {
		for round := range rounds {
			user := domain.UserID(fmt.Sprintf("@user%d:x", round))
			t.wantOneOwner(user, func(i int) domain.SignIn {
				return loginBy(identity(fmt.Sprint(round, "-", i)), user, "d", fmt.Sprint(round, "-", i))
			})
		}
	}},
	{"of identities that take one existing account at once exactly one gets it", func(t *trial) {
		for round := range rounds {
			user := domain.UserID(fmt.Sprintf("@user%d:x", round))
			t.create(domain.User{ID: user, CreatedAt: noon})
			t.wantOneOwner(user, func(i int) domain.SignIn {
				return existing(loginBy(identity(fmt.Sprint(round, "-", i)), user, "d", fmt.Sprint(round, "-", i)))
			})
		}
	}},
	{"50 first logins of one identity at once all succeed, and one creates the user", func(t *trial) {
		for round := range 3 {
			user, link := domain.UserID(fmt.Sprintf("@user%d:x", round)), identity(fmt.Sprint(round))
			var created atomic.Int32
			errs := together(50, func(i int) error {
				name := fmt.Sprint(round, "-", i)
				out, err := t.Sessions.SignIn(t.Context(), loginBy(link, user, domain.DeviceID(name), name))
				if out.Created {
					created.Add(1)
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			t.wantEqual(created.Load(), int32(1))
			t.wantLinks(user, link)
		}
	}},
	{"50 logins of one identity at once all take an existing account", func(t *trial) {
		t.create(domain.User{ID: alice, CreatedAt: noon})
		errs := together(50, func(i int) error {
			_, err := t.Sessions.SignIn(t.Context(), existing(loginBy(identity("1"), alice, "d", fmt.Sprint(i))))
			return err
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantLinks(alice, identity("1"))
		t.wantEqual(t.countLive(names("", 50)), map[domain.DeviceID]int{"d": 1})
	}},
	{"an identity that first logs in by many names at once gets one user, also in transactions", func(t *trial) {
		for round := range rounds {
			link := identity(fmt.Sprint(round))
			user := func(i int) domain.UserID { return domain.UserID(fmt.Sprintf("@user%d-%d:x", round, i)) }
			if round%2 == 1 { // some of the names are there already
				t.create(domain.User{ID: user(0), CreatedAt: noon}, domain.User{ID: user(3), CreatedAt: noon})
			}
			owners := make([]domain.UserID, 8)
			errs := together(len(owners), func(i int) error {
				in := existing(loginBy(link, user(i), domain.DeviceID(fmt.Sprint(i)), fmt.Sprint(round, "-", i)))
				if i%2 == 0 {
					out, err := t.Sessions.SignIn(t.Context(), in)
					owners[i] = out.User.ID
					return err
				}
				return t.transact(func(tx *trial) error {
					out, err := tx.Sessions.SignIn(t.Context(), in)
					owners[i] = out.User.ID
					return err
				})
			})
			t.wantError(errors.Join(errs...), nil)
			for i, owner := range owners {
				t.wantEqual(owner, owners[0])
				t.wantBearer(fmt.Sprint(round, "-", i), owners[0], domain.DeviceID(fmt.Sprint(i)))
				if user(i) != owner && (round%2 == 0 || i != 0 && i != 3) {
					t.wantNobody(user(i))
				}
			}
			t.wantLinks(owners[0], link)
		}
	}},
	{"of a Create and first logins of identities at once nobody gets what is not its own", func(t *trial) {
		for round := range rounds {
			user := domain.UserID(fmt.Sprintf("@user%d:x", round))
			errs := together(8, func(i int) error {
				if i == 0 {
					return t.Users.Create(t.Context(), domain.User{ID: user, CreatedAt: noon})
				}
				in := loginBy(identity(fmt.Sprint(round, "-", i)), user, domain.DeviceID(fmt.Sprint(i)), fmt.Sprint(round, "-", i))
				_, err := t.Sessions.SignIn(t.Context(), in)
				return err
			})
			list, err := t.Links.List(t.Context(), user)
			t.wantError(err, nil)
			winners := 0
			for i, err := range errs {
				switch {
				case err == nil:
					winners++
				case i == 0:
					t.wantError(err, domain.ErrExists)
				default:
					t.wantError(err, domain.ErrOtherIdentity)
					t.wantDead(fmt.Sprint(round, "-", i))
				}
			}
			t.wantEqual(winners, 1)
			if errs[0] == nil {
				t.wantLinks(user)
			} else {
				t.wantEqual(len(list), 1)
			}
		}
	}},
}

// wantOneOwner lets eight sign-ins of a user happen at once, of which one is to
// succeed.
func (t *trial) wantOneOwner(user domain.UserID, in func(i int) domain.SignIn) {
	t.Helper()
	errs := together(8, func(i int) error {
		_, err := t.Sessions.SignIn(t.Context(), in(i))
		return err
	})
	t.wantOneSuccess(errs, domain.ErrOtherIdentity)
	for i, err := range errs {
		if err == nil {
			t.wantLinks(user, in(i).Link)
			t.wantOwner(in(i).Link, user)
		} else {
			t.wantUnlinked(in(i).Link)
		}
	}
	t.wantDevices(user, "d")
}
