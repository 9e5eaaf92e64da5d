package test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

const registrationTokensPath = "/_synapse/admin/v1/registration_tokens"

// Synapse's admin API, "Registration Tokens".
func TestAdministratorsLookAfterRegistrationTokens(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		now := d.setClock()
		later := now.Add(time.Hour).UnixMilli()
		list := func(query string) string { return d.admin(t, "GET", registrationTokensPath+query, "", 200).raw }
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: got %s; want %s", what, got, want)
			}
		}
		want("none", list(""), `{"registration_tokens":[]}`)
		const unlimited = `{"token":"a.b_c~d-e","uses_allowed":null,"pending":0,"completed":0,"expiry_time":null}`
		want("new", d.admin(t, "POST", registrationTokensPath+"/new", `{"token":"a.b_c~d-e"}`, 200).raw, unlimited)
		want("one", d.admin(t, "GET", registrationTokensPath+"/a.b_c~d-e", "", 200).raw, unlimited)
		limited := fmt.Sprintf(`{"token":"bbb","uses_allowed":1,"pending":0,"completed":0,"expiry_time":%d}`, later)
		want("limited", d.admin(t, "POST", registrationTokensPath+"/new", fmt.Sprintf(`{"token":"bbb","uses_allowed":1,"expiry_time":%d}`, later), 200).raw, limited)
		d.admin(t, "POST", registrationTokensPath+"/new", `{"token":"ccc","uses_allowed":0,"expiry_time":null}`, 200)
		const used = `{"token":"ccc","uses_allowed":0,"pending":0,"completed":0,"expiry_time":null}`
		want("all", list(""), `{"registration_tokens":[`+unlimited+`,`+limited+`,`+used+`]}`)
		want("valid", list("?valid=true"), `{"registration_tokens":[`+unlimited+`,`+limited+`]}`)
		want("invalid", list("?valid=false"), `{"registration_tokens":[`+used+`]}`)
		*now = now.Add(time.Hour)
		want("an hour later", list("?valid=false"), `{"registration_tokens":[`+limited+`,`+used+`]}`)

		put := func(token, body string) string {
			return d.admin(t, "PUT", registrationTokensPath+"/"+token, body, 200).raw
		}
		want("nothing", put("bbb", `{}`), limited)
		want("for ever", put("bbb", `{"expiry_time":null}`), strings.Replace(limited, fmt.Sprint(later), "null", 1))
		want("for all", put("bbb", `{"uses_allowed":null}`), `{"token":"bbb","uses_allowed":null,"pending":0,"completed":0,"expiry_time":null}`)
		want("for seven", put("bbb", `{"uses_allowed":7}`), `{"token":"bbb","uses_allowed":7,"pending":0,"completed":0,"expiry_time":null}`)
		want("deletion", d.admin(t, "DELETE", registrationTokensPath+"/bbb", "", 200).raw, `{}`)
		for _, token := range []string{"bbb", "nosuch", "a%20b", "a%00"} {
			wantAnswer(t, "GET "+token, d.do(t, "GET", registrationTokensPath+"/"+token, adminToken, ""), 404, "M_NOT_FOUND")
			wantAnswer(t, "PUT "+token, d.do(t, "PUT", registrationTokensPath+"/"+token, adminToken, "{}"), 404, "M_NOT_FOUND")
			wantAnswer(t, "DELETE "+token, d.do(t, "DELETE", registrationTokensPath+"/"+token, adminToken, ""), 404, "M_NOT_FOUND")
		}
	})
}

// Synapse's admin API, "Registration Tokens": random ones, and what none is.
func TestWhatARegistrationTokenMayBe(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		const path = registrationTokensPath + "/new"
		for body, length := range map[string]string{`{}`: "16", `{"token":null}`: "16", `{"length":64}`: "64", `{"length":1}`: "1", `{"length":null}`: "16"} {
			first := d.admin(t, "POST", path, body, 200).text("token")
			if !regexp.MustCompile(`^[0-9A-Za-z._~-]{` + length + `}$`).MatchString(first) {
				t.Errorf("%s: %q", body, first)
			}
		}
		d.admin(t, "POST", path, `{"token":"taken","length":3}`, 200)
		for body, errcode := range map[string]string{
			`{"token":""}`: "M_INVALID_PARAM", `{"token":"a b"}`: "M_INVALID_PARAM", `{"token":"é"}`: "M_INVALID_PARAM", `{"token":"taken"}`: "M_INVALID_PARAM",
			`{"token":"` + strings.Repeat("a", 65) + `"}`: "M_INVALID_PARAM", `{"token":1}`: "M_BAD_JSON",
			`{"length":0}`: "M_INVALID_PARAM", `{"length":65}`: "M_INVALID_PARAM", `{"length":1.5}`: "M_BAD_JSON", `{"length":"8"}`: "M_BAD_JSON",
			`{"uses_allowed":-1}`: "M_INVALID_PARAM", `{"uses_allowed":"1"}`: "M_BAD_JSON", `{"uses_allowed":1e2}`: "M_BAD_JSON",
			`{"expiry_time":1}`: "M_INVALID_PARAM", `{"expiry_time":true}`: "M_BAD_JSON", `{"expiry_time":99999999999999999999}`: "M_BAD_JSON",
			``: "M_NOT_JSON", `[]`: "M_BAD_JSON",
		} {
			wantAnswer(t, body, d.do(t, "POST", path, adminToken, body), 400, errcode)
		}
		for _, body := range []string{`{"uses_allowed":-1}`, `{"expiry_time":1}`} {
			wantAnswer(t, body, d.do(t, "PUT", registrationTokensPath+"/taken", adminToken, body), 400, "M_INVALID_PARAM")
		}
		if tokens, err := d.Storage.Repositories().RegistrationTokens.List(t.Context(), time.Now()); err != nil || len(tokens) != 6 {
			t.Errorf("there are %d, %v", len(tokens), err)
		}
		wantAnswer(t, "valid", d.do(t, "GET", registrationTokensPath+"?valid=1", adminToken, ""), 400, "M_INVALID_PARAM")
	})
}

// A token that an administrator hands out lets people register, and its uses are
// seen.
func TestPeopleRegisterWithTheTokensOfAdministrators(t *testing.T) {
	settings := strings.Replace(administrable, "\njwt:", "\nregistration: {enabled: true, tokens_required: true}\njwt:", 1)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.admin(t, "POST", registrationTokensPath+"/new", `{"token":"welcome","uses_allowed":1}`, 200)
		const register = "/_matrix/client/v3/register"
		session := d.do(t, "POST", register, "", `{"username":"carol","password":"correct horse"}`).text("session")
		auth := fmt.Sprintf(`"auth":{"type":"m.login.registration_token","token":"welcome","session":%q}`, session)
		a := d.do(t, "POST", register, "", `{"username":"carol","password":"correct horse",`+auth+`}`)
		wantAnswer(t, "the registration", a, 200, "")
		if a := d.admin(t, "GET", registrationTokensPath+"/welcome", "", 200); fmt.Sprint(a.body["pending"], a.body["completed"]) != "0 1" {
			t.Errorf("got %s", a)
		}
	})
}
