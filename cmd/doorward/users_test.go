package main

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// inMigratedFolder makes the working directory a fresh one with an empty
// database, in which everything that is tried out works.
func inMigratedFolder(t *testing.T) ports.Repositories {
	t.Helper()
	inFolder(t, nil)
	done(t, "", "migrate up")
	cfg, err := config.Parse("test", []byte("server_name: localhost\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := compose.Database(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store.Repositories()
}

// done runs a command that succeeds, and returns what it prints.
func done(t *testing.T, stdin, args string) string {
	t.Helper()
	code, out, errs := doorward(t, stdin, strings.Fields(args)...)
	if code != 0 {
		t.Fatalf("%s: exit code %d: %s", args, code, errs)
	}
	return out
}

func TestAUserFromItsAdditionToItsReactivation(t *testing.T) {
	r := inMigratedFolder(t)
	const alice = domain.UserID("@alice:localhost")
	has := func(secret string) bool {
		hash, _ := r.Passwords.ByUser(t.Context(), alice)
		ok, _, err := password.NewHasher().Verify(t.Context(), secret, hash)
		return ok && err == nil
	}
	created := func() time.Time {
		user, err := r.Users.ByID(t.Context(), alice)
		if err != nil {
			t.Fatal(err)
		}
		return user.CreatedAt
	}
	for _, c := range []struct {
		args, stdin, says string
		want              domain.User // less the id and the time
		password          string      // empty: none
	}{
		{"user add alice --password-stdin --display-name Alice", "correct horse\n", "was created", domain.User{DisplayName: "Alice"}, "correct horse"},
		{"user set-admin alice", "", "is an administrator", domain.User{DisplayName: "Alice", Admin: true}, "correct horse"},
		{"user set-admin alice --remove", "", "is no administrator", domain.User{DisplayName: "Alice"}, "correct horse"},
		{"user lock @alice:localhost", "", "is locked", domain.User{DisplayName: "Alice", Locked: true}, "correct horse"},
		{"user unlock Alice", "", "is not locked", domain.User{DisplayName: "Alice"}, "correct horse"},
		{"user suspend alice", "", "is suspended", domain.User{DisplayName: "Alice", Suspended: true}, "correct horse"},
		{"user unsuspend alice", "", "is not suspended", domain.User{DisplayName: "Alice"}, "correct horse"},
		{"user set-password alice --password-stdin", "battery  staple ", "has a new password", domain.User{DisplayName: "Alice"}, "battery  staple "},
		{"user set-admin alice", "", "is an administrator", domain.User{DisplayName: "Alice", Admin: true}, "battery  staple "},
		{"user deactivate alice", "", "is deactivated", domain.User{DisplayName: "Alice", Deactivated: true}, ""},
		{"user deactivate alice --erase", "", "is deactivated", domain.User{Deactivated: true, Erased: true}, ""},
		{"user reactivate alice", "", "is not deactivated", domain.User{}, ""},
		{"user deactivate alice", "", "is deactivated", domain.User{Deactivated: true}, ""},
		{"user reactivate alice --password-stdin", "correct horse\r\n", "is not deactivated", domain.User{}, "correct horse"},
	} {
		if out := done(t, c.stdin, c.args); out != "@alice:localhost "+c.says+"\n" {
			t.Errorf("%s: %s", c.args, out)
		}
		c.want.ID, c.want.CreatedAt = alice, created()
		if user, err := r.Users.ByID(t.Context(), alice); err != nil || user != c.want {
			t.Errorf("%s: the user is %+v, %v; want %+v", c.args, user, err, c.want)
		}
		if c.password != "" && !has(c.password) {
			t.Errorf("%s: the password is not %q", c.args, c.password)
		}
		if _, err := r.Passwords.ByUser(t.Context(), alice); (err == nil) != (c.password != "") {
			t.Errorf("%s: the password: %v", c.args, err)
		}
	}
}

func TestUsersAreListedAndShown(t *testing.T) {
	r := inMigratedFolder(t)
	done(t, "", "user add bob --admin")
	done(t, "", "user add alice")
	_, err := r.Users.Update(t.Context(), "@alice:localhost", func(u *domain.User) error {
		u.DisplayName, u.Locked, u.Deactivated = "A\x1b[31m", true, true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out := done(t, "", "user list"); out != "@alice:localhost  \"A\\x1b[31m\"  locked, deactivated\n@bob:localhost                 admin\n" {
		t.Errorf("got %q", out)
	}
	if out := done(t, "", "user list BO"); out != "@bob:localhost    admin\n" {
		t.Errorf("got %q", out)
	}
	var list []listedUser
	if err := json.Unmarshal([]byte(done(t, "", "user list --json")), &list); err != nil || len(list) != 2 ||
		list[0].UserID != "@alice:localhost" || !list[0].Locked || list[1].UserID != "@bob:localhost" || !list[1].Admin {
		t.Errorf("got %+v, %v", list, err)
	}
	if out := done(t, "", "user list nobody --json"); out != "[]\n" {
		t.Errorf("got %q", out)
	}

	at := time.UnixMilli(1_700_000_000_000).UTC()
	if err := r.ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{User: "@bob:localhost", Medium: domain.Email, Address: "bob@example.com", ValidatedAt: at, AddedAt: at}); err != nil {
		t.Fatal(err)
	}
	if err := r.Devices.Create(t.Context(), domain.Device{
		UserID: "@bob:localhost", ID: "PHONE", DisplayName: "his phone", CreatedAt: at,
		LastSeen: domain.Seen{At: at, Address: "192.0.2.1", UserAgent: "Client/1"},
	}); err != nil {
		t.Fatal(err)
	}
	const seen = "PHONE, his phone, last seen 2023-11-14T22:13:20Z, 192.0.2.1, Client/1\n"
	out := done(t, "", "user show bob")
	for _, part := range []string{"user     @bob:localhost\n", "state    admin\n", "email    bob@example.com\n", "device   " + seen} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in %q", part, out)
		}
	}
	var shown shownUser
	if err := json.Unmarshal([]byte(done(t, "", "user show bob --json")), &shown); err != nil || len(shown.Devices) != 1 ||
		!shown.Devices[0].LastSeenAt.Equal(at) || len(shown.ThirdPartyIDs) != 1 || shown.UserID != "@bob:localhost" {
		t.Errorf("got %+v, %v", shown, err)
	}
	if out := done(t, "", "device list bob"); out != seen {
		t.Errorf("got %q", out)
	}
	if out := done(t, "", "device list alice --json"); out != "[]\n" {
		t.Errorf("got %q", out)
	}
}

func TestDevicesAreDeletedAndSessionsEnded(t *testing.T) {
	r := inMigratedFolder(t)
	done(t, "", "user add alice")
	const alice = domain.UserID("@alice:localhost")
	create := func(ids ...domain.DeviceID) {
		t.Helper()
		for _, id := range ids {
			if err := r.Devices.Create(t.Context(), domain.Device{UserID: alice, ID: id, CreatedAt: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := func() string {
		t.Helper()
		devices, err := r.Devices.List(t.Context(), alice)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, d := range devices {
			ids = append(ids, string(d.ID))
		}
		return strings.Join(ids, " ")
	}
	create("A", "B", "C", "D")
	for _, c := range []struct {
		args string
		code int
		left string
	}{
		{"device delete alice", 2, "A B C D"},
		{"device delete alice A --all", 2, "A B C D"},
		{"device delete alice A NOSUCH", 1, "A B C D"},
		{"device delete nobody A", 1, "A B C D"},
		{"device delete alice A", 0, "B C D"},
		{"device delete alice B C", 0, "D"},
		{"device delete alice --all", 0, ""},
	} {
		if code, _, errs := doorward(t, "", strings.Fields(c.args)...); code != c.code || left() != c.left {
			t.Errorf("%s: exit code %d, left %q: %s", c.args, code, left(), errs)
		}
	}
	create("E", "F")
	if done(t, "", "user logout alice"); left() != "" {
		t.Errorf("after the logout: %q", left())
	}
	create("G")
	if done(t, "correct horse", "user set-password alice --password-stdin --keep-sessions"); left() != "G" {
		t.Errorf("after a new password that keeps sessions: %q", left())
	}
	if done(t, "correct horse", "user set-password alice --password-stdin"); left() != "" {
		t.Errorf("after a new password: %q", left())
	}
}

func TestAdministrationThatIsRefused(t *testing.T) {
	inMigratedFolder(t)
	done(t, "", "user add alice")
	for _, c := range []struct {
		args, stdin string
		code        int
		says        string
	}{
		{"user lock nobody", "", 1, "there is no user @nobody:localhost"},
		{"user lock @alice:other.org", "", 1, "there is no user @alice:other.org"},
		{"user add alice", "", 1, "exists already"},
		{"user add @bob:other.org", "", 1, "of another server"},
		{"user add Bob", "", 1, "a-z, 0-9"},
		{"user add _bob", "", 1, "may not begin with _"},
		{"user add bob --password-stdin", "short", 1, "at least 8 characters"},
		{"user add bob --password-stdin", "", 2, "must hold the password"},
		{"user add bob --password-stdin", "correct horse\nbattery staple\n", 2, "must hold the password"},
		{"user set-password alice", "correct horse", 2, "--password-stdin"},
		{"user set-password alice correct-horse", "", 2, "correct-horse"},
		{"user show", "", 2, "<user>"},
		{"user deactivate alice bob", "", 2, "bob"},
	} {
		code, out, errs := doorward(t, c.stdin, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: exit code %d, %q, %q; want %d, %q", c.args, code, out, errs, c.code, c.says)
		}
	}
	if out := done(t, "", "user list"); out != "@alice:localhost    \n" {
		t.Errorf("there are now %q", out)
	}
}

func TestAdministrationNeedsADatabaseThatCanBeSeen(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		code           int
		says           string
	}{
		{"in memory", twoProviders, 2, "/_synapse/admin, with admin.api_token"},
		{"not there yet", "server_name: a\n", 1, "there is no database yet; doorward serve and doorward migrate up make one; database.url is sqlite:doorward.db, which was looked for in /"},
		{"not there yet, by its whole name", "server_name: a\ndatabase: {url: 'sqlite:/nowhere/a.db'}\n", 1, "database.url is sqlite:/nowhere/a.db\n"},
	} {
		for _, args := range []string{"user list", "user show alice", "user add alice", "user logout alice", "device list alice", "device delete alice X"} {
			inFolder(t, map[string]string{"doorward.yaml": c.settings})
			code, _, errs := doorward(t, "", strings.Fields(args)...)
			if code != c.code || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s, %s: exit code %d: %s", c.name, args, code, errs)
			}
		}
	}
}

func TestTheDatabaseOfAnotherServerIsNotAdministered(t *testing.T) {
	inMigratedFolder(t)
	done(t, "", "user add alice")
	environ := []string{"DOORWARD_SERVER_NAME=other.org"}
	for _, args := range []string{"user add alice", "user list", "device list alice"} {
		code, out, errs := doorwardIn(t, environ, "", strings.Fields(args)...)
		if code != 1 || !strings.Contains(errs, "localhost") || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: exit code %d: %s%s", args, code, out, errs)
		}
	}
}
