package test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	signedPath   = "/_synapse/admin/v1/register"
	sharedSecret = "a shared secret of the tests"
	signing      = "server_name: example.org\nregistration: {shared_secret: " + sharedSecret + "}\n"
)

// nonce gets what makes a signed registration good once.
func (d *door) nonce(t *testing.T) string {
	t.Helper()
	a := d.do(t, "GET", signedPath, "", "")
	if a.status != 200 || a.text("nonce") == "" || len(a.body) != 1 {
		t.Fatalf("got %s; want a nonce", a)
	}
	return a.text("nonce")
}

// signed returns a request with its MAC.
func signed(secret string, body form) form {
	text := func(name string) string { s, _ := body[name].(string); return s }
	role := "notadmin"
	if body["admin"] == true {
		role = "admin"
	}
	parts := []string{text("nonce"), text("username"), text("password"), role}
	if body["user_type"] != nil {
		parts = append(parts, text("user_type"))
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return body.with(form{"mac": hex.EncodeToString(mac.Sum(nil))})
}

func (d *door) registerSigned(t *testing.T, body form) answer {
	t.Helper()
	return d.do(t, "POST", signedPath, "", body.String())
}

func TestSignedRegistration(t *testing.T) { // Synapse's admin API, "Shared-Secret Registration"
	onEveryVariant(t, signing, func(t *testing.T, d *door) {
		const password = "Пароль 密码 🗝 e\u0301"
		a := d.registerSigned(t, signed(sharedSecret, form{"nonce": d.nonce(t), "username": "Alice", "password": password, "displayname": "Alice A.", "admin": true}))
		if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("home_server") != "example.org" || a.text("device_id") == "" {
			t.Fatalf("got %s", a)
		}
		if who := d.whoami(t, a.text("access_token")); who.text("user_id") != "@alice:example.org" {
			t.Errorf("whoami: %s", who)
		}
		alice, err := d.Storage.Repositories().Users.ByID(t.Context(), "@alice:example.org")
		if err != nil || !alice.Admin || alice.DisplayName != "Alice A." {
			t.Errorf("got %+v, %v", alice, err)
		}
		if a := d.passwordLogin(t, "alice", password); a.status != 200 {
			t.Errorf("login: %s", a)
		}
		for name, more := range map[string]form{
			"bob": {}, "carol": {"admin": false}, "dora": {"user_type": "bot"}, "erin": {"admin": nil, "user_type": nil, "displayname": nil},
		} {
			body := signed(sharedSecret, newcomer(name).with(form{"nonce": d.nonce(t)}).with(more))
			if name == "carol" {
				body["mac"] = strings.ToUpper(body["mac"].(string))
			}
			a := d.registerSigned(t, body)
			user, err := d.Storage.Repositories().Users.ByID(t.Context(), domain.UserID("@"+name+":example.org"))
			if a.status != 200 || err != nil || user.Admin {
				t.Errorf("%s: got %s: %+v, %v", name, a, user, err)
			}
		}
		wants(t, "people", d.register(t, newcomer("frank")), 403, "M_FORBIDDEN")
	})
}

func TestSignedRegistrationRefuses(t *testing.T) {
	onEveryVariant(t, signing, func(t *testing.T, d *door) {
		if a := d.registerSigned(t, signed(sharedSecret, newcomer("taken").with(form{"nonce": d.nonce(t)}))); a.status != 200 {
			t.Fatal(a)
		}
		sign := func(name string, more form) form {
			return signed(sharedSecret, newcomer(name).with(form{"nonce": d.nonce(t)}).with(more))
		}
		without := func(name string) form {
			body := sign("mallory", nil)
			delete(body, name)
			return body
		}
		for what, c := range map[string]struct {
			body    form
			status  int
			errcode string
		}{
			"another secret":        {signed("another secret of the tests", newcomer("mallory").with(form{"nonce": d.nonce(t)})), 403, "M_FORBIDDEN"},
			"a role that is added":  {sign("mallory", nil).with(form{"admin": true}), 403, "M_FORBIDDEN"},
			"a type that is added":  {sign("mallory", nil).with(form{"user_type": "bot"}), 403, "M_FORBIDDEN"},
			"another password":      {sign("mallory", nil).with(form{"password": "another pass word"}), 403, "M_FORBIDDEN"},
			"another name":          {sign("mallory", nil).with(form{"username": "alice"}), 403, "M_FORBIDDEN"},
			"no hexadecimal":        {sign("mallory", form{"mac": ""}).with(form{"mac": "zz"}), 403, "M_FORBIDDEN"},
			"an empty MAC":          {sign("mallory", nil).with(form{"mac": ""}), 403, "M_FORBIDDEN"},
			"a nonce from nowhere":  {signed(sharedSecret, newcomer("mallory").with(form{"nonce": "nonce"})), 400, "M_INVALID_PARAM"},
			"a nonce of its own":    {signed(sharedSecret, newcomer("mallory").with(form{"nonce": string(domain.NewToken(domain.NonceToken, domain.NewSessionID()))})), 400, "M_INVALID_PARAM"},
			"no nonce":              {without("nonce"), 400, "M_MISSING_PARAM"},
			"no name":               {without("username"), 400, "M_MISSING_PARAM"},
			"no password":           {without("password"), 400, "M_MISSING_PARAM"},
			"no MAC":                {without("mac"), 400, "M_MISSING_PARAM"},
			"admin that is no bool": {sign("mallory", nil).with(form{"admin": "yes"}), 400, "M_BAD_JSON"},
			"NUL":                   {sign("mallory", form{"username": "mallory\x00x"}), 400, "M_BAD_JSON"},
			"an unknown type":       {sign("mallory", form{"user_type": "king"}), 400, "M_INVALID_PARAM"},
			"taken":                 {sign("Taken", nil), 400, "M_USER_IN_USE"},
			"no name for a user":    {sign("_mallory", nil), 400, "M_INVALID_USERNAME"},
			"a weak password":       {sign("mallory", form{"password": "short"}), 400, "M_WEAK_PASSWORD"},
		} {
			wants(t, what, d.registerSigned(t, c.body), c.status, c.errcode)
		}
		if _, err := d.Storage.Repositories().Users.ByID(t.Context(), "@mallory:example.org"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("mallory: %v", err)
		}
		wants(t, "another method", d.do(t, "PUT", signedPath, "", "{}"), 405, "M_UNRECOGNIZED")
		if strings.Contains(d.log.String(), sharedSecret) {
			t.Error("the log holds the secret")
		}
	})
}

func TestANonceIsGoodOnceAndForAMinute(t *testing.T) {
	onEveryVariant(t, signing, func(t *testing.T, d *door) {
		nonce := d.nonce(t)
		names := []string{"alice", "bob", "carol", "dora", "erin"}
		got := tally(all(len(names), func(i int) answer {
			return d.registerSigned(t, signed(sharedSecret, newcomer(names[i]).with(form{"nonce": nonce})))
		}))
		if want := map[string]int{"200": 1, "400 M_INVALID_PARAM": len(names) - 1}; !maps.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}

		nonce = d.nonce(t) // a wrong MAC spends it too
		wants(t, "a wrong MAC", d.registerSigned(t, signed("a wrong secret", newcomer("frank").with(form{"nonce": nonce}))), 403, "M_FORBIDDEN")
		wants(t, "after a wrong MAC", d.registerSigned(t, signed(sharedSecret, newcomer("frank").with(form{"nonce": nonce}))), 400, "M_INVALID_PARAM")

		now := d.setClock()
		early, late := d.nonce(t), d.nonce(t)
		*now = now.Add(59 * time.Second)
		if a := d.registerSigned(t, signed(sharedSecret, newcomer("frank").with(form{"nonce": early}))); a.status != 200 {
			t.Errorf("after 59 seconds: %s", a)
		}
		*now = now.Add(time.Second)
		wants(t, "after a minute", d.registerSigned(t, signed(sharedSecret, newcomer("grace").with(form{"nonce": late}))), 400, "M_INVALID_PARAM")
	})
}
