package test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestGuests(t *testing.T) { // "Guest access"; "POST /register" with kind=guest
	onEveryVariant(t, "server_name: example.org\nregistration: {guests: true}\n", func(t *testing.T, d *door) {
		guest := func(body string) answer { return d.do(t, "POST", registerPath+"?kind=guest", "", body) }
		a := guest(`{"username":1,"password":["x"],"device_id":"PHONE","auth":7,"inhibit_login":"x","refresh_token":true,"type":"m.login.application_service","initial_device_display_name":"Kiosk"}`)
		id := domain.UserID(a.text("user_id"))
		if a.status != 200 || a.text("access_token") == "" || a.text("device_id") == "" || a.text("device_id") == "PHONE" || a.body["refresh_token"] != nil {
			t.Fatalf("got %s", a)
		}
		if domain.CheckNewLocalpart(id.Localpart()) == nil || domain.CheckLocalpart(id.Localpart()) != nil {
			t.Errorf("%s is no name of a guest", id)
		}
		if who := d.whoami(t, a.text("access_token")); who.status != 200 || who.body["is_guest"] != true || who.text("device_id") != a.text("device_id") {
			t.Errorf("whoami: %s", who)
		}
		device, err := d.Storage.Repositories().Devices.ByID(t.Context(), id, domain.DeviceID(a.text("device_id")))
		if err != nil || device.DisplayName != "Kiosk" {
			t.Errorf("the device: %+v, %v", device, err)
		}
		if b := guest("{}"); b.status != 200 || b.text("user_id") == a.text("user_id") {
			t.Errorf("another guest: %s", b)
		}
		wants(t, "no body", guest(""), 400, "M_NOT_JSON")
		wants(t, "a device name of another type", guest(`{"initial_device_display_name":1}`), 400, "M_BAD_JSON")
		wants(t, "a login with no password", d.passwordLogin(t, string(id), ""), 403, "M_FORBIDDEN")
		wants(t, "people", d.register(t, form{}), 403, "M_FORBIDDEN")
	})
}

const (
	bridgeToken = "the token of the IRC bridge of the tests"
	botToken    = "the token of the bot of the tests"
)

// bridged has two application services, of which the second is limited.
func bridged(t *testing.T, settings string) string {
	t.Helper()
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bridge := write("irc.yaml", fmt.Sprintf(`
id: irc
url: null
as_token: %s
hs_token: not used here
sender_localpart: ircbot
rate_limited: false
namespaces:
  users:
    - {regex: "@_irc_.*", exclusive: true}
    - {regex: "@shared_.*", exclusive: false}
`, bridgeToken))
	bot := write("bot.yaml", fmt.Sprintf(`
id: bot
url: null
as_token: %s
hs_token: not used here
sender_localpart: bot
namespaces:
  users:
    - {regex: "@.*", exclusive: false}
`, botToken))
	return settings + fmt.Sprintf("appservices: [%q, %q]\n", bridge, bot)
}

func TestApplicationServicesRegisterTheirUsers(t *testing.T) { // application service API, "Server admin style permissions"
	onEveryVariant(t, bridged(t, "server_name: example.org\n"), func(t *testing.T, d *door) {
		register := func(token string, body form) answer {
			return d.do(t, "POST", registerPath, token, body.with(form{"type": "m.login.application_service"}).String())
		}
		a := register(bridgeToken, form{"username": "_irc_Alice", "device_id": "IRC", "initial_device_display_name": "Bridge"})
		if a.status != 200 || a.text("user_id") != "@_irc_alice:example.org" || a.text("device_id") != "IRC" {
			t.Fatalf("got %s", a)
		}
		if who := d.whoami(t, a.text("access_token")); who.text("user_id") != "@_irc_alice:example.org" || who.text("device_id") != "IRC" {
			t.Errorf("whoami: %s", who)
		}
		if a := register(bridgeToken, form{"username": "_irc_bob", "inhibit_login": true}); a.status != 200 || a.raw != `{"user_id":"@_irc_bob:example.org"}` {
			t.Errorf("inhibit_login: %s", a)
		}
		if a := d.do(t, "POST", registerPath+"?access_token="+percent(bridgeToken), "", `{"type":"m.login.application_service","username":"shared_1"}`); a.status != 200 {
			t.Errorf("with the token in the query: %s", a)
		}
		if a := register(bridgeToken, form{"username": "ircbot"}); a.status != 200 {
			t.Errorf("its own user: %s", a)
		}
		ordinary := register(botToken, form{"username": "carol"}).text("access_token")
		for what, c := range map[string]struct {
			token   string
			body    form
			status  int
			errcode string
		}{
			"no token":                    {"", form{"username": "_irc_x"}, 401, "M_MISSING_TOKEN"},
			"an unknown token":            {"nobody's", form{"username": "_irc_x"}, 401, "M_UNKNOWN_TOKEN"},
			"a user's token":              {ordinary, form{"username": "_irc_x"}, 401, "M_UNKNOWN_TOKEN"},
			"outside of its namespaces":   {bridgeToken, form{"username": "dora"}, 400, "M_EXCLUSIVE"},
			"in another's exclusive one":  {botToken, form{"username": "_irc_x"}, 400, "M_EXCLUSIVE"},
			"another's own user":          {botToken, form{"username": "ircbot"}, 400, "M_EXCLUSIVE"},
			"taken":                       {bridgeToken, form{"username": "_IRC_alice"}, 400, "M_USER_IN_USE"},
			"no name":                     {bridgeToken, form{}, 400, "M_MISSING_PARAM"},
			"a name that cannot be one":   {bridgeToken, form{"username": "_irc_!"}, 400, "M_INVALID_USERNAME"},
			"a device that cannot be one": {bridgeToken, form{"username": "_irc_x", "device_id": ""}, 400, "M_INVALID_PARAM"},
		} {
			wants(t, what, register(c.token, c.body), c.status, c.errcode)
		}
		if _, users, err := d.Storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1}); err != nil || users != 5 {
			t.Errorf("%d users, %v; want 5", users, err)
		}
		wants(t, "people", d.register(t, newcomer("erin")), 403, "M_FORBIDDEN")
	})
}

func TestNamesOfApplicationServicesAreNotForOthers(t *testing.T) { // application service API, "Registration": exclusive
	settings := bridged(t, registering+"jwt: {providers: [{name: corp, secret: \""+secret+"\"}]}\n")
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		for _, name := range []string{"ircbot", "IrcBot", "bot"} {
			wants(t, name, d.register(t, newcomer(name)), 400, "M_EXCLUSIVE")
			wants(t, name+": available", d.do(t, "GET", availablePath+"?username="+name, "", ""), 400, "M_EXCLUSIVE")
			wants(t, name+" by JWT", d.login(t, jwt(claims{"sub": name})), 400, "M_EXCLUSIVE")
		}
		wants(t, "a user of the bridge by JWT", d.login(t, jwt(claims{"sub": "_irc_alice"})), 400, "M_EXCLUSIVE")
		for _, name := range []string{"shared_1", "dora"} { // in namespaces that are not exclusive
			d.mustRegister(t, newcomer(name))
		}
		d.mustLogin(t, jwt(claims{"sub": "shared_2"}))
	})
}
