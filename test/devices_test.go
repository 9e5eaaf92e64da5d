package test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// withBridge is plain, with an application service whose token is "as of irc".
func withBridge(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "irc.yaml")
	const registration = `{id: irc, url: null, as_token: as of irc, hs_token: hs of irc, sender_localpart: ircbot,
		namespaces: {users: [{exclusive: true, regex: "@_irc_.*:example\\.org"}]}}`
	if err := os.WriteFile(file, []byte(registration), 0o600); err != nil {
		t.Fatal(err)
	}
	return plain + fmt.Sprintf("appservices: [%q]\n", file)
}

// Device Management: what a user sees.
func TestUsersSeeTheirDevices(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		now := d.setClock()
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`, `"initial_device_display_name":"Alice's <phone>"`)
		d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`)
		d.mustLogin(t, jwt(claims{"sub": "bob"}), `"device_id":"HIS"`)
		d.whoami(t, alice)
		if err := d.API.LastSeen.Write(context.WithoutCancel(t.Context()), true); err != nil {
			t.Fatal(err)
		}
		phone := fmt.Sprintf(`{"device_id":"PHONE","display_name":"Alice's \u003cphone\u003e","last_seen_ip":"127.0.0.1","last_seen_ts":%d}`, now.UnixMilli())
		tablet := fmt.Sprintf(`{"device_id":"TABLET","last_seen_ip":"127.0.0.1","last_seen_ts":%d}`, now.UnixMilli())
		unseen := domain.Device{UserID: "@alice:example.org", ID: "UNSEEN", CreatedAt: *now}
		if err := d.Storage.Repositories().Devices.Create(t.Context(), unseen); err != nil {
			t.Fatal(err)
		}
		for _, prefix := range []string{"v3", "r0"} {
			a := d.do(t, "GET", "/_matrix/client/"+prefix+"/devices", alice, "")
			if want := `{"devices":[` + phone + `,` + tablet + `,{"device_id":"UNSEEN"}]}`; a.status != 200 || a.raw != want {
				t.Errorf("got %s; want %s", a, want)
			}
			if a := d.do(t, "GET", "/_matrix/client/"+prefix+"/devices/PHONE", alice, ""); a.status != 200 || a.raw != phone {
				t.Errorf("got %s; want %s", a, phone)
			}
		}
		if a := d.do(t, "GET", devicesPath+"UNSEEN", alice, ""); a.status != 200 || a.raw != `{"device_id":"UNSEEN"}` {
			t.Errorf("one that was not seen yet: %s", a)
		}
		for _, id := range []string{"HIS", "NOSUCH", "phone", "PHONE%20", "PHONE%2F"} {
			wantAnswer(t, id, d.do(t, "GET", devicesPath+id, alice, ""), 404, "M_NOT_FOUND")
			wantAnswer(t, id, d.do(t, "PUT", devicesPath+id, alice, `{"display_name":"mine"}`), 404, "M_NOT_FOUND")
			wantAnswer(t, id, d.do(t, "PUT", devicesPath+id, alice, `{}`), 404, "M_NOT_FOUND")
		}
		for _, c := range []struct{ method, path, body string }{{"GET", "/_matrix/client/v3/devices", ""}, {"GET", devicesPath + "PHONE", ""}, {"PUT", devicesPath + "PHONE", "{}"}} {
			wantAnswer(t, "without a token", d.do(t, c.method, c.path, "", c.body), 401, "M_MISSING_TOKEN")
			wantAnswer(t, "with rubbish", d.do(t, c.method, c.path, "rubbish", c.body), 401, "M_UNKNOWN_TOKEN")
		}
		wantAnswer(t, "without an id", d.do(t, "GET", devicesPath, alice, ""), 404, "M_UNRECOGNIZED")
		wantAnswer(t, "an unknown method", d.do(t, "POST", devicesPath+"PHONE", alice, "{}"), 405, "M_UNRECOGNIZED")
	})
}

// A login writes down from where it came, whatever the client calls itself.
func TestALoginUsesItsDevice(t *testing.T) {
	onEveryVariant(t, plain+"http: {trusted_proxies: [127.0.0.0/8]}\n", func(t *testing.T, d *door) {
		now := d.setClock()
		*now = now.UTC().Truncate(time.Millisecond)
		for i, c := range []struct{ agent, want string }{
			{"Element/1.11.80 (Linux; x86_64)", "Element/1.11.80 (Linux; x86_64)"},
			{"", ""},
			{"caf\xe9\tß", "caf\tß"},
			{strings.Repeat("\xff", 300), ""},
			{strings.Repeat("ß", 200), strings.Repeat("ß", 127)},
			{strings.Repeat("x", 100_000), strings.Repeat("x", 255)},
		} {
			device, address := fmt.Sprint("DEVICE", i), fmt.Sprintf("2001:db8::%x", i+1)
			from := http.Header{"User-Agent": {c.agent}, "X-Forwarded-For": {address}}
			for range 2 { // first it is new
				*now = now.Add(time.Second)
				a := d.doWith(t, from, "POST", loginPath, loginBody(jwt(claims{"sub": "alice"}), `"device_id":"`+device+`"`))
				got, err := d.Storage.Repositories().Devices.ByID(t.Context(), "@alice:example.org", domain.DeviceID(device))
				if want := (domain.Seen{At: *now, Address: address, UserAgent: c.want}); a.status != 200 || err != nil || got.LastSeen != want {
					t.Errorf("%.40q: %s; %+v, %v; want %+v", c.agent, a, got.LastSeen, err, want)
				}
			}
		}
	})
}

// Device Management: display names.
func TestUsersNameTheirDevices(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`, `"initial_device_display_name":"first"`)
		longest := strings.Repeat("\u2603", 100)
		for _, c := range []struct{ body, want string }{
			{`{}`, "first"}, {`{"display_name":null}`, "first"}, {`{"display_name":"second"}`, "second"}, {`{"other":1}`, "second"},
			{`{"display_name":"` + longest + `"}`, longest}, {`{"display_name":""}`, ""},
		} {
			a := d.do(t, "PUT", devicesPath+"PHONE", alice, c.body)
			if got := d.do(t, "GET", devicesPath+"PHONE", alice, ""); a.status != 200 || a.raw != "{}" || got.text("display_name") != c.want {
				t.Errorf("%s: got %s, and then %s", c.body, a, got)
			}
		}
		for body, errcode := range map[string]string{
			`{"display_name":"` + longest + `x"}`: "M_TOO_LARGE", `{"display_name":1}`: "M_BAD_JSON", `[]`: "M_BAD_JSON",
			``: "M_NOT_JSON", `{"display_name":"\u0000"}`: "M_BAD_JSON",
		} {
			wantAnswer(t, body, d.do(t, "PUT", devicesPath+"PHONE", alice, body), 400, errcode)
		}
		if a := d.whoami(t, alice); a.status != 200 {
			t.Errorf("got %s", a)
		}
	})
}

// Device Management: a device id is whatever a client made it.
func TestOddDeviceIDsGoThroughPaths(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		for _, id := range []string{
			"a/b", "..", ".", "a%2Fb", "100%", "\U0001f600 x", "a?b#c", "a+b", `"`, ";x=1", strings.Repeat("\u2603", 255),
		} {
			alice := d.mustLogin(t, corp("alice"), fmt.Sprintf(`"device_id":%q`, id))
			path := devicesPath + strings.ReplaceAll(url.PathEscape(id), ".", "%2E")
			if a := d.do(t, "GET", path, alice, ""); a.status != 200 || a.text("device_id") != id {
				t.Errorf("%q: got %s", id, a)
			}
			wantAnswer(t, id, d.do(t, "PUT", path, alice, `{"display_name":"x"}`), 200, "")
			wantAnswer(t, id, d.do(t, "DELETE", path, alice, withAuth("", byJWT(corp("alice")))), 200, "")
			wantAnswer(t, id, d.whoami(t, alice), 401, "M_UNKNOWN_TOKEN")
		}
		alice := d.mustLogin(t, corp("alice"))
		for _, id := range []string{"a%0D%0Ab", "a%00", "%FF", strings.Repeat("x", 256), strings.Repeat("x", 5000)} {
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				if a := d.do(t, method, devicesPath+id, alice, "{}"); a.status != 400 || a.text("errcode") != "M_INVALID_PARAM" {
					t.Errorf("%s %q: got %s", method, id, a)
				}
			}
		}
	})
}

// Device Management: a device that is deleted is signed out, and no other.
func TestADeletedDeviceIsSignedOut(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		phone := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		tablet := d.mustHold(t, d.login(t, corp("alice"), `"device_id":"TABLET"`, `"refresh_token":true`))
		laptop := d.mustLogin(t, corp("alice"), `"device_id":"LAPTOP"`)
		bob := d.mustLogin(t, corp("bob"), `"device_id":"TABLET"`)
		confirm := withAuth("", byJWT(corp("alice")))
		for range 2 { // when it is gone, that is as good
			if a := d.do(t, "DELETE", devicesPath+"TABLET", phone, confirm); a.status != 200 || a.raw != "{}" {
				t.Errorf("got %s", a)
			}
		}
		wantEnd(t, "its access token", d.whoami(t, tablet.access), false)
		wantEnd(t, "its refresh token", d.refresh(t, tablet.refresh), false)
		wantAnswer(t, "the device", d.do(t, "GET", devicesPath+"TABLET", phone, ""), 404, "M_NOT_FOUND")
		wantAnswer(t, "bob's of the same id", d.whoami(t, bob), 200, "")

		several := func(devices string) answer {
			return d.do(t, "POST", deleteDevicesPath, phone, withAuth("", byJWT(corp("alice")), `"devices":`+devices))
		}
		wantAnswer(t, "none", several(`[]`), 200, "")
		wantAnswer(t, "one that is not there", several(`["HIS","TABLET","\ud83d\ude00"]`), 200, "")
		wantAnswer(t, "bob's once more", d.whoami(t, bob), 200, "")
		wantAnswer(t, "the laptop until now", d.whoami(t, laptop), 200, "")
		wantAnswer(t, "the laptop, and the phone itself", several(`["LAPTOP","PHONE"]`), 200, "")
		wantEnd(t, "the laptop", d.whoami(t, laptop), false)
		wantEnd(t, "the phone", d.whoami(t, phone), false)
	})
}

// Application Service API, "Server admin style permissions": devices need
// nobody's leave.
func TestAnApplicationServiceKeepsItsUsersDevices(t *testing.T) {
	settings := withBridge(t)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		const as, user = "as of irc", "?user_id=@_irc_carol:example.org"
		users := d.Storage.Repositories().Users
		if err := users.Create(t.Context(), domain.User{ID: "@_irc_carol:example.org", CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{201, 200} {
			if a := d.do(t, "PUT", devicesPath+"ONE"+user, as, `{"display_name":"`+fmt.Sprint(want)+`"}`); a.status != want || a.raw != "{}" {
				t.Errorf("got %s; want %d", a, want)
			}
		}
		wantAnswer(t, "a name is kept", d.do(t, "PUT", devicesPath+"ONE"+user, as, `{}`), 200, "")
		wantAnswer(t, "without a name", d.do(t, "PUT", devicesPath+"TWO"+user, as, `{}`), 201, "")
		wantAnswer(t, "a third", d.do(t, "PUT", devicesPath+"THREE"+user, as, `{}`), 201, "")
		if a := d.do(t, "GET", "/_matrix/client/v3/devices"+user, as, ""); a.raw != `{"devices":[{"device_id":"ONE","display_name":"200"},{"device_id":"THREE"},{"device_id":"TWO"}]}` {
			t.Errorf("got %s", a)
		}
		wantAnswer(t, "a long name", d.do(t, "PUT", devicesPath+"FOUR"+user, as, `{"display_name":"`+strings.Repeat("x", 101)+`"}`), 400, "M_TOO_LARGE")
		wantAnswer(t, "deletion", d.do(t, "DELETE", devicesPath+"ONE"+user, as, ""), 200, "")
		wantAnswer(t, "of several", d.do(t, "POST", deleteDevicesPath+user, as, `{"devices":["TWO","NOSUCH"]}`), 200, "")
		wantAnswer(t, "of none", d.do(t, "POST", deleteDevicesPath+user, as, `{}`), 400, "M_MISSING_PARAM")
		d.wantDevices(t, "@_irc_carol:example.org", "THREE")

		d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`)
		for _, c := range []struct{ method, path string }{
			{"PUT", devicesPath + "PHONE"}, {"DELETE", devicesPath + "PHONE"}, {"GET", devicesPath + "PHONE"}, {"POST", deleteDevicesPath},
		} {
			wantAnswer(t, "somebody else's", d.do(t, c.method, c.path+"?user_id=@alice:example.org", as, `{"devices":["PHONE"]}`), 403, "M_FORBIDDEN")
		}
		d.wantDevices(t, "@alice:example.org", "PHONE")
		// The user that it is by itself is not registered here.
		wantAnswer(t, "its own", d.do(t, "DELETE", devicesPath+"ONE", as, ""), 403, "M_FORBIDDEN")
		wantAnswer(t, "a device of nobody", d.do(t, "PUT", devicesPath+"ONE", as, "{}"), 403, "M_FORBIDDEN")
		wantAnswer(t, "a login token", d.do(t, "POST", getTokenPath+user, as, "{}"), 403, "M_FORBIDDEN")
	})
}

// Guest Access: guests have devices, and delete none.
func TestGuestsMaySeeAndNameTheirDevices(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		guest := d.mustLogin(t, jwt(claims{"sub": "guest"}), `"device_id":"PHONE"`)
		d.change(t, "@guest:example.org", func(u *domain.User) { u.Guest = true })
		wantAnswer(t, "list", d.do(t, "GET", "/_matrix/client/v3/devices", guest, ""), 200, "")
		wantAnswer(t, "get", d.do(t, "GET", devicesPath+"PHONE", guest, ""), 200, "")
		wantAnswer(t, "put", d.do(t, "PUT", devicesPath+"PHONE", guest, `{"display_name":"x"}`), 200, "")
		for _, c := range []struct{ method, path string }{{"DELETE", devicesPath + "PHONE"}, {"POST", deleteDevicesPath}, {"POST", getTokenPath}} {
			wantAnswer(t, c.path, d.do(t, c.method, c.path, guest, `{"devices":["PHONE"]}`), 403, "M_GUEST_ACCESS_FORBIDDEN")
		}
		d.wantDevices(t, "@guest:example.org", "PHONE")
	})
}
