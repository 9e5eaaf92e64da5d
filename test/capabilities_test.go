package test

import (
	"encoding/json"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const capabilitiesPath = "/_matrix/client/v3/capabilities"

// Client-server API, "Capabilities negotiation": what is absent means yes to most.
func TestCapabilitiesAreThoseOfTheUser(t *testing.T) {
	const (
		passwords   = "\npassword: {enabled: false}\n"
		loginTokens = "\nlogin_token: {enabled: false}\n"
		noUIA       = `
server_name: example.org
jwt:
  providers:
    - {name: corp, secret: "` + secret + `", issuers: [corp]}
` + passwords
	)
	for _, c := range []struct {
		name, settings             string
		changePassword, loginToken bool
	}{
		{"everything", confirmable, true, true},
		{"without passwords", confirmable + passwords, false, true},
		{"without login tokens", confirmable + loginTokens, true, false},
		{"with no way to confirm", noUIA, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryVariant(t, c.settings, func(t *testing.T, d *door) {
				alice := d.mustLogin(t, corp("alice"))
				got := d.capabilities(t, alice)
				for name, want := range map[string]bool{
					"m.change_password": c.changePassword, "m.get_login_token": c.loginToken, "m.3pid_changes": false,
					"m.set_displayname": false, "m.set_avatar_url": false, "m.profile_fields": false,
				} {
					if capability, ok := got[name].(map[string]any); !ok || capability["enabled"] != want {
						t.Errorf("%s: %v; want %t", name, got[name], want)
					}
				}
				// What is said is done.
				if a := d.do(t, "POST", passwordPath, alice, `{"new_password":"correct horse"}`); (a.text("session") != "") != c.changePassword {
					t.Errorf("a change of the password: %s", a)
				}
				if a := d.do(t, "POST", getTokenPath, alice, `{}`); (a.text("session") != "") != c.loginToken {
					t.Errorf("a login token: %s", a)
				}
				if _, ok := got["m.account_moderation"]; ok {
					t.Error("she may moderate accounts")
				}
				d.change(t, "@alice:example.org", func(u *domain.User) { u.Admin = true })
				if got, _ := json.Marshal(d.capabilities(t, alice)["m.account_moderation"]); string(got) != `{"lock":true,"suspend":true}` {
					t.Errorf("an administrator: %s", got)
				}
			})
		})
	}
}

func (d *door) capabilities(t *testing.T, token string) map[string]any {
	t.Helper()
	a := d.do(t, "GET", capabilitiesPath, token, "")
	capabilities, ok := a.body["capabilities"].(map[string]any)
	if a.status != 200 || !ok {
		t.Fatalf("got %s", a)
	}
	return capabilities
}

func TestCapabilitiesAreWellFormed(t *testing.T) {
	onEveryVariant(t, served(t, ""), func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"))
		rooms, _ := d.capabilities(t, alice)["m.room_versions"].(map[string]any)
		available, _ := rooms["available"].(map[string]any)
		if standard, _ := rooms["default"].(string); available[standard] != "stable" {
			t.Errorf("room versions: %v", rooms)
		}
		// For an application service nobody can confirm.
		got, _ := json.Marshal(d.capabilities(t, irc))
		for _, name := range []string{"m.change_password", "m.get_login_token"} {
			if capability, ok := d.capabilities(t, irc)[name].(map[string]any); !ok || capability["enabled"] != false {
				t.Errorf("of an application service: %s", got)
			}
		}
		wantAnswer(t, "without a token", d.do(t, "GET", capabilitiesPath, "", ""), 401, "M_MISSING_TOKEN")
		wantAnswer(t, "r0", d.do(t, "GET", "/_matrix/client/r0/capabilities", alice, ""), 200, "")
	})
}

// Client-server API, "GET /versions": a token is optional, and then counts.
func TestVersionsDependOnTheToken(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		for _, token := range []string{"", alice} {
			a := d.do(t, "GET", "/_matrix/client/versions", token, "")
			wantAnswer(t, "versions", a, 200, "")
			if versions, _ := a.body["versions"].([]any); len(versions) == 0 || versions[len(versions)-1] != "v1.19" {
				t.Errorf("versions: %v", versions)
			}
			if a.header.Get("Vary") != "Authorization" {
				t.Errorf("headers: %v", a.header)
			}
		}
		a := d.do(t, "GET", "/_matrix/client/versions", "rubbish", "")
		if wantAnswer(t, "with a bad token", a, 401, "M_UNKNOWN_TOKEN"); a.header.Get("Vary") != "Authorization" {
			t.Errorf("headers: %v", a.header)
		}
	})
}
