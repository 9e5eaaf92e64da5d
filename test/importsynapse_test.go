package test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
	"github.com/seed-31b6c987/doorward/test/synapsedb"
)

const (
	peppered = plain + "password: {pepper: Salz & Pfeffer}\n"
	// spelled is how one keyboard writes it, and normal how Synapse hashed it.
	spelled, normal = "Ba\u0308rlauch, 3 \uff2bilo", "B\u00e4rlauch, 3 Kilo"
)

// A removal is a Doorward, and the Synapse whose accounts move there.
type removal struct {
	*door
	*testing.T
	from     *synapsedb.DB
	url      string // of from
	settings string
	database string // of the door
}

// onRemovals runs a scenario on each variant to which accounts can move.
func onRemovals(t *testing.T, settings string, scenario func(*removal)) {
	t.Helper()
	for _, v := range variants[1:] {
		t.Run(v.name, func(t *testing.T) {
			r := &removal{T: t, settings: settings, database: v.url(t), url: "sqlite:" + filepath.Join(t.TempDir(), "homeserver.db")}
			if v.name == "Postgres" {
				r.url = postgres.Open(t)
			}
			var err error
			if r.from, err = synapsedb.Create(t.Context(), r.url); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.from.Close() })
			r.door = open(t, settings, r.database)
			scenario(r)
		})
	}
}

func (r *removal) insert(table string, columns ...any) {
	r.Helper()
	if err := r.from.Insert(r.Context(), table, columns...); err != nil {
		r.Fatal(err)
	}
}

// takeOver is the import, beside the server that is running.
func (r *removal) takeOver(dryRun bool) application.Import {
	r.Helper()
	cfg, err := config.Parse("test", []byte(r.settings), []string{"DOORWARD_DATABASE_URL=" + r.database})
	if err != nil {
		r.Fatal(err)
	}
	check, err := compose.Checked(cfg)
	if err != nil {
		r.Fatal(err)
	}
	i, release, err := compose.ImportSynapse(r.Context(), cfg, check, r.url, dryRun, slog.New(slog.DiscardHandler))
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(release)
	return i
}

func (r *removal) mustTakeOver() domain.ImportCounts {
	r.Helper()
	counts, err := r.takeOver(false).Do(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return counts
}

// rows returns all that Doorward stores of accounts.
func (r *removal) rows() (all []string) {
	r.Helper()
	driver, address := "pgx", r.database
	if file, ok := strings.CutPrefix(r.database, "sqlite:"); ok {
		driver, address = "sqlite3", file
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		r.Fatal(err)
	}
	defer pool.Close()
	for _, table := range []string{"users", "devices", "third_party_ids", "imported_tokens", "imports"} {
		rows, err := pool.QueryContext(r.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		if err != nil {
			r.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, places := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			if err := rows.Scan(places...); err != nil {
				r.Fatal(err)
			}
			all = append(all, fmt.Sprint(table, values))
		}
		if err := rows.Err(); err != nil {
			r.Fatal(err)
		}
	}
	return all
}

// addAlice gives Synapse an alice with a password, an address, and three devices:
// one that never refreshes, one that does, and one that did, and lost the answer.
func (r *removal) addAlice() {
	r.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(normal+"Salz & Pfeffer"), bcrypt.MinCost)
	if err != nil {
		r.Fatal(err)
	}
	const alice = "@alice:example.org"
	future := time.Now().Add(time.Hour).UnixMilli()
	r.insert("users", "name", alice, "password_hash", string(hash), "creation_ts", 1500000000, "admin", 1)
	r.insert("profiles", "user_id", "alice", "displayname", "Alice")
	r.insert("user_threepids", "user_id", alice, "medium", "email", "address", "Alice@Mail.example", "validated_at", 1, "added_at", 2)
	for _, id := range []string{"WEB", "PHONE", "TABLET"} {
		r.insert("devices", "user_id", alice, "device_id", id, "display_name", "the "+id, "last_seen", 1600000000000, "ip", "192.0.2.1", "user_agent", "Client")
	}
	r.insert("refresh_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syr_phone")
	r.insert("refresh_tokens", "id", 3, "user_id", alice, "device_id", "TABLET", "token", "syr_lost")
	r.insert("refresh_tokens", "id", 2, "user_id", alice, "device_id", "TABLET", "token", "syr_tablet", "next_token_id", 3)
	r.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "WEB", "token", "syt_web", "used", true)
	r.insert("access_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syt_phone", "valid_until_ms", future, "refresh_token_id", 1, "used", true)
	r.insert("access_tokens", "id", 3, "user_id", alice, "device_id", "TABLET", "token", "syt_tablet", "valid_until_ms", 1600000000000, "refresh_token_id", 2, "used", true)
	r.insert("access_tokens", "id", 4, "user_id", alice, "device_id", "TABLET", "token", "syt_lost", "valid_until_ms", future, "refresh_token_id", 3, "used", false)
}

// Nobody has to log in again.
func TestAClientOfSynapseGoesOn(t *testing.T) {
	onRemovals(t, peppered, func(r *removal) {
		r.addAlice()
		want := domain.ImportCounts{Seen: 1, Users: 1, Passwords: 1, Devices: 3, Sessions: 3, ThirdPartyIDs: 1}
		got := r.mustTakeOver()
		if got.Left[domain.LeftTokenReplaced] != 1 {
			r.Errorf("left out: %v", got.Left)
		}
		if got.Left = nil; !cmp.Equal(want, got) {
			r.Errorf("got %+v", got)
		}
		r.wantUsable(r.T, "syt_web", "WEB")
		r.wantUsable(r.T, "syt_phone", "PHONE")

		phone := r.mustRefresh(r.T, "syr_phone")
		wantEnd(r.T, "an access token that was refreshed", r.whoami(r.T, "syt_phone"), true)
		phone = r.mustRefresh(r.T, "syr_phone") // the answer was lost
		r.wantUsable(r.T, phone.access, "PHONE")
		if a := r.refresh(r.T, "syr_phone"); a.status != 401 {
			r.Errorf("a refresh token that is spent: %s", a)
		}
		r.mustRefresh(r.T, phone.refresh)

		wantEnd(r.T, "the token before the lost answer", r.whoami(r.T, "syt_tablet"), true)
		tablet := r.mustRefresh(r.T, "syr_tablet")
		r.wantUsable(r.T, tablet.access, "TABLET")
		wantEnd(r.T, "the lost token", r.whoami(r.T, "syt_lost"), true)

		if a := r.do(r.T, "POST", logoutPath, "syt_web", "{}"); a.status != 200 {
			r.Errorf("logout: %s", a)
		}
		wantEnd(r.T, "logged out", r.whoami(r.T, "syt_web"), false)
		r.wantDevices(r.T, "@alice:example.org", "PHONE", "TABLET")
		if a := r.do(r.T, "POST", logoutPath+"/all", "syt_phone", "{}"); a.status != 200 {
			r.Errorf("logout of all, with a token that was refreshed: %s", a)
		}
		wantEnd(r.T, "logged out everywhere", r.whoami(r.T, tablet.access), false)
	})
}

// Synapse hashes what Unicode's NFKC makes of a password, and the pepper.
func TestAPasswordOfSynapseGoesOn(t *testing.T) {
	onRemovals(t, peppered, func(r *removal) {
		r.addAlice()
		r.mustTakeOver()
		if a := r.loginAs(r.T, byName, "Barlauch, 3 Kilo"); a.status != 403 {
			r.Errorf("a wrong password: %s", a)
		}
		byAddress := `"identifier":{"type":"m.id.thirdparty","medium":"email","address":"alice@mail.example"}`
		if a := r.loginAs(r.T, byAddress, spelled); a.status != 200 || a.text("user_id") != "@alice:example.org" {
			r.Fatalf("got %s", a)
		}
		hash, err := r.Storage.Repositories().Passwords.ByUser(r.Context(), "@alice:example.org")
		if err != nil || !strings.HasPrefix(string(hash), "$argon2id$") {
			r.Errorf("after the first login the hash is %.10q, %v", hash, err)
		}
		if a := r.loginAs(r.T, byName, spelled); a.status != 200 {
			r.Errorf("again: %s", a)
		}
	})
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	onRemovals(t, peppered, func(r *removal) {
		r.addAlice()
		r.insert("users", "name", "@bob:example.org", "deactivated", 1, "creation_ts", 1500000000)
		r.mustTakeOver()
		if a := r.do(r.T, "POST", logoutPath, "syt_web", "{}"); a.status != 200 {
			r.Fatalf("logout: %s", a)
		}
		phone := r.mustRefresh(r.T, "syr_phone")
		before := r.rows()
		if len(before) < 8 {
			r.Fatalf("only %d rows were read", len(before))
		}
		got := r.mustTakeOver()
		if got.Users+got.Devices+got.Sessions+got.ThirdPartyIDs != 0 || got.Left[domain.LeftUserThere] != 2 {
			r.Errorf("got %+v", got)
		}
		if diff := cmp.Diff(before, r.rows()); diff != "" {
			r.Errorf("-before +after:\n%s", diff)
		}
		wantEnd(r.T, "logged out", r.whoami(r.T, "syt_web"), false)
		r.wantUsable(r.T, phone.access, "PHONE")
	})
}

func TestADryRunLeavesTheDatabaseAsItIs(t *testing.T) {
	onRemovals(t, peppered, func(r *removal) {
		r.addAlice()
		before := r.rows()
		got, err := r.takeOver(true).Do(r.Context())
		if err != nil || got.Users != 1 || got.Sessions != 3 {
			r.Errorf("got %+v, %v", got, err)
		}
		if diff := cmp.Diff(before, r.rows()); diff != "" {
			r.Errorf("-before +after:\n%s", diff)
		}
	})
}

// An import that is stopped between its batches, or in one, goes on, and nobody is
// missed or there twice.
func TestAnImportThatIsStoppedGoesOn(t *testing.T) {
	onRemovals(t, plain, func(r *removal) {
		const users = 1700
		if err := r.from.Fill(r.Context(), users, "example.org"); err != nil {
			r.Fatal(err)
		}
		stops := 0
		for at := 0; ; at++ {
			ctx, cancel := context.WithCancel(r.Context())
			i := r.takeOver(false)
			steps := 0
			i.Seen = func(int, int) {
				if steps++; steps == 2 && at < 2 { // after the first batch
					cancel()
				}
			}
			i.Source = &interrupted{AccountSource: i.Source, at: at, cancel: cancel}
			counts, err := i.Do(ctx)
			cancel()
			if errors.Is(err, context.Canceled) {
				stops++
				continue
			}
			want := domain.ImportCounts{Seen: users, Users: users, Passwords: users, Devices: 3 * users, Sessions: 3 * users, ThirdPartyIDs: users}
			if counts.Left[domain.LeftDeviceHidden] != 3*users || counts.Left[domain.LeftTokenReplaced] != users {
				r.Errorf("left out: %v", counts.Left)
			}
			if counts.Left = nil; err != nil || !cmp.Equal(want, counts) {
				r.Errorf("got %+v, %v", counts, err)
			}
			break
		}
		if stops < 3 {
			r.Errorf("it was stopped %d times", stops)
		}
		_, n, err := r.Storage.Repositories().Users.List(r.Context(), domain.UserQuery{Limit: 1})
		if err != nil || n != users {
			r.Errorf("there are %d users, %v", n, err)
		}
		for _, user := range []int{1, 2, 600, 1100, users} {
			id, token := fmt.Sprintf("@user%d:example.org", user), fmt.Sprint("syt_web_", user)
			if a := r.whoami(r.T, token); a.text("user_id") != id {
				r.Errorf("%s: %s", token, a)
			}
		}
	})
}

// interrupted is a source that stops an import after it has read, so in the middle
// of a batch, the third time.
type interrupted struct {
	application.AccountSource
	at     int
	cancel func()
}

// Read implements application.AccountSource.
func (i *interrupted) Read(ctx context.Context, from string) (domain.ForeignAccounts, error) {
	batch, err := i.AccountSource.Read(ctx, from)
	if i.at == 2 {
		i.cancel()
	}
	return batch, err
}

// What is left of imported tokens goes when their sessions are gone.
func TestImportedTokensAreCleanedUpWithTheirSessions(t *testing.T) {
	onRemovals(t, plain, func(r *removal) {
		r.addAlice()
		r.mustTakeOver()
		tokens := r.Storage.Repositories().ImportedTokens
		if a := r.do(r.T, "POST", logoutPath+"/all", "syt_web", "{}"); a.status != 200 {
			r.Fatalf("logout: %s", a)
		}
		if err := r.Background.CleanUp(r.Context()); err != nil {
			r.Fatal(err)
		}
		if any, err := tokens.Any(r.Context()); any || err != nil {
			r.Errorf("there are imported tokens: %v, %v", any, err)
		}
		wantEnd(r.T, "logged out", r.whoami(r.T, "syt_phone"), false)
	})
}

// The tokens are kept as hashes.
func TestAnImportStoresNoToken(t *testing.T) {
	onRemovals(t, plain, func(r *removal) {
		r.addAlice()
		r.mustTakeOver()
		r.mustRefresh(r.T, "syr_phone")
		stored := contents(r.T, r.database)
		if !strings.Contains(stored, "the PHONE") {
			r.Fatal("the database was not read")
		}
		absent(r.T, "the database", stored, []string{"syt_", "syr_"})
		absent(r.T, "the log", r.log.String(), []string{"syt_", "syr_"})
	})
}
