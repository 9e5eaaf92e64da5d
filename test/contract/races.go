package contract

import (
	"errors"
	"fmt"

	"github.com/seed-31b6c987/doorward/domain"
)

var racePromises = []promise{
	{"of a SignIn and a DeleteAll at once the whole login is there afterwards, or nothing", func(t *trial) {
		t.createUsers(alice)
		for round := range 20 {
			name := func(i int) string { return fmt.Sprint(round, " ", i) }
			errs := together(8, func(i int) (err error) {
				device := domain.DeviceID(fmt.Sprint(i))
				switch i {
				case 0:
					_, err = t.Devices.DeleteAll(t.Context(), alice, "7")
				case 1:
					_, err = t.Devices.Delete(t.Context(), alice, "2", "3", "0")
				default:
					_, err = t.Sessions.SignIn(t.Context(), login(alice, device, name(i)))
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			for i := 2; i < 8; i++ {
				_, err := t.Devices.ByID(t.Context(), alice, domain.DeviceID(fmt.Sprint(i)))
				t.wantEqual(t.isLive(name(i)), err == nil)
			}
			t.wantBearer(name(7), alice, "7")
		}
	}},
	{"whoever is locked and signed out in one transaction is signed in nowhere, whatever logins come at once", func(t *trial) {
		for round := range 10 {
			user := domain.UserID(fmt.Sprintf("@user%d:x", round))
			t.signIn(login(user, "0", fmt.Sprint(user, 0)))
			errs := together(8, func(i int) error {
				if i == 0 {
					return t.transact(func(tx *trial) error {
						_, errLock := tx.Users.Update(t.Context(), user, lock)
						_, errDelete := tx.Devices.DeleteAll(t.Context(), user)
						return errors.Join(errLock, errDelete)
					})
				}
				device := domain.DeviceID(fmt.Sprint(i / 2))
				_, err := t.Sessions.SignIn(t.Context(), login(user, device, fmt.Sprint(user, i)))
				if errors.Is(err, domain.ErrUserLocked) {
					return nil
				}
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			t.wantDevices(user)
			t.wantDead(names(string(user), 8)...)
		}
	}},
	{"no login sees a user as a transaction leaves it only for a while", func(t *trial) {
		t.signIn(login(alice, "first", "first"))
		errs := together(20, func(i int) error {
			if i%2 == 0 {
				_, err := t.Sessions.SignIn(t.Context(), login(alice, "d", fmt.Sprint(i)))
				return err
			}
			return t.transact(func(tx *trial) error {
				_, errLock := tx.Users.Update(t.Context(), alice, lock)
				_, errUnlock := tx.Users.Update(t.Context(), alice, func(u *domain.User) error { u.Locked = false; return nil })
				return errors.Join(errLock, errUnlock)
			})
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantEqual(t.countLive(names("", 20)), map[domain.DeviceID]int{"d": 1})
	}},
	{"of 20 concurrent Creates of one device exactly one succeeds", func(t *trial) {
		t.createUsers(alice)
		errs := together(20, func(int) error {
			return t.Devices.Create(t.Context(), domain.Device{UserID: alice, ID: "d"})
		})
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
	{"of 20 concurrent Deletes of one device exactly one returns it", func(t *trial) {
		t.signInOn(alice, "a", "d")
		errs := together(20, func(i int) error {
			ids := []domain.DeviceID{"a", "d"}
			gone, err := t.Devices.Delete(t.Context(), alice, ids[i%2], ids[1-i%2])
			if err == nil && len(gone) == 0 {
				return domain.ErrNotFound
			}
			return err
		})
		t.wantOneSuccess(errs, domain.ErrNotFound)
	}},
	{"first logins and a Create of one user at once: one creates it, and all log in", func(t *trial) {
		for round := range 5 {
			user := domain.UserID(fmt.Sprintf("@user%d:x", round))
			created := make([]bool, 10)
			errs := together(10, func(i int) error {
				if i == 0 {
					err := t.Users.Create(t.Context(), domain.User{ID: user, CreatedAt: noon})
					if created[i] = err == nil; errors.Is(err, domain.ErrExists) {
						return nil
					}
					return err
				}
				out, err := t.Sessions.SignIn(t.Context(), login(user, domain.DeviceID(fmt.Sprint(i)), fmt.Sprint(user, i)))
				created[i] = out.Created
				return err
			})
			t.wantError(errors.Join(errs...), nil)
			n := 0
			for _, one := range created {
				if one {
					n++
				}
			}
			t.wantEqual(n, 1)
		}
	}},
	{"whatever happens to a user at once, nothing fails for that", func(t *trial) {
		t.createUsers(alice)
		errs := together(60, func(i int) error {
			device := domain.DeviceID(fmt.Sprint(i % 4))
			err := t.anything(i%12, device, fmt.Sprint(i))
			if errors.Is(err, domain.ErrNotFound) || errors.Is(err, domain.ErrExists) {
				return nil
			}
			return err
		})
		t.wantError(errors.Join(errs...), nil)
	}},
}

// anything does one of twelve things to alice, who has a device or not.
func (t *trial) anything(what int, device domain.DeviceID, name string) (err error) {
	ctx := t.Context()
	switch what {
	case 0, 1, 2:
		_, err = t.Sessions.SignIn(ctx, refreshable(alice, device, name))
	case 3:
		_, err = t.Users.Update(ctx, alice, func(u *domain.User) error { u.DisplayName = name; return nil })
	case 4:
		_, err = t.Devices.Delete(ctx, alice, "3", device, "0")
	case 5:
		_, err = t.Devices.DeleteAll(ctx, alice, device)
	case 6:
		err = t.Devices.Create(ctx, domain.Device{UserID: alice, ID: device})
	case 7:
		err = t.Devices.Rename(ctx, alice, device, name)
	case 8:
		err = t.Passwords.Put(ctx, alice, domain.PasswordHash(name))
	case 9:
		err = t.Sightings.Record(ctx, []domain.Sighting{{User: alice, Device: "3"}, {User: alice, Device: device}, {User: alice, Device: "9"}})
	case 10:
		err = t.Tickets.Create(ctx, domain.Ticket{Hash: token(name), User: alice}, noon)
	case 11:
		err = t.transact(func(tx *trial) error {
			_, errUser := tx.Users.Update(ctx, alice, func(u *domain.User) error { u.AvatarURL = name; return nil })
			_, errDevices := tx.Devices.DeleteAll(ctx, alice, "1")
			return errors.Join(errUser, errDevices, tx.Passwords.Put(ctx, alice, ""), tx.Tickets.DeleteAll(ctx, alice))
		})
	}
	return err
}
