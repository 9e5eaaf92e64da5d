package httpapi_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// anybody is a login type that believes every name.
type anybody struct{}

func (anybody) Verify(_ context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil {
		return domain.Claims{}, domain.ErrForbidden
	}
	return domain.Claims{Localpart: *cred.Token, Register: true}, nil
}

// FuzzLoginBody: whatever is posted, the answer is a session, or a standard
// error that is not our fault.
func FuzzLoginBody(f *testing.F) {
	for _, seed := range []string{
		goodLogin,
		`{"type":"org.example.badge","token":"alice","device_id":"😀","initial_device_display_name":null,"refresh_token":true}`,
		`{"type":"org.example.badge","token":"\u0061lice","x":{"y":[1e9,-0.5]}}`,
		`{"type":1}`, `{"type":"\u0000"}`, `{"type":"\ud800"}`, `[]`, `null`, ``, `{}{}`, "\xef\xbb\xbf{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := newDoor(func(a *httpapi.API) { a.Login.Types[0].Verifier = anybody{} })
		a := d.send(t, httptest.NewRequest("POST", loginPath, strings.NewReader(body)))
		user, _ := a.body["user_id"].(string)
		text, hasText := a.body["error"].(string)
		session := a.status == 200 && user != "" && a.errcode() == ""
		refusal := 400 <= a.status && a.status < 500 && a.errcode() != "" && hasText && text != ""
		if !session && !refusal {
			t.Errorf("%q: %d %s", body, a.status, a.text)
		}
	})
}

// FuzzPath: whatever stands in a path, even an administrator's request gets an answer
// that is not our fault, and nobody loses a device who is not named.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"PHONE", "a%2Fb", "..", "%2e%2e", "%00", "%ff", "%F0%9F%98%80", "@alice:example.org", "%40bob%3Aexample.org", "a;x=1", "%",
		"%0d%0a", "@:", "//", "@b\xc3\xb6b:example.org", strings.Repeat("x", 300),
	} {
		f.Add(seed)
	}
	const program = "an administrator's token that nobody guesses"
	d := newDoor(func(a *httpapi.API) {
		a.Administrators = application.Administrators{Program: domain.Token(program).Hash()}
	})
	login := func(name string) string {
		a := d.do(f, "POST", loginPath, `{"type":"org.example.badge","token":"badge of `+name+`","device_id":"A device that no path names"}`)
		token, _ := a.body["access_token"].(string)
		return token
	}
	alice, bob := login("al"), login("bo")
	f.Fuzz(func(t *testing.T, segment string) {
		for _, c := range []struct{ method, before, after, token string }{
			{"GET", "/_matrix/client/v3/devices/", "", alice},
			{"PUT", "/_matrix/client/v3/devices/", "", alice},
			{"DELETE", "/_matrix/client/v3/devices/", "", alice},
			{"GET", "/_matrix/client/v3/profile/", "", alice},
			{"GET", "/_matrix/client/v3/admin/whois/", "", program},
			{"GET", "/_synapse/admin/v2/users/", "", program},
			{"PUT", "/_synapse/admin/v2/users/", "", program},
			{"GET", "/_synapse/admin/v2/users/", "/devices", program},
			{"DELETE", "/_synapse/admin/v2/users/", "/devices/PHONE", program},
			{"GET", "/_synapse/admin/v1/registration_tokens/", "", program},
			{"GET", "/", "", ""},
		} {
			target, err := url.ParseRequestURI(c.before + segment + c.after)
			if err != nil {
				return // the server refuses it before us
			}
			r := httptest.NewRequest(c.method, "/", strings.NewReader("{}"))
			r.URL, r.RequestURI = target, target.RequestURI()
			r.Header.Set("Authorization", "Bearer "+c.token)
			if a := d.send(t, r); a.status >= 500 || a.status >= 400 && a.errcode() == "" && a.body["flows"] == nil {
				t.Errorf("%s %q: %d %s", c.method, target, a.status, a.text)
			}
		}
		for _, token := range []string{alice, bob} {
			if a := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token); a.status != 200 {
				t.Fatalf("after %q: %d %s", segment, a.status, a.text)
			}
		}
	})
}
