package openapi

import (
	"encoding/json"
	"strings"
	"testing"
)

// flawed are examples of the files that contradict the text beside them.
var flawed = map[string]string{
	"POST /_matrix/client/v3/login 403": "the error has no text",
}

// The files' own examples fit, so what does not is the answer's fault.
func TestTheSpecificationsOwnExamplesFit(t *testing.T) {
	tried := 0
	for _, e := range specification().endpoints {
		for method, operation := range e.item.Operations() {
			path := strings.Join(e.segments, "/")
			for status, response := range operation.Responses.Map() {
				content := response.Value.Content.Get("application/json")
				if content == nil {
					continue
				}
				for name, example := range content.Examples {
					tried++
					body, err := json.Marshal(example.Value.Value)
					if err != nil {
						t.Fatal(err)
					}
					err = Validate(method, path, number(t, status), body)
					what := method + " " + path + " " + status
					if _, ok := flawed[what]; (err != nil) != ok {
						t.Errorf("%s, %s: %v: %s", what, name, err, body)
					}
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d examples were found", tried)
	}
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		t.Fatalf("the status %s: %v", text, err)
	}
	return n
}

func TestWhatDoesNotFit(t *testing.T) {
	const client = "/_matrix/client/"
	const session = `"user_id":"@a:b","access_token":"x","device_id":"D"`
	const missing = `{"errcode":"M_MISSING_TOKEN","error":"x"}`
	const challenge = `"session":"s","params":{},"flows":[{"stages":["m.login.dummy"]}]`
	for _, c := range []struct {
		name, method, path string
		status             int
		body               string
		fits               bool
	}{
		{"a login", "POST", client + "v3/login", 200, `{` + session + `}`, true},
		{"a login, the old way", "POST", client + "r0/login", 200, `{` + session + `}`, true},
		{"a login, with a query", "POST", client + "v3/login?x=/y", 200, `{` + session + `}`, true},
		{"a member too few", "POST", client + "v3/login", 200, `{"user_id":"@a:b","access_token":"x"}`, false},
		{"the same, the old way", "POST", client + "r0/login", 200, `{"user_id":"@a:b","access_token":"x"}`, false},
		{"null for a member", "POST", client + "v3/login", 200, `{` + session + `,"refresh_token":null}`, false},
		{"a number as text", "POST", client + "v3/login", 200, `{` + session + `,"expires_in_ms":"1"}`, false},
		{"no object", "POST", client + "v3/login", 200, `[]`, false},
		{"no JSON", "POST", client + "v3/login", 200, `<html>`, false},
		{"nothing", "POST", client + "v3/logout", 200, ``, false},
		{"another success than the file lists", "POST", client + "v3/login", 201, `{` + session + `}`, false},
		{"a device that is created", "PUT", client + "v3/devices/A%2FB", 201, `{}`, true},
		{"a device that was not found", "GET", client + "v3/devices/A", 404, `{"errcode":"M_NOT_FOUND","error":"x"}`, true},
		{"a device that was not found, without text", "GET", client + "v3/devices/A", 404, `{"errcode":"M_NOT_FOUND"}`, false},
		{"an endpoint that nobody describes", "GET", client + "v3/sync", 200, `{}`, false},
		{"another method", "PUT", client + "v3/login", 200, `{}`, false},
		{"an endpoint that is not there", "GET", client + "v3/sync", 404, `{"errcode":"M_UNRECOGNIZED","error":"x"}`, true},
		{"that it is not there, as text", "GET", client + "v3/sync", 404, `"404"`, false},
		{"a token that is missing", "GET", client + "v3/devices", 401, missing, true},
		{"a token that is missing where a challenge is described", "POST", client + "v3/delete_devices", 401, missing, true},
		{"a code of nobody", "GET", client + "v3/devices", 401, `{"errcode":"missing","error":"x"}`, false},
		{"a challenge", "POST", client + "v3/register", 401, `{` + challenge + `}`, true},
		{"a challenge, the unstable way", "POST", client + "unstable/org.matrix.msc3882/login/get_token", 401, `{` + challenge + `}`, true},
		{"a challenge where there is none", "POST", client + "v3/login", 401, `{` + challenge + `}`, false},
		{"a challenge without flows", "POST", client + "v3/register", 401, `{"session":"s","params":{},"flows":[]}`, false},
		{"a challenge without params", "POST", client + "v3/register", 401, `{"session":"s","flows":[{"stages":["m.login.dummy"]}]}`, false},
		{"a challenge without session", "POST", client + "v3/register", 401, `{"params":{},"flows":[{"stages":["m.login.dummy"]}]}`, false},
		{"a flow without stages", "POST", client + "v3/register", 401, `{"session":"s","params":{},"flows":[{}]}`, false},
		{"a stage that failed", "POST", client + "v3/register", 401, `{` + challenge + `,"errcode":"M_FORBIDDEN","error":"x"}`, true},
		{"a stage that failed, without text", "POST", client + "v3/register", 401, `{` + challenge + `,"errcode":"M_FORBIDDEN"}`, false},
		{"terms", "POST", client + "v3/register", 401, `{` + strings.Replace(challenge, `{}`,
			`{"m.login.terms":{"policies":{"p":{"version":"1","en":{"name":"n","url":"https://a/"}}}}}`, 1) + `}`, true},
		{"terms without a version", "POST", client + "v3/register", 401, `{` + strings.Replace(challenge, `{}`,
			`{"m.login.terms":{"policies":{"p":{"en":{"name":"n","url":"https://a/"}}}}}`, 1) + `}`, false},
		{"locked", "GET", client + "v3/devices", 401, `{"errcode":"M_USER_LOCKED","error":"x","soft_logout":true}`, true},
		{"locked without soft_logout", "GET", client + "v3/devices", 401, `{"errcode":"M_USER_LOCKED","error":"x"}`, false},
		{"too often", "GET", client + "v3/devices", 429, `{"errcode":"M_LIMIT_EXCEEDED","error":"x","retry_after_ms":1}`, true},
		{"too often, to be tried at once", "GET", client + "v3/devices", 429, `{"errcode":"M_LIMIT_EXCEEDED","error":"x","retry_after_ms":0}`, false},
		{"too many devices", "POST", client + "v3/login", 403, `{"errcode":"M_USER_LIMIT_EXCEEDED","error":"x"}`, false},
		{"a valid registration token", "GET", client + "unstable/org.matrix.msc3231/register/org.matrix.msc3231.login.registration_token/validity", 200, `{"valid":true}`, true},
		{"a registration token of some validity", "GET", client + "v1/register/m.login.registration_token/validity", 200, `{"valid":"yes"}`, false},
		{"locking", "PUT", client + "unstable/uk.timedout.msc4323/admin/lock/@a:b", 200, `{"locked":1}`, false},
		{"OpenID", "GET", "/_matrix/federation/v1/openid/userinfo", 200, `{"user":"@a:b"}`, false},
		{"versions", "GET", client + "versions", 200, `{}`, false},
		{"OPTIONS", "OPTIONS", client + "v3/anything", 204, ``, true},
		{"a page for people", "GET", client + "v3/auth/m.login.dummy/fallback/web", 200, `<html>`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := Validate(c.method, c.path, c.status, []byte(c.body)); (err == nil) != c.fits {
				t.Errorf("fits: %t, %v", !c.fits, err)
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	body := []byte(`{"user_id":"@a:b","access_token":"x","device_id":"D"}`)
	for b.Loop() {
		if err := Validate("POST", "/_matrix/client/v3/login", 200, body); err != nil {
			b.Fatal(err)
		}
	}
}
