package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everything has all that can be configured to be served.
func everything(t *testing.T) string {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	t.Cleanup(service.Close)
	file := filepath.Join(t.TempDir(), "bridge.yaml")
	registration := fmt.Sprintf(`{id: bridge, url: %q, as_token: as-token-of-the-tests, hs_token: hs-token-of-the-tests, sender_localpart: bot,
		namespaces: {users: [{exclusive: true, regex: "@_?irc_.*"}]}}`, service.URL)
	if err := os.WriteFile(file, []byte(registration), 0o600); err != nil {
		t.Fatal(err)
	}
	const leaving = `    - {name: leaving, secret: "` + secret + `", issuers: [leaving], audiences: [doorward]}
`
	return strings.Replace(administrable, "  providers:\n", "  providers:\n"+leaving, 1) + fmt.Sprintf(`
appservices: [%q]
registration:
  enabled: true
  tokens_required: true
  guests: true
  shared_secret: %s
  terms: [{id: privacy, version: "1", language: en, name: Privacy, url: "https://example.org/privacy"}]
`, file, sharedSecret)
}

// A tour is a run through all that is served. It keeps what is secret of it.
// Invitations are registration tokens, which administrators can read again.
type tour struct {
	t                    *testing.T
	d                    *door
	secrets, invitations []string
}

func (o *tour) isInvitation(s string) bool { return slices.Contains(o.invitations, s) }

// secretMember finds the members of requests and answers that nobody else may see.
var secretMember = regexp.MustCompile(`"(?:access_token|refresh_token|login_token|session|nonce|token|password|new_password|mac)":"([^"]+)"`)

// step makes a request, which is to succeed.
func (o *tour) step(method, path, token, body string) answer {
	o.t.Helper()
	a := o.try(method, path, token, body)
	if a.status >= 300 {
		o.t.Fatalf("%s %s %s: got %s", method, path, body, a)
	}
	return a
}

func (o *tour) try(method, path, token, body string) answer {
	o.t.Helper()
	a := o.d.do(o.t, method, path, token, body)
	o.keep(token)
	for _, text := range []string{body, a.raw} {
		for _, found := range secretMember.FindAllStringSubmatch(text, -1) {
			o.keep(found[1])
		}
	}
	return a
}

func (o *tour) keep(secret string) {
	if secret != "" && !slices.Contains(o.secrets, secret) {
		o.secrets = append(o.secrets, secret)
	}
}

func (o *tour) login(name, device string) held {
	o.t.Helper()
	a := o.step("POST", loginPath, "", loginBody(corp(name), `"refresh_token":true`, fmt.Sprintf(`"device_id":%q`, device)))
	return held{a.text("access_token"), a.text("refresh_token")}
}

const (
	v3      = "/_matrix/client/v3"
	aliceID = "/@alice:example.org"
	bobID   = "/@bob:example.org"
)

// sessions is all that somebody does for himself.
func (o *tour) sessions() {
	o.t.Helper()
	o.step("GET", "/health", "", "")
	o.step("GET", "/.well-known/matrix/client", "", "")
	o.step("GET", "/_matrix/client/versions", "", "")
	o.step("GET", loginPath, "", "")
	alice := o.login("alice", "PHONE")
	a := o.step("POST", refreshPath, "", fmt.Sprintf(`{"refresh_token":%q}`, alice.refresh))
	phone := a.text("access_token")
	o.login("alice", "TABLET")
	o.login("alice", "WATCH")
	o.step("GET", v3+"/account/whoami", phone, "")
	o.step("GET", v3+"/account/whoami?access_token="+phone, "", "")
	o.step("GET", v3+"/capabilities", phone, "")
	o.step("GET", v3+"/devices", phone, "")
	o.step("GET", devicesPath+"PHONE", phone, "")
	o.step("PUT", devicesPath+"PHONE", phone, `{"display_name":"the phone"}`)
	o.d.mustHavePassword(o.t, "@alice:example.org", "first-password-of-alice")
	first := byPassword("alice", "first-password-of-alice")
	session := o.try("DELETE", devicesPath+"TABLET", phone, "").text("session")
	o.pages(session)
	o.step("DELETE", devicesPath+"TABLET", phone, withAuth(session, ""))
	o.step("POST", deleteDevicesPath, phone, withAuth("", first, `"devices":["WATCH"]`))
	token := o.step("POST", getTokenPath, phone, withAuth("", first)).text("login_token")
	o.step("POST", loginPath, "", fmt.Sprintf(`{"type":"m.login.token","token":%q}`, token))
	o.step("POST", v3+"/account/password", phone, withAuth("", first, `"new_password":"second-password-of-alice"`))
	o.step("POST", loginPath, "", fmt.Sprintf(`{"type":"m.login.password","user":"alice","password":%q}`, "second-password-of-alice"))
	o.step("GET", thirdPartyIDsPath, phone, "")
	o.step("POST", thirdPartyIDsPath+"/delete", phone, `{"medium":"email","address":"alice@example.org"}`)
	o.step("GET", v3+"/admin/whois"+aliceID, phone, "")
	openID := o.step("POST", v3+"/user"+aliceID+"/openid/request_token", phone, "{}").text("access_token")
	o.step("GET", userinfoPath+"?access_token="+openID, "", "")
	o.step("POST", logoutPath, o.login("alice", "OLD").access, "")
	o.step("POST", logoutPath+"/all", o.login("carol", "PHONE").access, "")
	out := logoutToken(leave("tour").with(claims{"iss": "leaving", "sub": "somebody"}))
	if a := o.d.backchannelLogout(o.t, "leaving", out); a.status != 200 {
		o.t.Errorf("a provider's logout: %s", a)
	}
	o.keep(out)
	dora := o.login("dora", "PHONE").access
	o.d.mustHavePassword(o.t, "@dora:example.org", "password-of-dora")
	o.step("POST", v3+"/account/deactivate", dora, withAuth("", byPassword("dora", "password-of-dora"), `"erase":true`))
	o.keep("first-password-of-alice")
	o.keep("password-of-dora")
	o.try("POST", getTokenPath, phone, withAuth("", byPassword("alice", "not-the-password-of-alice")))
}

// pages completes a stage on the page for it.
func (o *tour) pages(session string) {
	o.t.Helper()
	path := fallbackPath("m.login.password", session)
	wantPage(o.t, "the page", o.d.page(o.t, path, nil), 200)
	wantPage(o.t, "the page, wrongly", o.d.page(o.t, path, map[string][]string{"password": {"mistyped-password-of-alice"}}), 403)
	wantPage(o.t, "the page, filled in", o.d.page(o.t, path, map[string][]string{"password": {"first-password-of-alice"}}), 200)
	wantPage(o.t, "the login page", o.d.page(o.t, "/_matrix/static/client/login/", nil), 200)
	o.keep("mistyped-password-of-alice")
}

// registrations is all the ways to become a user.
func (o *tour) registrations() {
	o.t.Helper()
	invitation := o.step("POST", "/_synapse/admin/v1/registration_tokens/new", adminToken, `{"uses_allowed":1}`).text("token")
	o.invitations = []string{invitation, "a-registration-token"}
	o.step("GET", "/_matrix/client/v1/register/m.login.registration_token/validity?token="+invitation, "", "")
	o.step("GET", v3+"/register/available?username=erin", "", "")
	session := o.try("POST", registerPath, "", `{"username":"erin","password":"password-of-erin"}`).text("session")
	o.try("POST", registerPath, "", withAuth(session, fmt.Sprintf(`"type":"m.login.registration_token","token":%q`, invitation)))
	o.step("POST", registerPath, "", withAuth(session, `"type":"m.login.terms"`))
	o.step("POST", registerPath, "as-token-of-the-tests", `{"type":"m.login.application_service","username":"irc_x"}`)
	o.step("POST", "/_matrix/client/v1/appservice/bridge/ping", "as-token-of-the-tests", "{}")
	body := form{"nonce": o.d.nonce(o.t), "username": "frank", "password": "password-of-frank"}
	o.step("POST", signedPath, "", signed(sharedSecret, body).String())
	o.keep("hs-token-of-the-tests")
	o.keep(sharedSecret)
}

// administration is all that an administrator does, and that programs do.
func (o *tour) administration() {
	o.t.Helper()
	admin := o.login("admin", "DESK").access
	o.login("bob", "PHONE")
	o.login("bob", "TABLET")
	o.login("bob", "WATCH")
	const v1, users = "/_synapse/admin/v1", "/_synapse/admin/v2/users"
	o.step("PUT", v1+"/users/@admin:example.org/admin", adminToken, `{"admin":true}`)
	for _, measure := range []string{"lock", "suspend"} {
		path := "/_matrix/client/v1/admin/" + measure + bobID
		o.step("PUT", path, admin, fmt.Sprintf(`{"%sed":true}`, measure))
		o.step("PUT", path, admin, fmt.Sprintf(`{"%sed":false}`, measure))
		o.step("GET", path, admin, "")
	}
	o.step("GET", users, admin, "")
	o.step("PUT", users+"/@grace:example.org", admin, `{"password":"password-of-grace","displayname":"Grace"}`)
	o.step("GET", users+bobID, admin, "")
	o.step("PUT", v1+"/suspend"+bobID, admin, `{"suspend":false}`)
	o.step("POST", v1+"/reset_password"+bobID, admin, `{"new_password":"password-of-bob","logout_devices":false}`)
	o.step("GET", v1+"/users"+bobID+"/admin", admin, "")
	o.step("POST", v1+"/users"+bobID+"/login", admin, "{}")
	o.step("GET", v1+"/whois"+bobID, admin, "")
	o.step("GET", v1+"/username_available?username=heidi", admin, "")
	o.step("GET", v1+"/server_version", admin, "")
	o.step("GET", users+bobID+"/devices", admin, "")
	o.step("GET", users+bobID+"/devices/PHONE", admin, "")
	o.step("PUT", users+bobID+"/devices/PHONE", admin, `{"display_name":"Bob's"}`)
	o.step("DELETE", users+bobID+"/devices/PHONE", admin, "")
	o.step("POST", users+bobID+"/delete_devices", admin, `{"devices":["TABLET"]}`)
	o.step("GET", v1+"/registration_tokens", admin, "")
	o.step("POST", v1+"/registration_tokens/new", admin, `{"token":"a-registration-token"}`)
	o.step("GET", v1+"/registration_tokens/a-registration-token", admin, "")
	o.step("PUT", v1+"/registration_tokens/a-registration-token", admin, `{"uses_allowed":3}`)
	o.step("DELETE", v1+"/registration_tokens/a-registration-token", admin, "")
	o.step("POST", v1+"/deactivate"+bobID, admin, `{"erase":true}`)
}
