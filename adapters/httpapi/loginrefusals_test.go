package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestLoginRefusals(t *testing.T) {
	const good = `"type":"org.example.badge","token":"badge of alice"`
	for _, c := range []struct {
		name, body string
		status     int
		errcode    string
		text       string // part of the error's text
	}{
		{"empty", ``, 400, "M_NOT_JSON", ""},
		{"form", `type=org.example.badge&token=badge+of+alice`, 400, "M_NOT_JSON", ""},
		{"XML", `<login/>`, 400, "M_NOT_JSON", ""},
		{"UTF-16", "\xff\xfe{\x00}\x00", 400, "M_NOT_JSON", ""},
		{"byte order mark", "\xef\xbb\xbf{" + good + "}", 400, "M_NOT_JSON", ""},
		{"bad UTF-8", "{" + good + ",\"x\":\"\xff\"}", 400, "M_NOT_JSON", ""},
		{"NaN", "{" + good + `,"x":NaN}`, 400, "M_NOT_JSON", ""},
		{"two objects", "{" + good + "}{" + good + "}", 400, "M_NOT_JSON", ""},
		{"truncated", "{" + good, 400, "M_NOT_JSON", ""},
		{"null", `null`, 400, "M_BAD_JSON", "not an object"},
		{"list", `[]`, 400, "M_BAD_JSON", "not an object"},
		{"text", `"x"`, 400, "M_BAD_JSON", "not an object"},
		{"type twice", `{"type":"org.example.badge",` + good + `}`, 400, "M_BAD_JSON", `"type" stands twice`},
		{"NUL", "{" + good + `,"x":"\u0000"}`, 400, "M_BAD_JSON", "NUL"},
		{"lone surrogate", "{" + good + `,"x":"\ud800"}`, 400, "M_BAD_JSON", "surrogate"},
		{"deep", "{" + good + `,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", 400, "M_BAD_JSON", "deeper"},

		{"type a number", `{"type":1}`, 400, "M_BAD_JSON", "type must be a string"},
		{"token a list", `{"type":"org.example.badge","token":[]}`, 400, "M_BAD_JSON", "token must be a string"},
		{"device a number", "{" + good + `,"device_id":5}`, 400, "M_BAD_JSON", "device_id must be a string"},
		{"device name an object", "{" + good + `,"initial_device_display_name":{}}`, 400, "M_BAD_JSON", "initial_device_display_name must be a string"},
		{"refresh_token a string", "{" + good + `,"refresh_token":"true"}`, 400, "M_BAD_JSON", "refresh_token must be a boolean"},
		{"wrong type before missing type", `{"device_id":5}`, 400, "M_BAD_JSON", "device_id"},
		{"wrong type before unknown type", `{"type":"x","refresh_token":1}`, 400, "M_BAD_JSON", "refresh_token"},

		{"no type", `{}`, 400, "M_MISSING_PARAM", "type"},
		{"null type", `{"type":null,"token":"badge of alice"}`, 400, "M_MISSING_PARAM", "type"},
		{"type in another case", `{"Type":"org.example.badge","token":"badge of alice"}`, 400, "M_MISSING_PARAM", "type"},
		{"unknown type", `{"type":"m.login.telepathy"}`, 400, "M_UNKNOWN", "Unknown login type"},
		{"empty type", `{"type":""}`, 400, "M_UNKNOWN", "Unknown login type"},
		{"huge type", `{"type":"` + strings.Repeat("x", 50000) + `"}`, 400, "M_UNKNOWN", "Unknown login type"},

		{"refused with a text", `{"type":"org.example.badge","token":"old badge"}`, 403, "M_FORBIDDEN", "Badge has expired"},
		{"refused without a text", `{"type":"org.example.badge","token":"x"}`, 403, "M_FORBIDDEN", "Forbidden"},
		{"unknown user", `{"type":"org.example.badge","token":"badge of stranger"}`, 403, "M_FORBIDDEN", "User not found"},
		{"bad user name", `{"type":"org.example.badge","token":"badge of é"}`, 400, "M_INVALID_USERNAME", "User ID can only"},
		{"empty device", "{" + good + `,"device_id":""}`, 400, "M_INVALID_PARAM", "device_id"},
		{"long device", "{" + good + `,"device_id":"` + strings.Repeat("x", 256) + `"}`, 400, "M_INVALID_PARAM", "device_id"},
		{"long device name", "{" + good + `,"initial_device_display_name":"` + strings.Repeat("x", 101) + `"}`, 400, "M_TOO_LARGE",
			"Device display name is too long (max 100)"},

		{"verifier out of reach", `{"type":"org.example.badge","token":"unreachable"}`, 503, "M_UNKNOWN", "Temporarily unavailable"},
		{"verifier out of order", `{"type":"org.example.badge","token":"broken badge"}`, 500, "M_UNKNOWN", "Internal server error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor()
			a := d.do(t, "POST", loginPath, c.body)
			text, isText := a.body["error"].(string)
			if a.status != c.status || a.errcode() != c.errcode || !isText || !strings.Contains(text, c.text) {
				t.Errorf("%d %s, want %d %s …%s…", a.status, a.text, c.status, c.errcode, c.text)
			}
			if _, soft := a.body["soft_logout"]; soft {
				t.Error("soft_logout")
			}
			if _, err := d.store.Repositories().Users.ByID(t.Context(), "@alice:example.org"); err == nil {
				t.Error("the refused login left a user behind")
			}
		})
	}
}

func TestEveryFieldOfEveryTypeIsNeverAFault(t *testing.T) {
	d := newDoor()
	for _, field := range []string{"type", "token", "device_id", "initial_device_display_name", "refresh_token", "user", "identifier", "password"} {
		for _, value := range []string{`null`, `true`, `0`, `-1e400`, `""`, `"x"`, `"😀"`, `[]`, `[1]`, `{}`, `{"a":null}`} {
			fields := map[string]json.RawMessage{"type": json.RawMessage(`"org.example.badge"`), "token": json.RawMessage(`"badge of alice"`)}
			fields[field] = json.RawMessage(value)
			body, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			if a := d.do(t, "POST", loginPath, string(body)); a.status >= 500 || a.status != 200 && a.errcode() == "" {
				t.Errorf("%s: %d %s", body, a.status, a.text)
			}
		}
	}
}

func TestUsersWhoMayNotLogIn(t *testing.T) {
	const body = `{"type":"org.example.badge","token":"badge of alice"}`
	for _, c := range []struct {
		name   string
		change func(*domain.User)
		want   string
		status int
	}{
		{"locked", func(u *domain.User) { u.Locked = true },
			`{"errcode":"M_USER_LOCKED","error":"User account has been locked","soft_logout":true}`, 401},
		{"deactivated", func(u *domain.User) { u.Deactivated = true },
			`{"errcode":"M_USER_DEACTIVATED","error":"This account has been deactivated"}`, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor()
			d.login(t, "alice", "D")
			d.update(t, "@alice:example.org", c.change)
			if a := d.do(t, "POST", loginPath, body); a.status != c.status || a.text != c.want {
				t.Errorf("%d %s, want %d %s", a.status, a.text, c.status, c.want)
			}
		})
	}
}
