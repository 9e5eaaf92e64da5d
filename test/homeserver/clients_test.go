package homeserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

func TestASyncEndsWithItsDevice(t *testing.T) {
	f, d, _ := opened(t, homeserver.Synapse)
	d.will(200, active(""))
	ended := make(chan reply, 1)
	go func() {
		r, _ := request(t, f, "GET", "/_matrix/client/v3/sync?since=s1&timeout=600000", "t", "")
		ended <- r
	}()
	<-f.Syncing()
	call(t, f, "POST delete_device", `{"localpart":"alice","device_id":"E"}`)
	<-f.Syncing() // it looked, and went on
	call(t, f, "POST delete_device", `{"localpart":"alice","device_id":"D"}`)
	r := <-ended
	if changed := fmt.Sprint(r.body["device_lists"]); r.status != 200 || changed != "map[changed:[@alice:example.org]]" {
		t.Errorf("status %d, %s", r.status, changed)
	}
	ask(t, f, "t", 401, "M_UNKNOWN_TOKEN")
}

func TestWhatClientsFindHere(t *testing.T) {
	const v3 = "/_matrix/client/v3/"
	f, d, _ := opened(t, homeserver.Synapse)
	d.will(200, active(""))
	for _, c := range []row{
		{"GET " + v3 + "devices", "", 200, ""},
		{"GET " + v3 + "devices/D", "", 200, ""},
		{"GET " + v3 + "devices/N", "", 404, "M_NOT_FOUND"},
		{"PUT " + v3 + "devices/D", `{"display_name":"Tablet"}`, 200, ""},
		{"PUT " + v3 + "devices/N", `{"display_name":"Tablet"}`, 404, "M_NOT_FOUND"},
		{"GET " + v3 + "account/3pid", "", 200, ""},
		{"GET " + v3 + "sync", "", 200, ""},
		{"POST " + v3 + "createRoom", `{}`, 200, ""},
		{"PUT " + v3 + "rooms/!a:b/send/m.room.message/1", `{}`, 200, ""},
		{"POST " + v3 + "register", `{}`, 403, "M_FORBIDDEN"},

		{"GET " + v3 + "login", "", 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "login", `{}`, 404, "M_UNRECOGNIZED"},
		{"GET " + v3 + "login/sso/redirect", "", 404, "M_UNRECOGNIZED"},
		{"POST /_matrix/client/v1/login/get_token", `{}`, 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "logout", "", 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "logout/all", "", 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "refresh", `{}`, 404, "M_UNRECOGNIZED"},
		{"GET " + v3 + "register/available", "", 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "account/password", `{}`, 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "account/deactivate", `{}`, 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "account/3pid/add", `{}`, 404, "M_UNRECOGNIZED"},
		{"POST " + v3 + "delete_devices", `{}`, 404, "M_UNRECOGNIZED"},
		{"DELETE " + v3 + "devices/D", `{}`, 404, "M_UNRECOGNIZED"},
	} {
		method, path, _ := strings.Cut(c.pattern, " ")
		r, err := request(t, f, method, path, "t", c.body)
		if err != nil || r.status != c.status || r.errcode() != c.errcode {
			t.Errorf("%s: got %d %s (%v)", c.pattern, r.status, r.errcode(), err)
		}
	}
	if u, _ := f.User("alice"); u.Devices["D"] != "Tablet" {
		t.Errorf("the device is called %q", u.Devices["D"])
	}
}

func TestAdministratorsOfTheHomeserver(t *testing.T) {
	f, d, _ := opened(t, homeserver.Synapse)
	d.will(200, active(""))
	list := "/_synapse/admin/v2/users"
	if r, _ := request(t, f, "GET", list+"?guests=false", "none", ""); r.status != 403 || r.errcode() != "M_FORBIDDEN" {
		t.Errorf("no administrator: %d %s", r.status, r.errcode())
	}
	d.will(200, strings.Replace(active(""), "client:api:*", "client:api:* urn:synapse:admin:*", 1))
	if r, _ := request(t, f, "GET", list+"?guests=false", "one", ""); r.status != 200 {
		t.Errorf("an administrator: %d %s", r.status, r.errcode())
	}
	if r, _ := request(t, f, "GET", list, "one", ""); r.status != 400 || r.errcode() != "M_INVALID_PARAM" {
		t.Errorf("guests and all: %d %s", r.status, r.errcode())
	}
}

func TestPalpoRevokesAtLogout(t *testing.T) {
	f, d, _ := opened(t, homeserver.Palpo)
	d.will(200, active(""))
	if r, err := request(t, f, "POST", "/_matrix/client/v3/logout", "t", ""); err != nil || r.status != 200 {
		t.Errorf("logout: %d, %v", r.status, err)
	}
	want := `POST /oauth2/revoke token=t&token_type_hint=access_token "Bearer shared" ""`
	if got := d.asked[len(d.asked)-1]; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := f.Devices("alice"); len(got) != 1 || got[0] != "E" {
		t.Errorf("alice has %v", got)
	}
}
