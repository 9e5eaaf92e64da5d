package test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// Without the right secret neither side does anything for the other, and no client
// is logged out.
func TestASecretThatIsNotTheSame(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			d := delegate(t, confirmable, v.url(t), homeserver.Synapse, "another-secret-than-that-of-the-door")
			wantAnswer(t, "a login", d.login(t, corp("alice")), 503, "M_UNKNOWN")
			d.wantNoUser(t, alicesID)
			token := string(domain.NewToken(domain.AccessToken, domain.NewSessionID()))
			wantAnswer(t, "a request", d.client.whoami(t, token), 503, "M_UNKNOWN")
			a := d.sendForm(t, revokePath, "another-secret-than-that-of-the-door", url.Values{"token": {token}})
			if a.status != 401 || a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("a revocation: %s %v", a, a.header)
			}
		})
	}
}

// There is no OAuth for clients, who would try it.
func TestADelegatedDoorHasNoOAuthForClients(t *testing.T) {
	onDelegations(t, confirmable, func(t *testing.T, d *delegating) {
		for _, path := range []string{"v1/auth_metadata", "unstable/org.matrix.msc2965/auth_metadata", "unstable/org.matrix.msc2965/auth_issuer"} {
			wantAnswer(t, path, d.do(t, "GET", "/_matrix/client/"+path, "", ""), 404, "M_UNRECOGNIZED")
		}
		const want = `{"account_management_uri":"https://auth.example.org/","issuer":"https://auth.example.org/"}`
		if a := d.do(t, "GET", "/.well-known/openid-configuration", "", ""); a.status != 200 || a.raw != want {
			t.Errorf("the metadata: %s", a)
		}
	})
}

func TestAUserMayReplaceItsKeysAtTheHomeserverForTenMinutes(t *testing.T) {
	const path = "/_synapse/admin/v1/users/%s/_allow_cross_signing_replacement_without_uia"
	onDelegations(t, administrable, func(t *testing.T, d *delegating) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		u, _ := d.there.User("alice")
		u.CrossSigning = true
		d.there.Put("alice", u)
		wantAnswer(t, "by herself", d.do(t, "POST", fmt.Sprintf(path, alicesID), alice, ""), 403, "M_FORBIDDEN")
		until := d.clock().Add(10 * time.Minute)
		a := d.admin(t, "POST", fmt.Sprintf(path, alicesID), "", 200)
		if want := fmt.Sprintf(`{"updatable_without_uia_before_ms":%d}`, until.UnixMilli()); a.raw != want {
			t.Errorf("got %s, want %s", a, want)
		}
		if u, _ := d.there.User("alice"); !u.CrossSigningUntil.Equal(until) {
			t.Errorf("the homeserver lets her until %v, not %v", u.CrossSigningUntil, until)
		}
		wantAnswer(t, "whom it does not know", d.do(t, "POST", fmt.Sprintf(path, bobsID), adminToken, ""), 404, "M_NOT_FOUND")
		d.there.Down()
		wantAnswer(t, "while it is away", d.do(t, "POST", fmt.Sprintf(path, alicesID), adminToken, ""), 503, "M_UNKNOWN")
	})
}

// Palpo has logouts itself, and asks for a revocation.
func TestALogoutAtPalpoIsOneHere(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			d := delegate(t, confirmable, v.url(t), homeserver.Palpo, homeserversSecret)
			h := d.mustLoginRefreshableOf(t, "alice", "PHONE")
			tablet := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
			d.wantThere(t, "before", h.access, alicesID, "PHONE")
			if a := d.client.do(t, "POST", logoutPath, h.access, ""); a.status != 200 {
				t.Errorf("the logout: %s", a)
			}
			wantEnd(t, "then", d.whoami(t, h.access), false)
			wantEnd(t, "the refresh token", d.refresh(t, h.refresh), false)
			wantAnswer(t, "at the homeserver", d.client.whoami(t, h.access), 401, "M_UNKNOWN_TOKEN")
			d.wantThere(t, "another device", tablet, alicesID, "TABLET")
			d.wantDevices(t, alicesID, "TABLET")
			// It is told all the same, in case it forgot.
			if round := d.API.Delegation.Round(t.Context()); round != (application.Round{Delivered: 1}) {
				t.Errorf("what was left: %+v", round)
			}
			d.wantDevicesThere(t, "alice", "TABLET")
		})
	}
}
