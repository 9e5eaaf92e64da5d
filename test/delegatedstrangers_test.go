package test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// Whom only the homeserver knows is who may have the account that is there, and
// nobody else: not even after an attempt of the former's that got as far as to
// find it.
func TestAnAccountThatOnlyTheHomeserverHas(t *testing.T) {
	onDelegations(t, confirmable+"registration: {enabled: true}\n", func(t *testing.T, d *delegating) {
		d.there.Put("alice", homeserver.User{DisplayName: "Alice"})
		partner := jwt(claims{"sub": "alice", "iss": "partner", "iat": in(0)})
		newcomer := form{"username": "alice", "password": "a good pass word"}
		refused := func(when string) {
			t.Helper()
			wantAnswer(t, when+", who is somebody else", d.login(t, partner), 403, "M_FORBIDDEN")
			wantAnswer(t, when+", who registers", d.register(t, newcomer.with(dummy(""))), 400, "M_USER_IN_USE")
			wantAnswer(t, when+", who registers without a device", d.register(t, newcomer.with(form{"inhibit_login": true}).with(dummy(""))), 400, "M_USER_IN_USE")
			d.wantNoUser(t, alicesID)
		}
		refused("at first")
		d.there.Fail("upsert_device", 1, homeserver.Status(500))
		wantAnswer(t, "a login halfway", d.login(t, corp("alice")), 503, "M_UNKNOWN")
		refused("after a login halfway")
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.wantThere(t, "then", alice, alicesID, "PHONE")
		wantAnswer(t, "then, who is somebody else", d.login(t, partner), 403, "M_FORBIDDEN")
	})
}

func TestAnAccountThatOnlyTheHomeserverHasAndIsDeactivated(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		d.there.Put("alice", homeserver.User{Deactivated: true})
		wantAnswer(t, "a login", d.login(t, corp("alice")), 403, "M_USER_DEACTIVATED")
		d.wantNoUser(t, alicesID)
		d.wantDevicesThere(t, "alice")
	})
}

// A profile that the homeserver does not take keeps nobody out.
func TestAProfileThatTheHomeserverRefuses(t *testing.T) {
	const named = confirmable + `    - {name: named, secret: "` + secret + `", issuers: [named], display_name_claim: name}` + "\n"
	onDelegations(t, named, func(t *testing.T, d *delegating) {
		d.there.Fail("provision_user", 1, homeserver.Answer(400, `{"errcode":"M_UNKNOWN","error":"Unable to set the profile"}`))
		token := jwt(claims{"sub": "bob", "iss": "named", "name": "Bob", "iat": in(0)})
		d.wantThere(t, "a login", d.mustLogin(t, token, `"device_id":"PHONE"`), bobsID, "PHONE")
	})
}
