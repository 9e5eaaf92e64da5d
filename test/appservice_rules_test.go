package test

import (
	"fmt"
	"testing"
)

// Client-server API, POST /refresh: identity assertion is disabled. The refresh
// token alone says whose the new tokens are.
func TestAnApplicationServiceDoesNotRefreshAsItsUsers(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		d.mustCreate(t, "@_irc_a:example.org")
		alice := d.mustHold(t, d.login(t, corp("alice"), `"refresh_token":true`, `"device_id":"PHONE"`))
		for _, query := range []string{as("@_irc_a:example.org"), as("@_irc_nobody:example.org"), as("@bob:example.org"), "?device_id=NOSUCH"} {
			wantAnswer(t, query+" without a refresh token", d.do(t, "POST", refreshPath+query, irc, "{}"), 400, "M_MISSING_PARAM")
			body := fmt.Sprintf(`{"refresh_token":%q}`, alice.refresh)
			alice = d.mustHold(t, d.do(t, "POST", refreshPath+query, irc, body))
			if a := d.whoami(t, alice.access); a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" {
				t.Errorf("%s: %s", query, a)
			}
		}
		d.wantDevices(t, "@_irc_a:example.org")
	})
}
