package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/domain"
)

// confirmable has two providers, of which one may confirm requests.
const confirmable = `
server_name: example.org
public_base_url: https://matrix.example.org/
jwt:
  providers:
    - {name: corp, secret: "` + secret + `", issuers: [corp], leeway: 10s, allow_uia: true, link_existing: true}
    - {name: partner, secret: "` + secret + `", issuers: [partner], leeway: 10s}
`

const (
	devicesPath       = "/_matrix/client/v3/devices/"
	deleteDevicesPath = "/_matrix/client/v3/delete_devices"
	getTokenPath      = "/_matrix/client/v1/login/get_token"
)

// corp is a token of the provider that may confirm, issued now.
func corp(name string) string {
	return jwt(claims{"sub": name, "iss": "corp", "iat": in(0)})
}

// mustHavePassword gives a user who is there a password.
func (d *door) mustHavePassword(t *testing.T, id domain.UserID, secret string) {
	t.Helper()
	hash, err := password.NewHasher().Hash(t.Context(), secret)
	if err == nil {
		err = d.Storage.Repositories().Passwords.Put(t.Context(), id, hash)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// twoUsers signs alice in on PHONE, TABLET and LAPTOP, and bob on PHONE, and gives
// both a password. It returns alice's token of PHONE, and bob's.
func twoUsers(t *testing.T, d *door) (alice, bob string) {
	t.Helper()
	alice = d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
	d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
	d.mustLogin(t, corp("alice"), `"device_id":"LAPTOP"`)
	bob = d.mustLogin(t, corp("bob"), `"device_id":"PHONE"`)
	d.mustHavePassword(t, "@alice:example.org", "alice's")
	d.mustHavePassword(t, "@bob:example.org", "bob's")
	return alice, bob
}

// wantDevices wants a user to have these devices.
func (d *door) wantDevices(t *testing.T, id domain.UserID, want ...domain.DeviceID) {
	t.Helper()
	list, err := d.Storage.Repositories().Devices.List(t.Context(), id)
	var got []domain.DeviceID
	for _, device := range list {
		got = append(got, device.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s has the devices %q, %v; want %q", id, got, err, want)
	}
}

// withAuth is a body with "auth", and other members.
func withAuth(session, stage string, more ...string) string {
	var auth []string
	if session != "" {
		auth = append(auth, fmt.Sprintf(`"session":%q`, session))
	}
	auth = append(auth, stage)
	auth = slices.DeleteFunc(auth, func(s string) bool { return s == "" })
	return "{" + strings.Join(append(more, `"auth":{`+strings.Join(auth, ",")+"}"), ",") + "}"
}

// byPassword and byJWT are what is shown for a stage.
func byPassword(user, secret string) string {
	return fmt.Sprintf(`"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":%q`, user, secret)
}

func byJWT(token string) string {
	return fmt.Sprintf(`"type":"org.matrix.login.jwt","token":%q`, token)
}

// wantChallenge wants a challenge, and returns its session. An errcode of ""
// means that no stage was tried.
func wantChallenge(t *testing.T, what string, a answer, errcode string, completed ...string) string {
	t.Helper()
	done := fmt.Sprint(a.body["completed"])
	_, params := a.body["params"].(map[string]any)
	flows, _ := a.body["flows"].([]any)
	_, isError := a.body["error"]
	if a.status != 401 || a.text("errcode") != errcode || isError != (errcode != "") || len(flows) == 0 || !params ||
		a.text("session") == "" || done != fmt.Sprint(completed) {
		t.Fatalf("%s: got %s; want a challenge with errcode %q, of which is completed %v", what, a, errcode, completed)
	}
	return a.text("session")
}

// challenged makes a request that has to be confirmed, and returns the session.
func (d *door) challenged(t *testing.T, method, path, token, body string) string {
	t.Helper()
	return wantChallenge(t, method+" "+path, d.do(t, method, path, token, body), "")
}

func wantAnswer(t *testing.T, what string, a answer, status int, errcode string) {
	t.Helper()
	if a.status != status || a.text("errcode") != errcode || (a.text("error") != "") != (errcode != "") {
		t.Errorf("%s: got %s; want %d %s", what, a, status, errcode)
	}
}

// User-Interactive API in the REST API: "a request without auth".
func TestARequestThatMustBeConfirmedIsChallenged(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		carol := d.mustLogin(t, corp("carol"))
		for _, c := range []struct{ method, path, body string }{
			{"DELETE", devicesPath + "TABLET", ""},
			{"DELETE", devicesPath + "TABLET", "{}"},
			{"DELETE", devicesPath + "TABLET", `{"auth":null}`},
			{"DELETE", devicesPath + "NOSUCH", ""},
			{"POST", deleteDevicesPath, `{"devices":["TABLET"]}`},
			{"POST", getTokenPath, `{}`},
			{"POST", getTokenPath, `{"auth":{}}`},
			{"POST", "/_matrix/client/unstable/org.matrix.msc3882/login/get_token", `{}`},
		} {
			sessions := map[string]bool{}
			for token, flows := range map[string]string{
				alice: "[map[stages:[org.matrix.login.jwt]] map[stages:[m.login.password]]]",
				carol: "[map[stages:[org.matrix.login.jwt]]]", // she has no password
			} {
				for range 2 {
					a := d.do(t, c.method, c.path, token, c.body)
					sessions[wantChallenge(t, c.path, a, "")] = true
					if fmt.Sprint(a.body["flows"]) != flows {
						t.Errorf("%s: flows %v; want %s", c.path, a.body["flows"], flows)
					}
					if a.header.Get("Content-Type") != "application/json" {
						t.Errorf("%s: %v", c.path, a.header)
					}
				}
			}
			if len(sessions) != 4 {
				t.Errorf("%s %s: four requests have %d sessions", c.method, c.path, len(sessions))
			}
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
	})
}

// User-Interactive API in the REST API: a stage that fails may be tried again.
func TestAStageThatFailsLeavesTheRestOfTheChallenge(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		first := d.do(t, "DELETE", devicesPath+"TABLET", alice, "")
		session := wantChallenge(t, "the first request", first, "")
		for name, c := range map[string]struct{ auth, errcode string }{
			"a wrong password":         {byPassword("alice", "wrong"), "M_FORBIDDEN"},
			"an unknown user":          {byPassword("nobody", "alice's"), "M_FORBIDDEN"},
			"another server's user":    {byPassword("@alice:other.org", "alice's"), "M_FORBIDDEN"},
			"no password":              {`"type":"m.login.password"`, "M_MISSING_PARAM"},
			"a password of no use":     {`"type":"m.login.password","password":[]`, "M_INVALID_PARAM"},
			"an identifier of no use":  {`"type":"m.login.password","password":"alice's","identifier":{"type":"x"}`, "M_INVALID_PARAM"},
			"no token":                 {`"type":"org.matrix.login.jwt"`, "M_FORBIDDEN"},
			"rubbish for a token":      {byJWT("x.y.z"), "M_FORBIDDEN"},
			"a stage not on offer":     {`"type":"m.login.dummy"`, "M_FORBIDDEN"},
			"another one":              {`"type":"m.login.registration_token","token":"x"`, "M_FORBIDDEN"},
			"a login type, no stage":   {`"type":"m.login.token","token":"x"`, "M_FORBIDDEN"},
			"a login type's old name":  {`"type":"m.login.jwt","token":"` + corp("alice") + `"`, "M_FORBIDDEN"},
			"what nobody has heard of": {`"type":"org.example.x"`, "M_FORBIDDEN"},
		} {
			a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, c.auth))
			if again := wantChallenge(t, name, a, c.errcode); again != session || fmt.Sprint(a.body["flows"]) != fmt.Sprint(first.body["flows"]) {
				t.Errorf("%s: got %s; want the session and the flows of before", name, a)
			}
		}
		for name, body := range map[string]string{
			"auth is no object": `{"auth":"x"}`, "session is no string": `{"auth":{"session":1}}`, "type is no string": `{"auth":{"type":[]}}`,
			"token is no string": `{"auth":{"type":"org.matrix.login.jwt","token":7}}`,
		} {
			wantAnswer(t, name, d.do(t, "DELETE", devicesPath+"TABLET", alice, body), 400, "M_BAD_JSON")
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		for _, auth := range []string{
			byPassword("@alice:example.org", "alice's"), byPassword("ALICE", "alice's"),
			`"type":"m.login.password","user":"alice","password":"alice's"`,
			`"type":"m.login.password","identifier":null,"password":"alice's"`,
		} {
			session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
			wantAnswer(t, auth, d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, auth)), 200, "")
		}
		wantAnswer(t, "the session with the failures", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE")
	})
}

// User-Interactive API in the REST API: nobody needs a session that nobody gave
// them.
func TestTheFirstRequestMayShowAStage(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth("", byPassword("alice", "wrong")))
		session := wantChallenge(t, "a wrong password", a, "M_FORBIDDEN")
		wantAnswer(t, "the right one", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
		wantAnswer(t, "at once", d.do(t, "POST", deleteDevicesPath, alice, withAuth("", byPassword("alice", "alice's"), `"devices":["LAPTOP"]`)), 200, "")
		wantAnswer(t, "at once, by a token", d.do(t, "DELETE", devicesPath+"PHONE", alice, withAuth("", byJWT(corp("alice")))), 200, "")
		d.wantDevices(t, "@alice:example.org")
	})
}

// User-Interactive API in the REST API: whose request it is confirms it.
func TestSomebodyElsesProofIsRefusedAndTheRightOneWorksAfterwards(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		for name, auth := range map[string]string{
			"bob's password": byPassword("bob", "bob's"), "bob's token": byJWT(corp("bob")), "the token of nobody here": byJWT(corp("stranger")),
		} {
			wantAnswer(t, name, d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, auth)), 403, "M_FORBIDDEN")
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		wantAnswer(t, "alice's", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
	})
}

// User-Interactive API in the REST API, with the login type org.matrix.login.jwt
// as a stage: a token of a login is no confirmation.
func TestATokenConfirmsIfItIsFreshAndItsProviderMay(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		now := d.setClock()
		at := func(ago time.Duration) int64 { return now.Add(-ago).Unix() }
		alice := d.mustLogin(t, jwt(claims{"sub": "alice", "iss": "corp"}), `"device_id":"PHONE"`)
		d.mustLogin(t, jwt(claims{"sub": "alice", "iss": "corp"}), `"device_id":"TABLET"`)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		for name, token := range map[string]string{
			"of before the request":     jwt(claims{"sub": "alice", "iss": "corp", "iat": at(12 * time.Second)}),
			"of nobody knows when":      jwt(claims{"sub": "alice", "iss": "corp"}),
			"of a provider who may not": jwt(claims{"sub": "alice", "iss": "partner", "iat": at(0)}),
			"expired":                   jwt(claims{"sub": "alice", "iss": "corp", "iat": at(0), "exp": at(time.Minute)}),
			"signed by somebody":        sign(input(corp("alice")), "a wrong secret"),
		} {
			a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT(token)))
			wantChallenge(t, name, a, "M_FORBIDDEN")
		}
		d.wantDevices(t, "@alice:example.org", "PHONE", "TABLET")
		*now = now.Add(30 * time.Minute)
		fresh := jwt(claims{"sub": "alice", "iss": "corp", "iat": at(0)})
		wantAnswer(t, "a fresh one", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT(fresh))), 200, "")
	})
	onEveryVariant(t, plain, func(t *testing.T, d *door) { // where no provider may
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth("", byJWT(jwt(claims{"sub": "alice", "iat": in(0)}))))
		wantChallenge(t, "the only flow", a, "M_FORBIDDEN")
		if fmt.Sprint(a.body["flows"]) != "[map[stages:[m.login.password]]]" {
			t.Errorf("got %s", a)
		}
	})
}
