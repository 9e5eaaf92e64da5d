package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	registerPath  = "/_matrix/client/v3/register"
	availablePath = registerPath + "/available"
	validityPath  = "/_matrix/client/v1/register/m.login.registration_token/validity"

	// registering lets people register, and sign in with what they chose.
	registering = "server_name: example.org\nregistration: {enabled: true}\n"
)

// A form is the body of a request.
type form map[string]any

func (f form) with(more form) form {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

func (f form) String() string {
	text, err := json.Marshal(map[string]any(f))
	if err != nil {
		panic(err)
	}
	return string(text)
}

// newcomer asks for an account.
func newcomer(name string) form { return form{"username": name, "password": "a good pass word"} }

// dummy completes the stage that asks for nothing.
func dummy(session string) form {
	auth := form{"type": "m.login.dummy"}
	if session != "" {
		auth["session"] = session
	}
	return form{"auth": auth}
}

func (d *door) register(t *testing.T, body form) answer {
	t.Helper()
	return d.do(t, "POST", registerPath, "", body.String())
}

// began sends a request that is not confirmed yet, and returns its session.
func (d *door) began(t *testing.T, body form) (session string) {
	t.Helper()
	a := d.register(t, body)
	if a.status != 401 || a.text("session") == "" || a.text("errcode") != "" {
		t.Fatalf("got %s; want a challenge", a)
	}
	return a.text("session")
}

// mustRegister makes an account with a session.
func (d *door) mustRegister(t *testing.T, body form) answer {
	t.Helper()
	a := d.register(t, body.with(dummy("")))
	if a.status != 200 || a.text("access_token") == "" || a.text("device_id") == "" {
		t.Fatalf("got %s; want an account", a)
	}
	return a
}

// passwordLogin signs in with a password.
func (d *door) passwordLogin(t *testing.T, name, password string) answer {
	t.Helper()
	return d.do(t, "POST", loginPath, "", form{
		"type": "m.login.password", "password": password,
		"identifier": form{"type": "m.id.user", "user": name},
	}.String())
}

// wants checks a refusal.
func wants(t *testing.T, what string, a answer, status int, errcode string) {
	t.Helper()
	if a.status != status || a.text("errcode") != errcode || errcode != "" && a.text("error") == "" {
		t.Errorf("%s: got %s; want %d %s", what, a, status, errcode)
	}
}

func TestRegistrationFromTheChallengeToTheLogin(t *testing.T) { // "POST /register"; "User-Interactive Authentication API"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		a := d.register(t, newcomer("alice"))
		if a.status != 401 || fmt.Sprint(a.body["flows"]) != "[map[stages:[m.login.dummy]]]" || fmt.Sprint(a.body["params"]) != "map[]" || a.text("errcode") != "" {
			t.Fatalf("the challenge: %s", a)
		}
		a = d.register(t, newcomer("alice").with(dummy(a.text("session"))).with(form{"device_id": "PHONE", "initial_device_display_name": "Phone"}))
		if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" || a.text("home_server") != "example.org" {
			t.Fatalf("got %s", a)
		}
		for _, absent := range []string{"refresh_token", "expires_in_ms", "well_known"} {
			if _, there := a.body[absent]; there {
				t.Errorf("%s: %s", absent, a)
			}
		}
		who := d.whoami(t, a.text("access_token"))
		if who.text("user_id") != "@alice:example.org" || who.text("device_id") != "PHONE" || who.body["is_guest"] != false {
			t.Errorf("whoami: %s", who)
		}
		device, err := d.Storage.Repositories().Devices.ByID(t.Context(), "@alice:example.org", "PHONE")
		if err != nil || device.DisplayName != "Phone" {
			t.Errorf("the device: %+v, %v", device, err)
		}
		if a := d.passwordLogin(t, "alice", "a good pass word"); a.status != 200 || a.text("user_id") != "@alice:example.org" {
			t.Errorf("login: %s", a)
		}
		wants(t, "login with another password", d.passwordLogin(t, "alice", "another pass word"), 403, "M_FORBIDDEN")
	})
}

func TestAProbeIsChallengedAndWhatItLackedMayFollow(t *testing.T) { // "POST /register"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		for _, probe := range []string{"{}", `{"auth":{}}`, `{"password":null,"username":null,"inhibit_login":false}`} {
			if a := d.do(t, "POST", registerPath, "", probe); a.status != 401 || a.text("session") == "" {
				t.Errorf("%s: got %s", probe, a)
			}
		}
		session := d.began(t, form{})
		wants(t, "completed without a password", d.register(t, dummy(session).with(form{"username": "alice"})), 400, "M_MISSING_PARAM")
		a := d.register(t, form{"auth": form{"session": session}, "password": "a good pass word", "inhibit_login": true})
		if a.status != 200 || a.text("user_id") != "@alice:example.org" {
			t.Errorf("with a password: %s", a)
		}
	})
}

func TestWhatWasSentFirstCountsWhenOnlyAuthFollows(t *testing.T) { // "User-Interactive API in the REST API"
	const password = "Пароль 密码 🗝 e\u0301"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		session := d.began(t, form{
			"username": "alice", "password": password, "device_id": "PHONE",
			"initial_device_display_name": "Phone", "refresh_token": true,
		})
		a := d.register(t, dummy(session))
		if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" || a.text("refresh_token") == "" || a.body["expires_in_ms"] == nil {
			t.Fatalf("got %s", a)
		}
		device, err := d.Storage.Repositories().Devices.ByID(t.Context(), "@alice:example.org", "PHONE")
		if err != nil || device.DisplayName != "Phone" {
			t.Errorf("the device: %+v, %v", device, err)
		}
		if a := d.passwordLogin(t, "alice", password); a.status != 200 {
			t.Errorf("login: %s", a)
		}
		wants(t, "the password in another form of Unicode", d.passwordLogin(t, "alice", strings.Replace(password, "e\u0301", "é", 1)), 403, "M_FORBIDDEN")

		session = d.began(t, newcomer("bob").with(form{"inhibit_login": true}))
		if a := d.register(t, dummy(session)); a.status != 200 || a.raw != `{"user_id":"@bob:example.org"}` {
			t.Errorf("inhibit_login was forgotten: %s", a)
		}
	})
}

func TestWhatWasSentFirstCannotBeChanged(t *testing.T) { // "User-Interactive Authentication API": the same request
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		first := newcomer("alice").with(form{"device_id": "PHONE", "initial_device_display_name": "Phone"})
		session := d.began(t, first)
		for name, changed := range map[string]form{
			"username": {"username": "bob"}, "password": {"password": "another pass word"}, "device": {"device_id": "LAPTOP"},
			"display name": {"initial_device_display_name": "Laptop"},
		} {
			wants(t, name, d.register(t, first.with(changed).with(dummy(session))), 403, "M_FORBIDDEN")
		}
		for _, id := range []domain.UserID{"@alice:example.org", "@bob:example.org"} {
			if _, err := d.Storage.Repositories().Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
		if a := d.register(t, first.with(form{"username": "ALICE"}).with(dummy(session))); a.status != 200 || a.text("user_id") != "@alice:example.org" {
			t.Errorf("the same name in another case: %s", a)
		}
	})
}

func TestInhibitLoginOpensNoSession(t *testing.T) { // "POST /register"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		a := d.register(t, newcomer("alice").with(dummy("")).with(form{"inhibit_login": true, "device_id": "PHONE", "refresh_token": true}))
		if a.status != 200 || a.raw != `{"user_id":"@alice:example.org"}` {
			t.Errorf("got %s", a)
		}
		devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org")
		if err != nil || len(devices) != 0 {
			t.Errorf("devices: %v, %v", devices, err)
		}
		if a := d.passwordLogin(t, "alice", "a good pass word"); a.status != 200 {
			t.Errorf("login: %s", a)
		}
	})
}

func TestABadRequestIsNoChallenge(t *testing.T) { // "User-Interactive API in the REST API": failures of another kind
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		for what, r := range map[string]struct {
			body    string
			errcode string
		}{
			"weak password":    {`{"username":"alice","password":"short"}`, "M_WEAK_PASSWORD"},
			"endless password": {newcomer("alice").with(form{"password": strings.Repeat("x", 513)}).String(), "M_WEAK_PASSWORD"},
			"weak, confirmed":  {`{"username":"alice","password":"short","auth":{"type":"m.login.dummy"}}`, "M_WEAK_PASSWORD"},
			"no password":      {`{"username":"alice","auth":{"type":"m.login.dummy"}}`, "M_MISSING_PARAM"},
			"device":           {`{"device_id":""}`, "M_INVALID_PARAM"},
			"device name":      {`{"initial_device_display_name":"` + strings.Repeat("x", 101) + `"}`, "M_TOO_LARGE"},
			"username":         {`{"username":1}`, "M_BAD_JSON"},
			"password":         {`{"password":["a good pass word"]}`, "M_BAD_JSON"},
			"auth":             {`{"auth":"m.login.dummy"}`, "M_BAD_JSON"},
			"inhibit_login":    {`{"inhibit_login":"true"}`, "M_BAD_JSON"},
			"refresh_token":    {`{"refresh_token":1}`, "M_BAD_JSON"},
			"list":             {`[]`, "M_BAD_JSON"},
			"nothing":          {``, "M_NOT_JSON"},
			"invalid UTF-8":    {"{\"username\":\"\xc3\"}", "M_NOT_JSON"},
		} {
			wants(t, what, d.do(t, "POST", registerPath, "", r.body), 400, r.errcode)
		}
		wants(t, "kind", d.do(t, "POST", registerPath+"?kind=admin", "", "{}"), 400, "M_UNRECOGNIZED")
		if _, users, err := d.Storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1}); err != nil || users != 0 {
			t.Errorf("%d users, %v", users, err)
		}
		for _, path := range []string{"/_matrix/client/r0/register", "/_matrix/client/unstable/register", registerPath + "?kind=user", registerPath + "?x=y&access_token=nobody"} {
			if a := d.do(t, "POST", path, "", newcomer("alice").with(form{"bind_email": true, "org.example.x": []int{1}}).String()); a.status != 401 || a.body["flows"] == nil {
				t.Errorf("%s: got %s", path, a)
			}
		}
	})
}

func TestRegistrationIsOffUnlessTheOperatorWantsIt(t *testing.T) { // "POST /register"
	onEveryVariant(t, "server_name: example.org\n", func(t *testing.T, d *door) {
		for _, body := range []form{{}, newcomer("alice"), newcomer("alice").with(dummy(""))} {
			wants(t, body.String(), d.register(t, body), 403, "M_FORBIDDEN")
		}
		wants(t, "guests", d.do(t, "POST", registerPath+"?kind=guest", "", "{}"), 403, "M_FORBIDDEN")
		wants(t, "available", d.do(t, "GET", availablePath+"?username=alice", "", ""), 403, "M_FORBIDDEN")
		wants(t, "validity", d.do(t, "GET", validityPath+"?token=x", "", ""), 403, "M_FORBIDDEN")
		for _, method := range []string{"GET", "POST"} {
			wants(t, "with a secret that is not there", d.do(t, method, signedPath, "", "{}"), 404, "M_UNRECOGNIZED")
		}
	})
}

func TestPasswordsAreStoredAsHashesOnly(t *testing.T) {
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		session := d.began(t, newcomer("alice"))
		d.register(t, dummy(session))
		hash, err := d.Storage.Repositories().Passwords.ByUser(t.Context(), "@alice:example.org")
		if err != nil || !strings.HasPrefix(string(hash), "$argon2id$") {
			t.Errorf("got %q, %v", hash, err)
		}
		i, err := d.Storage.Repositories().Interactions.ByID(t.Context(), domain.Token(session).Hash(), d.clock())
		if err != nil || i.Password != "" || strings.Contains(i.Params, "pass word") {
			t.Errorf("what is left of the session: %+v, %v", i, err)
		}
		if log := d.log.String(); strings.Contains(log, "pass word") || strings.Contains(log, session) || !strings.Contains(log, "@alice:example.org") {
			t.Errorf("the log holds a secret, or nothing of the registration")
		}
	})
}
