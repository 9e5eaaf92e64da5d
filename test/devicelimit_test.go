package test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// "M_USER_LIMIT_EXCEEDED": an account has as many devices as the operator says.
func TestAUserHasOnlySoManyDevices(t *testing.T) {
	for settings, info := range map[string]string{
		plain + "sessions: {max_devices_per_user: 2}\n":                                                                       "https://matrix.example.org/",
		strings.Replace(plain, "public_base_url", "# not said: public_base_url", 1) + "sessions: {max_devices_per_user: 2}\n": "https://example.org/",
	} {
		onEveryVariant(t, settings, func(t *testing.T, d *door) {
			d.mustHaveAlice(t)
			phone := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
			tablet := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`)
			for what, a := range map[string]answer{
				"a third":                    d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"WATCH"`),
				"a third without a name":     d.login(t, jwt(claims{"sub": "alice"})),
				"a third, with a password":   d.loginAs(t, byName, alicesPassword),
				"a third, with refresh":      d.login(t, jwt(claims{"sub": "alice"}), `"refresh_token":true`),
				"one in another case":        d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"phone"`),
				"somebody else's, of a name": d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"HIS"`),
			} {
				wantAnswer(t, what, a, 403, "M_USER_LIMIT_EXCEEDED")
				if a.text("info_uri") != info {
					t.Errorf("%s: info_uri %q; want %q", what, a.text("info_uri"), info)
				}
			}
			d.wantDevices(t, "@alice:example.org", "PHONE", "TABLET")
			d.wantUsable(t, phone, "PHONE")
			d.wantUsable(t, tablet, "TABLET")
			d.mustLogin(t, jwt(claims{"sub": "bob"}), `"device_id":"HIS"`)
			tablet = d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`) // one that is known
			if a := d.do(t, "POST", logoutPath, tablet, ""); a.status != 200 {
				t.Errorf("logout: %s", a)
			}
			d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"WATCH"`)
			d.wantDevices(t, "@alice:example.org", "PHONE", "WATCH")
		})
	}
}

func TestSignInsAtOnceDoNotExceedTheDevices(t *testing.T) {
	onEveryVariant(t, plain+"sessions: {max_devices_per_user: 3}\n", func(t *testing.T, d *door) {
		d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
		var signedIn atomic.Int64
		each(20, func(i int) {
			switch a := d.login(t, jwt(claims{"sub": "alice"}), fmt.Sprintf(`"device_id":"D%d"`, i)); a.status {
			case 200:
				signedIn.Add(1)
			default:
				wantAnswer(t, "one too many", a, 403, "M_USER_LIMIT_EXCEEDED")
			}
		})
		devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org")
		if signedIn.Load() != 2 || err != nil || len(devices) != 3 {
			t.Errorf("%d signed in, and there are %d devices, %v", signedIn.Load(), len(devices), err)
		}
	})
}

// A login that is refused for its devices spends nothing: neither the user that it
// would have made nor the login token.
func TestALoginForWhichThereIsNoDeviceLeavesNothing(t *testing.T) {
	onEveryVariant(t, plain+"sessions: {max_devices_per_user: 1}\n", func(t *testing.T, d *door) {
		d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
		token := d.ticket(t, domain.LoginToken, "@alice:example.org")
		for range 2 {
			wantAnswer(t, "another device", d.loginByToken(t, token), 403, "M_USER_LIMIT_EXCEEDED")
		}
		a := d.do(t, "POST", loginPath, "", fmt.Sprintf(`{"type":"m.login.token","token":%q,"device_id":"PHONE"}`, token))
		if a.status != 200 {
			t.Errorf("the known device: %s", a)
		}
	})
}
