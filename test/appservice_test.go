package test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// served has the application service of withBridge, which listens at the URL, and
// may act as Alice whom it shares.
func served(t *testing.T, at string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "irc.yaml")
	registration := fmt.Sprintf(`{id: "irc/1", url: %q, as_token: as of irc, hs_token: hs of irc, sender_localpart: ircbot,
		namespaces: {users: [{exclusive: true, regex: "@_irc_.*"}, {exclusive: false, regex: "@alice:.*"}]}}`, at)
	if err := os.WriteFile(file, []byte(registration), 0o600); err != nil {
		t.Fatal(err)
	}
	return confirmable + fmt.Sprintf("appservices: [%q]\n", file)
}

const irc = "as of irc"

// as is the query with which an application service acts as a user.
func as(user string, more ...string) string {
	return "?" + strings.Join(append([]string{"user_id=" + url.QueryEscape(user)}, more...), "&")
}

// asserting are the requests whose answer depends on whom the application service
// acts as.
var asserting = []struct{ method, path, body string }{
	{"GET", whoamiPath, ""},
	{"GET", "/_matrix/client/v3/devices", ""},
	{"GET", devicesPath + "A", ""},
	{"PUT", devicesPath + "A", "{}"},
	{"DELETE", devicesPath + "A", "{}"},
	{"POST", deleteDevicesPath, `{"devices":["A"]}`},
	{"GET", capabilitiesPath, ""},
	{"GET", thirdPartyIDsPath, ""},
	{"POST", thirdPartyIDsPath + "/delete", `{"medium":"email","address":"a@example.com"}`},
	{"POST", deactivatePath, "{}"},
	{"POST", passwordPath, `{"new_password":"correct horse"}`},
	{"POST", openIDPath("@_irc_a:example.org"), "{}"},
	{"POST", logoutPath, ""},
	{"POST", logoutPath + "/all", ""},
	{"POST", getTokenPath, "{}"},
	{"GET", "/_matrix/client/versions", ""},
}

const whoamiPath = "/_matrix/client/v3/account/whoami"

// mustCreate makes a user whom nobody has signed in.
func (d *door) mustCreate(t *testing.T, id domain.UserID) {
	t.Helper()
	if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: id, CreatedAt: d.clock()}); err != nil {
		t.Fatal(err)
	}
}

// Application service API, "Identity assertion".
func TestAnApplicationServiceActsAsItsUsersAndNobodyElse(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		d.mustCreate(t, "@_irc_a:example.org")
		d.mustLogin(t, corp("bob"), `"device_id":"A"`)
		d.mustLogin(t, corp("alice"), `"device_id":"A"`)
		for _, r := range asserting {
			for what, c := range map[string]struct {
				query   string
				status  int
				errcode string
			}{
				"outside its namespaces": {as("@bob:example.org"), 403, "M_FORBIDDEN"},
				"not registered":         {as("@_irc_nobody:example.org"), 403, "M_FORBIDDEN"},
				"of another server":      {as("@_irc_a:example.com"), 403, "M_FORBIDDEN"},
				"no user id":             {as("_irc_a"), 403, "M_FORBIDDEN"},
				"NUL":                    {as("@_irc_\x00:example.org"), 403, "M_FORBIDDEN"},
				"no UTF-8":               {"?user_id=@_irc_%ff:example.org", 403, "M_FORBIDDEN"},
				"another's device":       {as("@_irc_a:example.org", "device_id=A"), 400, "M_UNKNOWN_DEVICE"},
				"a device of old":        {as("@_irc_a:example.org", "org.matrix.msc3202.device_id=A"), 400, "M_UNKNOWN_DEVICE"},
				"the sender's device":    {"?device_id=A", 400, "M_UNKNOWN_DEVICE"},
				"no device id":           {as("@_irc_a:example.org", "device_id=%00"), 400, "M_UNKNOWN_DEVICE"},
			} {
				wantAnswer(t, r.method+" "+r.path+", "+what, d.do(t, r.method, r.path+c.query, irc, r.body), c.status, c.errcode)
			}
		}
		d.wantDevices(t, "@bob:example.org", "A")
		d.wantDevices(t, "@alice:example.org", "A")
	})
}

func TestWhatAnApplicationServiceDoesAsItsUsers(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		const a = "@_irc_a:example.org"
		d.mustCreate(t, a)
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		wants := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: got %s; want %s", what, got, want)
			}
		}
		get := func(path string) string { return d.do(t, "GET", path, irc, "").raw }

		wants("whoami", get(whoamiPath), `{"user_id":"@ircbot:example.org","is_guest":false}`)
		wants("whoami as a user", get(whoamiPath+as(a)), `{"user_id":"@_irc_a:example.org","is_guest":false}`)
		wants("with a token in the query", d.do(t, "GET", whoamiPath+as(a, "access_token=as+of+irc"), "", "").text("user_id"), a)
		wantAnswer(t, "a new device", d.do(t, "PUT", devicesPath+"NEW"+as(a), irc, `{"display_name":"IRC"}`), 201, "")
		wants("whoami on a device", get(whoamiPath+as(a, "device_id=NEW")), `{"user_id":"@_irc_a:example.org","device_id":"NEW","is_guest":false}`)
		wants("whoami on a device, as of old", d.do(t, "GET", whoamiPath+as(a, "org.matrix.msc3202.device_id=NEW"), irc, "").text("device_id"), "NEW")
		wants("whoami as a user who is shared", d.do(t, "GET", whoamiPath+as("@alice:example.org", "device_id=PHONE"), irc, "").text("device_id"), "PHONE")
		wants("devices", get("/_matrix/client/v3/devices"+as(a)), `{"devices":[{"device_id":"NEW","display_name":"IRC"}]}`)
		wants("addresses", get(thirdPartyIDsPath+as(a)), `{"threepids":[]}`)

		token := d.do(t, "POST", openIDPath(a)+as(a), irc, "{}").text("access_token")
		wants("OpenID", d.userinfo(t, token).text("sub"), a)
		wantAnswer(t, "OpenID of another", d.do(t, "POST", openIDPath("@alice:example.org")+as(a), irc, "{}"), 403, "M_FORBIDDEN")
		wantAnswer(t, "OpenID of a sender who is not registered", d.do(t, "POST", openIDPath("@ircbot:example.org"), irc, "{}"), 403, "M_FORBIDDEN")
		wantAnswer(t, "a password", d.do(t, "POST", passwordPath+as("@alice:example.org"), irc, `{"new_password":"correct horse"}`), 403, "M_FORBIDDEN")
		wantAnswer(t, "a login token", d.do(t, "POST", getTokenPath+as("@alice:example.org"), irc, "{}"), 403, "M_FORBIDDEN")

		wantAnswer(t, "logout without a device", d.do(t, "POST", logoutPath+as(a), irc, ""), 403, "M_FORBIDDEN")
		wantAnswer(t, "logout of a device", d.do(t, "POST", logoutPath+as("@alice:example.org", "device_id=PHONE"), irc, ""), 200, "")
		wantEnd(t, "the token of the device", d.whoami(t, alice), false)
		wantAnswer(t, "logout of all", d.do(t, "POST", logoutPath+"/all"+as(a), irc, ""), 200, "")
		d.wantDevices(t, a)
		wants("its token", get(whoamiPath), `{"user_id":"@ircbot:example.org","is_guest":false}`)
		if strings.Contains(d.log.String(), irc) || strings.Contains(d.log.String(), url.QueryEscape(irc)) {
			t.Error("the application service's token is in the log")
		}
	})
}

// Nobody else is asked whom it acts as.
func TestAnOrdinaryTokenActsAsNobodyElse(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"), `"device_id":"A"`)
		d.mustLogin(t, corp("bob"), `"device_id":"B"`)
		a := d.do(t, "GET", whoamiPath+as("@bob:example.org", "device_id=B"), alice, "")
		if a.text("user_id") != "@alice:example.org" || a.text("device_id") != "A" {
			t.Errorf("got %s", a)
		}
		wantAnswer(t, "a token of no application service", d.do(t, "GET", whoamiPath+as("@bob:example.org"), irc+" ", ""), 403, "M_FORBIDDEN")
		wantAnswer(t, "a token of no application service", d.do(t, "GET", whoamiPath+as("@alice:example.org"), irc+"x", ""), 401, "M_UNKNOWN_TOKEN")
	})
}

func TestAnApplicationServiceDeactivatesItsUsersWithoutConfirmation(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		d.mustCreate(t, "@_irc_a:example.org")
		d.change(t, "@_irc_a:example.org", func(u *domain.User) { u.DisplayName = "A" })
		a := d.do(t, "POST", deactivatePath+as("@_irc_a:example.org"), irc, `{"erase":true}`)
		if a.status != 200 || a.raw != `{"id_server_unbind_result":"success"}` {
			t.Fatalf("got %s", a)
		}
		if user := d.user(t, "@_irc_a:example.org"); !user.Deactivated || !user.Erased || user.DisplayName != "" {
			t.Errorf("the user is %+v", user)
		}
		// Its token is as good as before; the user is not.
		wantAnswer(t, "as that user", d.do(t, "GET", whoamiPath+as("@_irc_a:example.org"), irc, ""), 403, "M_USER_DEACTIVATED")
		wantAnswer(t, "by itself", d.whoami(t, irc), 200, "")
		wantAnswer(t, "its own user, who is not registered", d.do(t, "POST", deactivatePath, irc, "{}"), 403, "M_FORBIDDEN")
	})
}
