package test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// What a sync says to have mended is mended, also if the rest fails.
func TestASyncClaimsNoMoreThanItDid(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
		d.admin(t, "PUT", aliceAdmin, `{"deactivated":true}`, 200)
		d.there.Put("alice", homeserver.User{})
		d.there.Put("bob", homeserver.User{Deactivated: true})

		for user, c := range map[domain.UserID]struct {
			call string
			want application.SyncResult
		}{
			alicesID: {"delete_user", application.SyncResult{Deactivated: true}},
			bobsID:   {"reactivate_user", application.SyncResult{Reactivated: true, Devices: 1}},
		} {
			d.there.Fail(c.call, 1, homeserver.Status(500))
			for _, try := range []struct {
				err  error
				want application.SyncResult
			}{{domain.ErrHomeserverAway, application.SyncResult{}}, {nil, c.want}} {
				got, err := d.API.Delegation.Sync(t.Context(), user)
				if !errors.Is(err, try.err) || (err == nil) != (try.err == nil) || got != try.want {
					t.Errorf("%s: %s, %v", user, cmp.Diff(try.want, got), err)
				}
			}
		}
		for localpart, deactivated := range map[string]bool{"alice": true, "bob": false} {
			if u, known := d.there.User(localpart); !known || u.Deactivated != deactivated {
				t.Errorf("%s is there: %v, %+v", localpart, known, u)
			}
		}
		d.wantDevicesThere(t, "bob", "PHONE")
	})
}

// A user is there in the end, though the first attempt got no further than to be
// remembered.
func TestAUserWhoCouldNotBeCreatedAtOnceIsCreatedLater(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.there.Fail("provision_user", 1, homeserver.Status(500))
		d.admin(t, "PUT", usersPath+"/@carol:example.org", `{"displayname":"Carol"}`, 201)
		*d.now = d.now.Add(time.Minute)
		if round := d.API.Delegation.Round(t.Context()); round.Delivered != 1 {
			t.Errorf("the next round: %+v", round)
		}
		if u, known := d.there.User("carol"); !known || u.DisplayName != "Carol" {
			t.Errorf("carol is there: %v, %+v", known, u)
		}
	})
}

// What a user is from the beginning, it is there, too.
func TestAUserWhoIsCreatedLocked(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.admin(t, "PUT", usersPath+"/@carol:example.org", `{"displayname":"Carol","locked":true}`, 201)
		d.admin(t, "PUT", usersPath+"/@dora:example.org", `{"deactivated":true}`, 201)
		for localpart, want := range map[string]homeserver.User{
			"carol": {DisplayName: "Carol", Locked: true}, "dora": {DisplayName: "dora", Deactivated: true},
		} {
			got, _ := d.there.User(localpart)
			if got.DisplayName != want.DisplayName || got.Locked != want.Locked || got.Deactivated != want.Deactivated {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

// A homeserver that never gets over something it is told keeps nobody out for ever:
// a sync tells it the rest, and forgets that.
func TestASyncForgetsWhatTheHomeserverFailsAt(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.there.Fail("delete_device", 0, homeserver.Status(500))
		wantAnswer(t, "the logout", d.do(t, "POST", logoutPath, alice, ""), 200, "")
		wantAnswer(t, "a login", d.login(t, corp("alice")), 503, "M_UNKNOWN")

		wantAway := func(when string) {
			t.Helper()
			if _, err := d.API.Delegation.Sync(t.Context(), alicesID); !errors.Is(err, domain.ErrHomeserverAway) {
				t.Errorf("a sync %s: %v", when, err)
			}
			wantAnswer(t, "a login after a sync "+when, d.login(t, corp("alice")), 503, "M_UNKNOWN")
		}
		wantAway("at once, as if it were to pass")
		for range 10 {
			*d.now = d.now.Add(time.Minute)
			d.API.Delegation.Round(t.Context())
		}
		d.there.Fail("sync_devices", 1, homeserver.Status(500))
		wantAway("that fails at the rest")
		if _, err := d.API.Delegation.Sync(t.Context(), alicesID); err != nil {
			t.Errorf("a sync: %v", err)
		}
		d.wantDevicesThere(t, "alice")
		alice = d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.wantThere(t, "then", alice, alicesID, "PHONE")
	})
}

// Whether somebody is erased there cannot be asked, and so is not taken for granted.
func TestASyncForgetsNoErasure(t *testing.T) {
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.there.Put("alice", homeserver.User{Deactivated: true})
		d.there.Fail("delete_user", 0, homeserver.Status(500))
		d.admin(t, "POST", "/_synapse/admin/v1/deactivate/"+string(alicesID), `{"erase":true}`, 200)
		for range 10 {
			*d.now = d.now.Add(time.Minute)
			d.API.Delegation.Round(t.Context())
		}
		if _, err := d.API.Delegation.Sync(t.Context(), alicesID); err != nil {
			t.Errorf("a sync: %v", err)
		}
		d.there.Heal()
		*d.now = d.now.Add(time.Minute)
		d.API.Delegation.Round(t.Context())
		if u, _ := d.there.User("alice"); !u.Erased {
			t.Errorf("she is %+v", u)
		}
	})
}
