package test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// mustHaveDevice gives a user who is there a device that nobody has used.
func (d *door) mustHaveDevice(t *testing.T, user domain.UserID, id domain.DeviceID) {
	t.Helper()
	if err := d.Storage.Repositories().Devices.Create(t.Context(), domain.Device{UserID: user, ID: id, CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

// Synapse's admin API, "User devices".
func TestAdministratorsSeeNameAndDeleteDevices(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		now := d.setClock()
		alice := d.mustLogin(t, corp("alice"), `"device_id":"a/b"`, `"initial_device_display_name":"phone"`)
		tablet := d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		bob := d.mustLogin(t, corp("bob"), `"device_id":"TABLET"`)
		d.mustHaveDevice(t, "@alice:example.org", "UNSEEN")
		if err := d.API.LastSeen.Write(context.WithoutCancel(t.Context()), true); err != nil {
			t.Fatal(err)
		}
		seen := func(id, name string) string {
			return fmt.Sprintf(`{"device_id":"%s","user_id":"@alice:example.org","display_name":%s,"last_seen_ip":"127.0.0.1",`+
				`"last_seen_user_agent":"Go-http-client/1.1","last_seen_ts":%d}`, id, name, now.UnixMilli())
		}
		phone := seen("a/b", `"phone"`)
		const unseen = `{"device_id":"UNSEEN","user_id":"@alice:example.org","display_name":null,"last_seen_ip":null,"last_seen_user_agent":null,"last_seen_ts":null}`
		if a := d.admin(t, "GET", aliceAdmin+"/devices", "", 200); a.raw != `{"devices":[`+seen("TABLET", "null")+`,`+unseen+`,`+phone+`],"total":3}` {
			t.Errorf("got %s", a)
		}
		if a := d.admin(t, "GET", aliceAdmin+"/devices/a%2Fb", "", 200); a.raw != phone {
			t.Errorf("got %s", a)
		}
		if a := d.admin(t, "GET", aliceAdmin, "", 200); fmt.Sprint(int64(a.body["last_seen_ts"].(float64))) != fmt.Sprint(now.UnixMilli()) {
			t.Errorf("last seen: %s", a)
		}

		d.admin(t, "PUT", aliceAdmin+"/devices/TABLET", `{"display_name":"slate"}`, 200)
		d.admin(t, "PUT", aliceAdmin+"/devices/TABLET", `{}`, 200)
		if a := d.admin(t, "GET", aliceAdmin+"/devices/TABLET", "", 200); a.text("display_name") != "slate" {
			t.Errorf("got %s", a)
		}
		for _, user := range []string{"@alice:example.org", "@nobody:example.org"} {
			for _, method := range []string{"GET", "PUT"} {
				wantAnswer(t, method, d.do(t, method, usersPath+"/"+user+"/devices/NOSUCH", adminToken, "{}"), 404, "M_NOT_FOUND")
			}
		}

		d.admin(t, "DELETE", aliceAdmin+"/devices/a%2Fb", "", 200)
		d.admin(t, "DELETE", aliceAdmin+"/devices/a%2Fb", "", 200)
		wantEnd(t, "the device that was deleted", d.whoami(t, alice), false)
		d.wantUsable(t, tablet, "TABLET")
		d.admin(t, "POST", aliceAdmin+"/delete_devices", `{"devices":["NOSUCH","TABLET","UNSEEN","TABLET"]}`, 200)
		wantEnd(t, "the other", d.whoami(t, tablet), false)
		wantAnswer(t, "bob's of the same id", d.whoami(t, bob), 200, "")
		if a := d.admin(t, "GET", aliceAdmin+"/devices", "", 200); a.raw != `{"devices":[],"total":0}` {
			t.Errorf("got %s", a)
		}

		for what, c := range map[string]struct {
			method, path, body string
			status             int
			errcode            string
		}{
			"list of nobody":           {"GET", "/@nobody:example.org/devices", "", 404, "M_NOT_FOUND"},
			"list elsewhere":           {"GET", "/@alice:other.org/devices", "", 400, "M_INVALID_PARAM"},
			"deletion of nobody's":     {"DELETE", "/@nobody:example.org/devices/X", "", 404, "M_NOT_FOUND"},
			"deletion of none":         {"POST", "/@alice:example.org/delete_devices", "{}", 400, "M_MISSING_PARAM"},
			"deletion of no list":      {"POST", "/@alice:example.org/delete_devices", `{"devices":"X"}`, 400, "M_BAD_JSON"},
			"deletion without a body":  {"POST", "/@alice:example.org/delete_devices", "", 400, "M_NOT_JSON"},
			"deletion of all, nobody":  {"POST", "/@nobody:example.org/delete_devices", `{"devices":[]}`, 404, "M_NOT_FOUND"},
			"a name that is no string": {"PUT", "/@bob:example.org/devices/TABLET", `{"display_name":1}`, 400, "M_BAD_JSON"},
		} {
			wantAnswer(t, what, d.do(t, c.method, usersPath+c.path, adminToken, c.body), c.status, c.errcode)
		}
	})
}
