package application_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestAnImportTakesOverWhatThereIs(t *testing.T) {
	storage := memstore.New()
	wantCounts(t, mustImport(t, importOf(storage, elsewhere{accounts: foreigners("a", "b", "c", "d", "e")})), of(5, nil))
	for _, name := range []string{"a", "e"} {
		if device, err := whose(t, storage, "syt_"+name); device != domain.DeviceID(name) || err != nil {
			t.Errorf("%s: %q, %v", name, device, err)
		}
	}
	id, err := storage.Repositories().ThirdPartyIDs.ByAddress(t.Context(), domain.Email, "c@mail.example")
	if err != nil || id.User != "@c:example.org" {
		t.Errorf("got %+v, %v", id, err)
	}
}

// Who logged out since, or was changed, stays so.
func TestUsersWhoAreThereAreLeftAlone(t *testing.T) {
	storage := memstore.New()
	i := importOf(storage, elsewhere{accounts: foreigners("a", "b", "c")})
	mustImport(t, i)
	r := storage.Repositories()
	if _, err := r.Devices.DeleteAll(t.Context(), "@a:example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Users.Update(t.Context(), "@b:example.org", func(u *domain.User) error { u.Admin = true; return nil }); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, mustImport(t, i), domain.ImportCounts{Seen: 3, Left: map[domain.LeftOut]int{
		domain.LeftUserThere: 2, domain.LeftUserDiffers: 1, domain.LeftDeviceOfNobody: 7,
	}})
	if _, err := whose(t, storage, "syt_a"); !errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("a device that was deleted: %v", err)
	}
	if user, err := r.Users.ByID(t.Context(), "@b:example.org"); err != nil || !user.Admin {
		t.Errorf("got %+v, %v", user, err)
	}
}

func TestAnImportSaysWhatItLeftOutAndWhy(t *testing.T) {
	storage := memstore.New()
	if err := storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@z:example.org"}); err != nil {
		t.Fatal(err)
	}
	if err := storage.Repositories().ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{
		User: "@z:example.org", Medium: domain.Email, Address: "f@mail.example",
	}); err != nil {
		t.Fatal(err)
	}
	accounts := foreigners("a", "b", "c", "d", "e", "f", "g")
	accounts[0].ID = "@a:example.com"
	accounts[1].ID = "@:example.org"
	accounts[2].Password, accounts[2].Unapproved = "md5", true
	accounts[3].Devices[0].ID = "\n"
	accounts[4].ThirdPartyIDs[0].Medium = "carrier pigeon"
	accounts[6].Devices[0].Session.Replaced = []string{"syt_older", "syt_oldest"}
	accounts[6].Left = map[domain.LeftOut]int{domain.LeftDeviceHidden: 3}
	accounts[0].Left = map[domain.LeftOut]int{domain.LeftTokenPuppet: 3} // of a user who is left out anyway
	wantCounts(t, mustImport(t, importOf(storage, elsewhere{accounts: accounts})), domain.ImportCounts{
		Seen: 7, Users: 5, Locked: 1, Passwords: 4, Devices: 4, Sessions: 4, ThirdPartyIDs: 3,
		Left: map[domain.LeftOut]int{
			domain.LeftUserElsewhere: 1, domain.LeftUserInvalid: 1, domain.LeftPasswordUnknown: 1, domain.LeftDeviceInvalid: 1,
			domain.LeftAddressInvalid: 1, domain.LeftAddressTaken: 1, domain.LeftTokenReplaced: 2, domain.LeftDeviceHidden: 3,
			domain.LeftDeviceOfNobody: 7,
		},
	})
	if user, err := storage.Repositories().Users.ByID(t.Context(), "@c:example.org"); err != nil || !user.Locked {
		t.Errorf("who waits to be approved of: %+v, %v", user, err)
	}
	if _, err := whose(t, storage, "syt_older"); !errors.Is(err, domain.ErrExpiredToken) {
		t.Errorf("an older token: %v", err)
	}
}

// Synapse leaves an administrator one whose account came to its end.
func TestNoAdministratorRevivesWithAnImportedAccount(t *testing.T) {
	storage := memstore.New()
	accounts := foreigners("a", "b")
	accounts[0].Admin, accounts[1].Admin = true, true
	accounts[0].Deactivated = true
	i := importOf(storage, elsewhere{accounts: accounts})
	mustImport(t, i)
	for id, admin := range map[domain.UserID]bool{"@a:example.org": false, "@b:example.org": true} {
		user, err := storage.Repositories().Users.ByID(t.Context(), id)
		if err != nil || user.Admin != admin || user.Deactivated == admin {
			t.Errorf("%s: %+v, %v", id, user, err)
		}
	}
	if again := mustImport(t, i); again.Left[domain.LeftUserThere] != 2 {
		t.Errorf("imported again: %v", again.Left)
	}
}

func TestTextsThatNoStoreKeepsAreMended(t *testing.T) {
	storage := memstore.New()
	a := foreign("@a:example.org")
	a.DisplayName, a.AvatarURL = "A\x00l\xffice", "https://tracker.example/"
	a.Devices[0].DisplayName = "\x00phone"
	a.Devices[0].LastSeen = domain.Seen{At: at, Address: "::ffff:192.0.2.1", UserAgent: strings.Repeat("x", 300)}
	mustImport(t, importOf(storage, elsewhere{accounts: []domain.ForeignAccount{a}}))
	user, err := storage.Repositories().Users.ByID(t.Context(), a.ID)
	if err != nil || user.DisplayName != "Alice" || user.AvatarURL != "" {
		t.Errorf("got %+v, %v", user, err)
	}
	d, err := storage.Repositories().Devices.ByID(t.Context(), a.ID, "a")
	if err != nil || d.DisplayName != "phone" || d.LastSeen.Address != "192.0.2.1" || len(d.LastSeen.UserAgent) != 255 {
		t.Errorf("got %+v, %v", d, err)
	}
}

// An import that was stopped goes on where it was, and counts all of it in the end.
func TestAnImportGoesOnAfterItWasStopped(t *testing.T) {
	storage := memstore.New()
	accounts := foreigners("a", "b", "c", "d", "e")
	var from []string
	errStopped := errors.New("stopped")
	stopping := importOf(storage, elsewhere{accounts: accounts, read: func(at string) error {
		if at == "4" {
			return errStopped
		}
		return nil
	}})
	stopped, err := stopping.Do(t.Context())
	if !errors.Is(err, errStopped) || stopped.Seen != 4 {
		t.Fatalf("got %+v, %v", stopped, err)
	}
	again := importOf(storage, elsewhere{accounts: accounts, read: func(at string) error { from = append(from, at); return nil }})
	wantCounts(t, mustImport(t, again), of(5, nil))
	if diff := cmp.Diff([]string{"4"}, from); diff != "" {
		t.Errorf("it read %v", from)
	}
	wantCounts(t, mustImport(t, again), domain.ImportCounts{Seen: 5, Left: map[domain.LeftOut]int{
		domain.LeftUserThere: 5, domain.LeftDeviceOfNobody: 7,
	}})
}

func TestAnImportThatIsCancelledHasWrittenWholeBatches(t *testing.T) {
	storage := memstore.New()
	ctx, cancel := context.WithCancel(t.Context())
	i := importOf(storage, elsewhere{accounts: foreigners("a", "b", "c", "d", "e")})
	i.Seen = func(users, all int) {
		if all != 5 {
			t.Errorf("%d of %d", users, all)
		}
		if users == 2 {
			cancel()
		}
	}
	if counts, err := i.Do(ctx); !errors.Is(err, context.Canceled) || counts.Seen != 2 {
		t.Fatalf("got %+v, %v", counts, err)
	}
	users, _, err := storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 9})
	if err != nil || len(users) != 2 {
		t.Errorf("got %v, %v", users, err)
	}
}

func TestADryRunCountsAndWritesNothing(t *testing.T) {
	storage := memstore.New()
	i := importOf(storage, elsewhere{accounts: foreigners("a", "b", "c")})
	i.DryRun = true
	for range 2 {
		wantCounts(t, mustImport(t, i), of(3, nil))
	}
	if users, n, err := storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 9}); n != 0 || err != nil {
		t.Errorf("got %v, %v", users, err)
	}
	if any, err := storage.Repositories().ImportedTokens.Any(t.Context()); any || err != nil {
		t.Errorf("there are tokens: %v, %v", any, err)
	}
}

func TestTheAccountsOfAnotherServerAreRefused(t *testing.T) {
	source := elsewhere{accounts: []domain.ForeignAccount{foreign("@a:example.com"), foreign("@b:example.com"), foreign("@c:example.org")}}
	err := application.CheckSource(t.Context(), source, "example.org")
	if !errors.Is(err, application.ErrOtherServer) || !strings.Contains(err.Error(), "example.com, and server_name is example.org") {
		t.Errorf("got %v", err)
	}
	source.accounts[1].ID = "@b:example.org"
	for _, good := range []elsewhere{source, {}} {
		if err := application.CheckSource(t.Context(), good, "example.org"); err != nil {
			t.Errorf("got %v", err)
		}
	}
}

func TestNothingToImportIsNoFault(t *testing.T) {
	wantCounts(t, mustImport(t, importOf(memstore.New(), elsewhere{})), of(0, nil))
}
