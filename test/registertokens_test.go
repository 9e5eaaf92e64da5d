package test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// invited asks new users for a registration token, and to accept the terms.
const invited = `
server_name: example.org
registration:
  enabled: true
  tokens_required: true
  terms:
    - {id: privacy, version: "1.0", language: en, name: Privacy Policy, url: "https://example.org/privacy"}
    - {id: privacy, version: "1.0", language: de, name: Datenschutz, url: "https://example.org/datenschutz"}
`

// byToken only asks for a registration token.
const byToken = "server_name: example.org\nregistration: {enabled: true, tokens_required: true}\n"

func (d *door) createToken(t *testing.T, token string, uses *int, expires time.Time) {
	t.Helper()
	err := d.Storage.Repositories().RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: token, UsesAllowed: uses, Expires: expires})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *door) token(t *testing.T, token string) domain.RegistrationToken {
	t.Helper()
	found, err := d.Storage.Repositories().RegistrationTokens.ByToken(t.Context(), token, d.clock())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// show completes the stage of the registration token.
func show(session, token string) form {
	auth := form{"type": "m.login.registration_token", "token": token}
	if session != "" {
		auth["session"] = session
	}
	return form{"auth": auth}
}

func TestANewUserNeedsATokenAndAcceptsTheTerms(t *testing.T) { // "Token-authenticated registration"; "Terms of service at registration"
	onEveryVariant(t, invited, func(t *testing.T, d *door) {
		d.createToken(t, "welcome", new(1), time.Time{})
		a := d.register(t, newcomer("alice"))
		if a.status != 401 || fmt.Sprint(a.body["flows"]) != "[map[stages:[m.login.registration_token m.login.terms]]]" {
			t.Fatalf("the challenge: %s", a)
		}
		const policies = "map[m.login.terms:map[policies:map[privacy:map[" +
			"de:map[name:Datenschutz url:https://example.org/datenschutz] en:map[name:Privacy Policy url:https://example.org/privacy] version:1.0]]]]"
		if fmt.Sprint(a.body["params"]) != policies {
			t.Errorf("the policies: %s", a)
		}
		session := a.text("session")
		terms := form{"auth": form{"type": "m.login.terms", "session": session}}

		for what, body := range map[string]form{
			"terms before the token": terms, "a stage that is none of them": dummy(session), "a wrong token": show(session, "guess"),
			"no token": {"auth": form{"type": "m.login.registration_token", "session": session}}, "what cannot be a token": show(session, "a/b"),
		} {
			a := d.register(t, body)
			if a.status != 401 || a.text("session") != session || a.text("errcode") == "" || fmt.Sprint(a.body["completed"]) != "[]" || a.body["flows"] == nil {
				t.Errorf("%s: got %s", what, a)
			}
		}
		if a := d.register(t, show(session, "welcome")); a.status != 401 || fmt.Sprint(a.body["completed"]) != "[m.login.registration_token]" || a.text("errcode") != "" {
			t.Errorf("the token: %s", a)
		}
		if token := d.token(t, "welcome"); token.Pending != 1 || token.Completed != 0 {
			t.Errorf("while the user reads: %+v", token)
		}
		if a := d.register(t, terms); a.status != 200 || a.text("user_id") != "@alice:example.org" {
			t.Errorf("the terms: %s", a)
		}
		if token := d.token(t, "welcome"); token.Pending != 0 || token.Completed != 1 {
			t.Errorf("in the end: %+v", token)
		}
		a = d.register(t, newcomer("bob").with(show("", "welcome")))
		if a.status != 401 || a.text("errcode") != "M_FORBIDDEN" {
			t.Errorf("a token that is used up: %s", a)
		}
		i, err := d.Storage.Repositories().Interactions.ByID(t.Context(), domain.Token(session).Hash(), d.clock())
		if err != nil || fmt.Sprint(i.Accepted) != "[privacy 1.0]" {
			t.Errorf("what was accepted: %v, %v", i.Accepted, err)
		}
	})
}

func TestARegistrationTokenIsForAsManyAsItAllows(t *testing.T) { // "Token-authenticated registration"
	onEveryVariant(t, byToken, func(t *testing.T, d *door) {
		d.createToken(t, "three", new(3), time.Time{})
		sessions := make([]string, 20)
		for i := range sessions {
			sessions[i] = d.began(t, newcomer(fmt.Sprint("user", i)))
		}
		got := tally(all(20, func(i int) answer { return d.register(t, show(sessions[i], "three")) }))
		if want := map[string]int{"200": 3, "401 M_FORBIDDEN": 17}; !maps.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}
		if token := d.token(t, "three"); token.Pending != 0 || token.Completed != 3 {
			t.Errorf("the token: %+v", token)
		}
		if _, users, err := d.Storage.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1}); err != nil || users != 3 {
			t.Errorf("%d users, %v", users, err)
		}
	})
}

func TestWhatIsReservedStaysReservedForItsSession(t *testing.T) { // "Token-authenticated registration"
	onEveryVariant(t, invited, func(t *testing.T, d *door) {
		now := d.setClock()
		d.createToken(t, "one", new(1), time.Time{})
		first, second := d.began(t, newcomer("alice")), d.began(t, newcomer("bob"))
		d.register(t, show(first, "one"))
		wants(t, "another session", d.register(t, show(second, "one")), 401, "M_FORBIDDEN")
		if a := d.do(t, "GET", validityPath+"?token=one", "", ""); a.raw != `{"valid":false}` {
			t.Errorf("valid for others: %s", a)
		}
		if a := d.register(t, form{"auth": form{"type": "m.login.terms", "session": first}}); a.status != 200 {
			t.Errorf("the session that reserved it: %s", a)
		}

		d.createToken(t, "again", new(1), time.Time{})
		d.register(t, show(d.began(t, newcomer("carol")), "again"))
		*now = now.Add(2 * time.Hour) // whoever reserved it did not come back
		if a := d.register(t, newcomer("dora").with(show("", "again"))); fmt.Sprint(a.body["completed"]) != "[m.login.registration_token]" {
			t.Errorf("after the session: %s", a)
		}

		d.createToken(t, "gone", nil, time.Time{})
		session := d.began(t, newcomer("erin"))
		d.register(t, show(session, "gone"))
		if err := d.Storage.Repositories().RegistrationTokens.Delete(t.Context(), "gone"); err != nil {
			t.Fatal(err)
		}
		wants(t, "a token that was deleted meanwhile", d.register(t, form{"auth": form{"type": "m.login.terms", "session": session}}), 403, "M_FORBIDDEN")
	})
}

func TestValidityOfARegistrationToken(t *testing.T) { // "Registration token validity checking"
	onEveryVariant(t, byToken, func(t *testing.T, d *door) {
		d.createToken(t, "open", nil, time.Time{})
		d.createToken(t, "A.b_c~d-9", new(1), d.clock().Add(time.Hour))
		d.createToken(t, "used-up", new(0), time.Time{})
		d.createToken(t, "expired", nil, d.clock().Add(-time.Hour))
		for token, want := range map[string]string{
			"open": `{"valid":true}`, "A.b_c~d-9": `{"valid":true}`, "a.b_c~d-9": `{"valid":false}`,
			"used-up": `{"valid":false}`, "expired": `{"valid":false}`, "unknown": `{"valid":false}`, "": `{"valid":false}`, "a%00b": `{"valid":false}`,
		} {
			for _, path := range []string{validityPath, "/_matrix/client/unstable/org.matrix.msc3231/register/org.matrix.msc3231.login.registration_token/validity"} {
				if a := d.do(t, "GET", path+"?token="+token, "", ""); a.status != 200 || a.raw != want {
					t.Errorf("%q: got %s; want %s", token, a, want)
				}
			}
		}
		if token := d.token(t, "A.b_c~d-9"); token.Pending != 0 || token.Completed != 0 {
			t.Errorf("asking used it: %+v", token)
		}
		wants(t, "no token", d.do(t, "GET", validityPath, "", ""), 400, "M_MISSING_PARAM")
		wants(t, "another version", d.do(t, "GET", "/_matrix/client/v3/register/m.login.registration_token/validity?token=open", "", ""), 404, "M_UNRECOGNIZED")
	})
}
