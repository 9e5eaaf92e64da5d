package test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	peppered = plain + "password: {pepper: Salz & Pfeffer}\n"
	// spelled is how one keyboard writes it, and normal how Synapse hashed it.
	spelled, normal = "Ba\u0308rlauch, 3 \uff2bilo", "B\u00e4rlauch, 3 Kilo"
)

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
