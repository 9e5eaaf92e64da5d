package test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// As TestNothingSecretIsLoggedOrStored, with a homeserver that delegates, which has
// no guests.
func TestNothingSecretIsLoggedOrStoredForAHomeserver(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			database := v.url(t)
			d := delegate(t, strings.Replace(everything(t), "guests: true", "guests: false", 1), database, homeserver.Synapse, homeserversSecret)
			o := &tour{t: t, d: d.door}
			o.sessions()
			o.registrations()
			o.delegation(d)
			o.administration()
			o.everywhere()
			o.keep(homeserversSecret)
			o.wantNothingSecret(database)
		})
	}
}

// delegation is all that the homeserver asks, and is told by administrators.
func (o *tour) delegation(d *delegating) {
	o.t.Helper()
	o.step("GET", "/.well-known/openid-configuration", "", "")
	o.step("POST", fmt.Sprintf("/_synapse/admin/v1/users/%s/_allow_cross_signing_replacement_without_uia", alicesID), adminToken, "")
	h := o.login("erin", "PHONE")
	d.wantThere(o.t, "erin's", h.access, "@erin:example.org", "PHONE")
	for _, c := range []struct {
		path, secret, token string
		status              int
	}{
		{introspectPath, homeserversSecret, h.refresh, 200}, {introspectPath, "mistyped-secret-of-the-homeserver", h.access, 401},
		{revokePath, homeserversSecret, h.access, 200}, {revokePath, homeserversSecret, h.refresh, 200},
		{introspectPath, homeserversSecret, "unknown-token-of-somebody", 200},
	} {
		if a := o.d.sendForm(o.t, c.path, c.secret, url.Values{"token": {c.token}}); a.status != c.status {
			o.t.Errorf("%s: %s", c.path, a)
		}
		o.keep(c.secret)
		o.keep(c.token)
	}
	d.later()
	d.wantNotThere(o.t, "erin's", h.access)
}
