package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// imported is a device of a user with a session that a token of the name opens.
func imported(user domain.UserID, device domain.DeviceID, access string) domain.ImportedDevice {
	return domain.ImportedDevice{
		Device: domain.Device{
			UserID: user, ID: device, DisplayName: "device " + string(device), CreatedAt: noon,
			LastSeen: domain.Seen{At: later(time.Minute), Address: "192.0.2.7", UserAgent: "agent"},
		},
		Session: domain.Session{ID: session(access), Pair: domain.Pair{Access: token(access)}, Confirmed: true},
	}
}

func importedUsers(users ...domain.UserID) (list []domain.ImportedUser) {
	for _, id := range users {
		list = append(list, domain.ImportedUser{User: domain.User{ID: id, CreatedAt: noon}})
	}
	return list
}

var importPromises = []promise{
	{"imported users keep all that they have, and their passwords", func(t *trial) {
		want := everything(alice)
		there, err := t.Imports.AddUsers(t.Context(), []domain.ImportedUser{
			{User: want, Password: "hash"}, {User: domain.User{ID: bob, CreatedAt: noon}},
		})
		t.wantError(err, nil)
		t.wantEqual(there, []domain.User(nil))
		t.wantEqual(t.user(alice), want)
		got, err := t.Passwords.ByUser(t.Context(), alice)
		t.wantError(err, nil)
		t.wantEqual(got, domain.PasswordHash("hash"))
		_, err = t.Passwords.ByUser(t.Context(), bob)
		t.wantError(err, domain.ErrNotFound)
	}},
	{"AddUsers leaves users alone who are there, and returns them", func(t *trial) {
		t.createUsers(bob, alice)
		t.setPassword(alice, "own")
		there, err := t.Imports.AddUsers(t.Context(), []domain.ImportedUser{
			{User: everything(carol)}, {User: everything(bob), Password: "other"}, {User: everything(alice), Password: "other"},
		})
		t.wantError(err, nil)
		t.wantEqual(there, []domain.User{t.user(alice), t.user(bob)})
		t.wantEqual(t.user(alice), domain.User{ID: alice, CreatedAt: noon})
		t.wantEqual(t.user(carol), everything(carol))
		got, err := t.Passwords.ByUser(t.Context(), alice)
		t.wantError(err, nil)
		t.wantEqual(got, domain.PasswordHash("own"))
	}},
	{"of 10 concurrent AddUsers each user is added by one, and returned by the others", func(t *trial) {
		for _, round := range names("round", 5) {
			var ids []domain.UserID
			for _, name := range names(round+"-", 50) {
				ids = append(ids, domain.UserID("@"+name+":example.org"))
			}
			added := make([]int, 10)
			for _, err := range together(len(added), func(i int) error {
				there, err := t.Imports.AddUsers(t.Context(), importedUsers(ids...))
				added[i] = len(ids) - len(there)
				return err
			}) {
				t.wantError(err, nil)
			}
			sum := 0
			for _, n := range added {
				sum += n
			}
			t.wantEqual(sum, len(ids))
		}
	}},
	{"imported devices keep all that they have, and their sessions go on", func(t *trial) {
		t.createUsers(alice, bob)
		phone := imported(alice, "PHONE", "a")
		phone.Session.AccessExpires, phone.Session.Ends = later(time.Minute), later(time.Hour)
		phone.Session.Refresh, phone.Session.RefreshExpires = token("a refresh"), later(time.Hour)
		bare := domain.ImportedDevice{Device: domain.Device{UserID: bob, ID: "PHONE", CreatedAt: noon}}
		t.wantError(t.Imports.AddDevices(t.Context(), []domain.ImportedDevice{phone, imported(alice, "OTHER", "b"), bare}), nil)
		for _, d := range []domain.ImportedDevice{phone, bare} {
			got, err := t.Devices.ByID(t.Context(), d.UserID, d.ID)
			t.wantError(err, nil)
			t.wantEqual(got, d.Device)
		}
		t.wantBearer("a", alice, "PHONE")
		t.wantBearer("b", alice, "OTHER")
		bearer, err := t.Sessions.ByAccessToken(t.Context(), key("a"), later(time.Minute))
		t.wantError(err, nil)
		t.wantEqual(bearer.Stale, true)
		renewed, err := t.Sessions.Refresh(t.Context(), domain.Renewal{
			Token: domain.TokenKey{Session: session("a"), Token: token("a refresh")},
			Pair:  domain.Pair{Access: token("a/2"), AccessExpires: later(24 * time.Hour)}, At: noon,
		})
		t.wantError(err, nil)
		t.wantEqual(renewed.AccessExpires, later(time.Hour))
		t.wantBearer("a/2", alice, "PHONE")
	}},
	{"an imported session that is not confirmed is refreshed with the token before, until it is used", func(t *trial) {
		t.createUsers(alice)
		d := imported(alice, "PHONE", "a")
		d.Session.Refresh, d.Session.Confirmed = token("a refresh"), false
		d.Session.PreviousRefresh, d.Session.PreviousRefreshExpires = token("before"), later(time.Hour)
		t.wantError(t.Imports.AddDevices(t.Context(), []domain.ImportedDevice{d}), nil)
		before := domain.Renewal{
			Token: domain.TokenKey{Session: session("a"), Token: token("before")}, Pair: domain.Pair{Access: token("a/2")}, At: noon,
		}
		_, err := t.Sessions.Refresh(t.Context(), before)
		t.wantError(err, nil)
		t.wantBearer("a/2", alice, "PHONE")
		_, err = t.Sessions.Refresh(t.Context(), before)
		t.wantError(err, domain.ErrNotFound)
	}},
	{"AddDevices adds no device that is there, nor a session, nor a device of nobody, and then nothing", func(t *trial) {
		t.createUsers(alice)
		t.signIn(login(alice, "d", "d"))
		t.wantUnchanged(func() {
			t.wantError(t.Imports.AddDevices(t.Context(), []domain.ImportedDevice{imported(alice, "e", "e"), imported(alice, "d", "f")}), domain.ErrExists)
			t.wantError(t.Imports.AddDevices(t.Context(), []domain.ImportedDevice{imported(alice, "e", "e"), imported(alice, "f", "d")}), domain.ErrExists)
			if err := t.Imports.AddDevices(t.Context(), []domain.ImportedDevice{imported(alice, "e", "e"), imported(nobody, "f", "f")}); err == nil {
				t.Error("a device of nobody was added")
			}
		})
	}},
	{"AddThirdPartyIDs adds those that are nobody's, and returns those that are another's", func(t *trial) {
		t.createUsers(alice, bob)
		t.addAddress(address(alice, domain.Email, "alice@example.org"))
		his, hers := address(bob, domain.Email, "alice@example.org"), address(alice, domain.Email, "alice@example.org")
		first, second := address(bob, domain.Phone, "4420"), address(alice, domain.Phone, "4420")
		taken, err := t.Imports.AddThirdPartyIDs(t.Context(), []domain.ThirdPartyID{first, his, hers, second})
		t.wantError(err, nil)
		t.wantEqual(taken, []domain.ThirdPartyID{his, second})
		got, err := t.ThirdPartyIDs.ByAddress(t.Context(), domain.Phone, "4420")
		t.wantError(err, nil)
		t.wantEqual(got, first)
		list, err := t.ThirdPartyIDs.List(t.Context(), alice)
		t.wantError(err, nil)
		t.wantEqual(list, []domain.ThirdPartyID{hers})
		t.wantUnchanged(func() {
			if _, err := t.Imports.AddThirdPartyIDs(t.Context(), []domain.ThirdPartyID{
				address(alice, domain.Email, "new@example.org"), address(nobody, domain.Phone, "4421"),
			}); err == nil {
				t.Error("an address of nobody was added")
			}
		})
	}},
	{"more is imported with one call than a database takes with one statement", func(t *trial) {
		const many = 1500
		var ids []domain.UserID
		var devices []domain.ImportedDevice
		var tokens []domain.ImportedToken
		var addresses []domain.ThirdPartyID
		for _, name := range names("u", many) {
			id := domain.UserID("@" + name + ":example.org")
			ids = append(ids, id)
			devices = append(devices, imported(id, "d", name))
			tokens = append(tokens, domain.ImportedToken{Hash: token(name), Session: session(name)})
			addresses = append(addresses, address(id, domain.Email, name+"@example.org"))
		}
		for range 2 {
			_, err := t.Imports.AddUsers(t.Context(), importedUsers(ids...))
			t.wantError(err, nil)
			t.wantError(t.ImportedTokens.Add(t.Context(), tokens), nil)
			taken, err := t.Imports.AddThirdPartyIDs(t.Context(), addresses)
			t.wantError(err, nil)
			t.wantEqual(taken, []domain.ThirdPartyID(nil))
		}
		t.wantError(t.Imports.AddDevices(t.Context(), devices), nil)
		_, total, err := t.Users.List(t.Context(), domain.UserQuery{Limit: 1})
		t.wantError(err, nil)
		t.wantEqual(total, many)
	}},
	{"nothing is imported with empty lists", func(t *trial) {
		t.wantUnchanged(func() {
			_, err := t.Imports.AddUsers(t.Context(), nil)
			t.wantError(err, nil)
			t.wantError(t.Imports.AddDevices(t.Context(), nil), nil)
			_, err = t.Imports.AddThirdPartyIDs(t.Context(), nil)
			t.wantError(err, nil)
			t.wantError(t.ImportedTokens.Add(t.Context(), nil), nil)
		})
	}},
}
