package test

import "testing"

const thirdPartyIDsPath = "/_matrix/client/v3/account/3pid"

// Client-server API, GET /account/3pid and POST /account/3pid/delete.
func TestUsersSeeTheirAddressesAndDeleteThem(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		bob := d.mustLogin(t, jwt(claims{"sub": "bob"}))
		list := func(token string) string {
			t.Helper()
			a := d.do(t, "GET", thirdPartyIDsPath, token, "")
			wantAnswer(t, "the list", a, 200, "")
			return a.raw
		}
		const none = `{"threepids":[]}`
		if got := list(alice); got != none {
			t.Errorf("without addresses: %s", got)
		}
		d.mustHaveAddress(t, "@alice:example.org", "alice@example.com")
		const hers = `{"threepids":[{"medium":"email","address":"alice@example.com","validated_at":1700000000000,"added_at":1700000000001}]}`
		if got := list(alice); got != hers {
			t.Errorf("got %s", got)
		}
		if got := list(bob); got != none {
			t.Errorf("bob sees %s", got)
		}

		remove := func(token, body string) answer { return d.do(t, "POST", thirdPartyIDsPath+"/delete", token, body) }
		const body = `{"medium":"email","address":"Alice@Example.com"}`
		for what, token := range map[string]string{"somebody else's": bob, "one's own": alice, "one that is gone": alice} {
			before := list(alice)
			if a := remove(token, body); a.status != 200 || a.raw != `{"id_server_unbind_result":"no-support"}` {
				t.Errorf("%s: %s", what, a)
			}
			if token == bob && list(alice) != before {
				t.Error("bob deleted alice's address")
			}
		}
		if got := list(alice); got != none {
			t.Errorf("afterwards: %s", got)
		}
		for body, errcode := range map[string]string{
			`{}`: "M_MISSING_PARAM", `{"medium":"email"}`: "M_MISSING_PARAM", `{"medium":1,"address":"a@b.c"}`: "M_BAD_JSON",
			`{"medium":"pigeon","address":"a"}`: "M_INVALID_PARAM", `{"medium":"email","address":"a"}`: "M_INVALID_PARAM", ``: "M_NOT_JSON",
		} {
			wantAnswer(t, body, remove(alice, body), 400, errcode)
		}
		wantAnswer(t, "the list without a token", d.do(t, "GET", thirdPartyIDsPath, "", ""), 401, "M_MISSING_TOKEN")
		wantAnswer(t, "deletion without a token", remove("", body), 401, "M_MISSING_TOKEN")
	})
}

// There are neither mails nor identity servers here.
func TestAddressesCannotBeAdded(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		for _, path := range []string{"/add", "/bind", "/unbind", "/email/requestToken", "/msisdn/requestToken"} {
			wantAnswer(t, path, d.do(t, "POST", thirdPartyIDsPath+path, alice, "{}"), 404, "M_UNRECOGNIZED")
		}
		wantAnswer(t, "POST", d.do(t, "POST", thirdPartyIDsPath, alice, "{}"), 405, "M_UNRECOGNIZED")
	})
}
