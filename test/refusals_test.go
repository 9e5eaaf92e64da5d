package test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// plain trusts one secret, with the defaults.
const plain = `
server_name: example.org
public_base_url: https://matrix.example.org/
jwt:
  providers:
    - {name: corp, secret: "` + secret + `"}
`

// strict asks for everything that can be asked for.
const strict = `
server_name: example.org
jwt:
  deprecated_type: false
  providers:
    - name: corp
      secret: "` + secret + `"
      issuers: [https://corp.example/]
      audiences: [matrix, chat]
      require: [exp, jti]
      leeway: 0s
      max_age: 10m
      max_lifetime: 1h
      display_name_claim: name
      register_user: true
`

// A refusal is a row of the table of answers.
type refusal struct {
	name    string
	body    string
	status  int
	errcode string
	text    string // "" : any; "…" at the end: the beginning
}

const charactersText = "User ID can only contain characters a-z, 0-9, or '=_-./+'"

// failed begins the refusals of tokens.
const failed = "JWT validation failed: "

// forbidden is a token that is refused with 403.
func forbidden(name, token, text string) refusal {
	return refusal{name, loginBody(token), 403, "M_FORBIDDEN", text}
}

func (r refusal) check(t *testing.T, a answer) {
	t.Helper()
	text := a.text("error")
	fits := text == r.text || text != "" && r.text == ""
	if start, ok := strings.CutSuffix(r.text, "…"); ok {
		fits = strings.HasPrefix(text, start)
	}
	if a.status != r.status || a.text("errcode") != r.errcode || !fits {
		t.Errorf("got %s; want %d %s %s", a, r.status, r.errcode, r.text)
	}
}

// refusals posts each row and sees to it that no user came of it.
func refusals(t *testing.T, settings string, rows []refusal, users ...domain.UserID) {
	t.Helper()
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		for _, r := range rows {
			t.Run(r.name, func(t *testing.T) { r.check(t, d.do(t, "POST", loginPath, "", r.body)) })
		}
		for _, id := range append(users, "@alice:example.org") {
			if _, err := d.Storage.Repositories().Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %v; a refused login left a user", id, err)
			}
		}
	})
}

func TestRefusalsOfTheBody(t *testing.T) {
	good := jwt(claims{"sub": "alice"})
	wrongType := func(name, value string) refusal {
		body := fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q,%q:%s}`, good, name, value)
		if name == "type" {
			body = fmt.Sprintf(`{"token":%q,"type":%s}`, good, value)
		} else if name == "token" {
			body = fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%s}`, value)
		}
		return refusal{name + " is " + value, body, 400, "M_BAD_JSON", ""}
	}
	rows := []refusal{
		{"empty", "", 400, "M_NOT_JSON", ""},
		{"no JSON", "type=org.matrix.login.jwt", 400, "M_NOT_JSON", ""},
		{"invalid UTF-8", "{\"type\":\"\xff\"}", 400, "M_NOT_JSON", ""},
		{"NaN", `{"type":NaN}`, 400, "M_NOT_JSON", ""},
		{"trailing garbage", loginBody(good) + "x", 400, "M_NOT_JSON", ""},
		{"two bodies", loginBody(good) + loginBody(good), 400, "M_NOT_JSON", ""},
		{"byte order mark", "\xef\xbb\xbf" + loginBody(good), 400, "M_NOT_JSON", ""},
		{"a list", `[]`, 400, "M_BAD_JSON", ""},
		{"null", `null`, 400, "M_BAD_JSON", ""},
		{"duplicate member", loginBody(good, `"type":"org.matrix.login.jwt"`), 400, "M_BAD_JSON", ""},
		{"duplicate unknown member", loginBody(good, `"x":1`, `"x":1`), 400, "M_BAD_JSON", ""},
		{"NUL", loginBody(good, `"device_id":"\u0000"`), 400, "M_BAD_JSON", ""},
		{"lone surrogate", loginBody(good, `"device_id":"\ud800"`), 400, "M_BAD_JSON", ""},
		{"type missing", fmt.Sprintf(`{"token":%q}`, good), 400, "M_MISSING_PARAM", ""},
		{"type null", fmt.Sprintf(`{"type":null,"token":%q}`, good), 400, "M_MISSING_PARAM", ""},
		{"type unknown", fmt.Sprintf(`{"type":"m.login.unknown","token":%q}`, good), 400, "M_UNKNOWN", ""},
		{"type in another case", fmt.Sprintf(`{"type":"Org.Matrix.Login.JWT","token":%q}`, good), 400, "M_UNKNOWN", ""},
		{"mistyped field of an unknown type", `{"type":"m.login.unknown","token":1}`, 400, "M_BAD_JSON", ""},
		{"too large", loginBody(good, `"x":"`+strings.Repeat("x", 65536)+`"`), 413, "M_TOO_LARGE", ""},
	}
	for _, name := range []string{"type", "token", "device_id", "initial_device_display_name"} {
		for _, value := range []string{"1", "true", "[]", "{}"} {
			rows = append(rows, wrongType(name, value))
		}
	}
	for _, value := range []string{"1", `"true"`, "[]", "{}"} {
		rows = append(rows, wrongType("refresh_token", value))
	}
	refusals(t, plain, rows)
}

func TestRefusalsOfTheDevice(t *testing.T) {
	good := jwt(claims{"sub": "alice"})
	invalid := func(name, id string) refusal {
		return refusal{name, loginBody(good, `"device_id":`+id), 400, "M_INVALID_PARAM", ""}
	}
	refusals(t, plain, []refusal{
		invalid("empty", `""`),
		invalid("256 characters", `"`+strings.Repeat("x", 256)+`"`),
		invalid("line break", `"a\nb"`),
		invalid("escape", `"\u001b"`),
		invalid("delete", `"\u007f"`),
		{"long display name", loginBody(good, `"initial_device_display_name":"`+strings.Repeat("x", 101)+`"`), 400, "M_TOO_LARGE", "Device display name is too long (max 100)"},
		{"the token is looked at first", loginBody(good+"x", `"device_id":""`), 403, "M_FORBIDDEN", ""},
		{"the length of the name comes before the device", loginBody(jwt(claims{"sub": strings.Repeat("a", 300)}), `"device_id":""`), 400, "M_INVALID_USERNAME", ""},
		{"the device is looked at before the user", loginBody(jwt(claims{"sub": "1"}), `"device_id":""`), 400, "M_INVALID_PARAM", ""},
	})
}

func TestRefusalsOfTheToken(t *testing.T) {
	good := claims{"sub": "alice"}
	token := jwt(good)
	signature := token[strings.LastIndex(token, "."):]
	header := func(h string) string { return jws(h, good) }
	refusals(t, plain, []refusal{
		{"missing", `{"type":"org.matrix.login.jwt"}`, 403, "M_FORBIDDEN", "Token field for JWT is missing"},
		{"null", `{"type":"org.matrix.login.jwt","token":null}`, 403, "M_FORBIDDEN", "Token field for JWT is missing"},
		{"under another name", fmt.Sprintf(`{"type":"org.matrix.login.jwt","Token":%q}`, token), 403, "M_FORBIDDEN", "Token field for JWT is missing"},
		forbidden("empty", "", failed+"…"),
		forbidden("two segments", input(token), failed+"…"),
		forbidden("four segments", token+".x", failed+"…"),
		forbidden("padding", token+"=", failed+"…"),
		forbidden("line break", token+"\n", failed+"…"),
		forbidden("payload is no object", jwt("[]"), failed+"…"),
		forbidden("payload is no JSON", jwt("x"), failed+"…"),
		forbidden("duplicate in the payload", jwt(`{"sub":"alice","sub":"bob"}`), failed+"…"),
		forbidden("header is no object", header(`"HS256"`), failed+"…"),
		forbidden("duplicate in the header", header(`{"alg":"HS256","alg":"HS256"}`), failed+"…"),
		forbidden("over 16 KiB", jwt(claims{"sub": "alice", "x": strings.Repeat("x", 16<<10)}), failed+"…"),
		forbidden("alg missing", header(`{}`), failed+"missing_algorithm: "),
		forbidden("alg none", header(`{"alg":"none"}`), failed+"unsupported_algorithm: "),
		forbidden("alg NONE", header(`{"alg":"NONE"}`), failed+"unsupported_algorithm: "),
		forbidden("alg not in the list", header(`{"alg":"HS512"}`), failed+"unsupported_algorithm: "),
		forbidden("crit", header(`{"alg":"HS256","crit":["exp"]}`), failed+"invalid_crit_header_parameter_name: …"),
		forbidden("b64 false", header(`{"alg":"HS256","b64":false}`), failed+"invalid_crit_header_parameter_name: …"),
		forbidden("typ of another purpose", header(`{"alg":"HS256","typ":"logout+jwt"}`), failed+"invalid_crit_header_parameter_name: …"),
		forbidden("typ no string", header(`{"alg":"HS256","typ":1}`), failed+"invalid_crit_header_parameter_name: …"),
		forbidden("signature of another secret", sign(input(token), "another"), failed+"Signature verification failed"),
		forbidden("signature of other claims", input(jwt(claims{"sub": "bob"}))+signature, failed+"Signature verification failed"),
		forbidden("expired", jwt(good.with(claims{"exp": in(-3 * time.Minute)})), failed+"expired_token: The token is expired"),
		forbidden("exp no number", jwt(good.with(claims{"exp": "tomorrow"})), failed+"invalid_claim: Invalid claim 'exp'"),
		forbidden("exp null", jwt(good.with(claims{"exp": nil})), failed+"invalid_claim: Invalid claim 'exp'"),
		forbidden("not valid yet", jwt(good.with(claims{"nbf": in(3 * time.Minute)})), failed+"invalid_token: The token is not valid yet"),
		forbidden("nbf null", jwt(good.with(claims{"nbf": nil})), failed+"invalid_claim: Invalid claim 'nbf'"),
		forbidden("issued in the future", jwt(good.with(claims{"iat": in(3 * time.Minute)})), failed+"invalid_token: The token is not valid as it was issued in the future"),
		forbidden("iat no number", jwt(good.with(claims{"iat": true})), failed+"invalid_claim: Invalid claim 'iat'"),
		forbidden("aud, and none configured", jwt(good.with(claims{"aud": "matrix"})), failed+"invalid_claim: Invalid claim 'aud'"),
		forbidden("no subject", jwt(claims{}), "Invalid JWT"),
		forbidden("subject null", jwt(claims{"sub": nil}), "Invalid JWT"),
		forbidden("subject a number", jwt(claims{"sub": 1}), "Invalid JWT"),
		forbidden("subject under another name", jwt(claims{"SUB": "alice"}), "Invalid JWT"),
	}, "@bob:example.org")
}

func TestRefusalsOfTheName(t *testing.T) {
	invalid := func(sub, text string) refusal {
		name := sub
		if len(name) > 20 {
			name = "long"
		}
		return refusal{fmt.Sprintf("subject %q", name), loginBody(jwt(claims{"sub": sub})), 400, "M_INVALID_USERNAME", text}
	}
	refusals(t, plain, []refusal{
		invalid("", "User ID cannot be empty"),
		invalid("al ice", charactersText),
		invalid("alice:example.org", charactersText),
		invalid("@alice:example.org", charactersText),
		invalid("@alice:other.org", charactersText),
		invalid("\u212aalice", charactersText),
		invalid("alíce", charactersText),
		invalid("alice\n", charactersText),
		invalid("_alice", "User ID may not begin with _"),
		invalid("1234", "Numeric user IDs are reserved for guest users."),
		invalid(strings.Repeat("a", 243), "User ID may not be longer than 255 characters"),
	}, "@_alice:example.org", "@1234:example.org")
}

func TestRefusalsOfAStrictProvider(t *testing.T) {
	good := claims{"sub": "alice", "iss": "https://corp.example/", "aud": "matrix", "jti": "1", "iat": in(0), "exp": in(10 * time.Minute)}
	refusals(t, strict, []refusal{
		{"the deprecated type", strings.Replace(loginBody(jwt(good)), "org.matrix.login.jwt", "m.login.jwt", 1), 400, "M_UNKNOWN", ""},
		forbidden("iss missing", jwt(good.without("iss")), failed+"missing_claim: Missing 'iss' claim"),
		forbidden("iss null", jwt(good.with(claims{"iss": nil})), failed+"missing_claim: Missing 'iss' claim"),
		forbidden("iss and aud missing", jwt(good.without("iss").without("aud")), failed+"missing_claim: Missing 'iss' claim"),
		forbidden("aud missing", jwt(good.without("aud")), failed+"missing_claim: Missing 'aud' claim"),
		forbidden("aud null", jwt(good.with(claims{"aud": nil})), failed+"missing_claim: Missing 'aud' claim"),
		forbidden("aud missing comes before another iss", jwt(good.with(claims{"iss": "x"}).without("aud")), failed+"missing_claim: Missing 'aud' claim"),
		forbidden("iss another", jwt(good.with(claims{"iss": "https://corp.example"})), failed+"invalid_claim: Invalid claim 'iss'"),
		forbidden("iss a list", jwt(good.with(claims{"iss": []string{"https://corp.example/"}})), failed+"invalid_claim: Invalid claim 'iss'"),
		forbidden("aud another", jwt(good.with(claims{"aud": []string{"Matrix", "matrix "}})), failed+"invalid_claim: Invalid claim 'aud'"),
		forbidden("aud empty", jwt(good.with(claims{"aud": []string{}})), failed+"invalid_claim: Invalid claim 'aud'"),
		forbidden("aud with a number", jwt(good.with(claims{"aud": []any{"matrix", 1}})), failed+"invalid_claim: Invalid claim 'aud'"),
		forbidden("no leeway", jwt(good.with(claims{"exp": in(-2 * time.Second)})), failed+"expired_token: The token is expired"),
		forbidden("exp missing", jwt(good.without("exp")), failed+"missing_claim: Missing 'exp' claim"),
		forbidden("jti missing", jwt(good.without("jti")), failed+"missing_claim: Missing 'jti' claim"),
		forbidden("too old", jwt(good.with(claims{"iat": in(-11 * time.Minute)})), failed+"invalid_claim: Invalid claim 'iat'"),
		forbidden("max_age without iat", jwt(good.without("iat")), failed+"missing_claim: Missing 'iat' claim"),
		forbidden("lives too long", jwt(good.with(claims{"exp": in(2 * time.Hour)})), failed+"invalid_claim: Invalid claim 'exp'"),
		forbidden("display name a number", jwt(good.with(claims{"name": 1})), failed+"invalid_claim: Invalid claim 'name'"),
		forbidden("display name too long", jwt(good.with(claims{"name": strings.Repeat("x", 257)})), failed+"invalid_claim: Invalid claim 'name'"),
	})
}

func TestAnUnknownUserIsRefusedWhereNobodyRegisters(t *testing.T) {
	settings := strings.Replace(plain, `"}`, `", register_user: false}`, 1)
	refusals(t, settings, []refusal{
		forbidden("unknown", jwt(claims{"sub": "alice"}), "User not found"),
		{"reserved", loginBody(jwt(claims{"sub": "_alice"})), 400, "M_INVALID_USERNAME", "User ID may not begin with _"},
		{"device first", loginBody(jwt(claims{"sub": "alice"}), `"device_id":""`), 400, "M_INVALID_PARAM", ""},
	})
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@alice:example.org"}); err != nil {
			t.Fatal(err)
		}
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
	})
}

func TestLockedAndDeactivatedUsers(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		token := d.mustLogin(t, jwt(claims{"sub": "alice"}), `"device_id":"OLD"`)
		set := func(locked, deactivated bool) {
			t.Helper()
			d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Deactivated = locked, deactivated })
		}
		locked := refusal{"", "", 401, "M_USER_LOCKED", "User account has been locked"}
		for _, device := range []string{"NEW", "OLD"} {
			set(true, false)
			a := d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"`+device+`"`)
			locked.check(t, a)
			if a.body["soft_logout"] != true {
				t.Errorf("a locked user's login: %s", a)
			}
			a = d.whoami(t, token)
			locked.check(t, a)
			if a.body["soft_logout"] != true {
				t.Errorf("a locked user's whoami: %s", a)
			}
			set(true, true)
			refusal{"", "", 403, "M_USER_DEACTIVATED", "This account has been deactivated"}.check(t,
				d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"`+device+`"`))
			refusal{"", "", 401, "M_UNKNOWN_TOKEN", ""}.check(t, d.whoami(t, token))
		}
		set(false, false)
		if a := d.whoami(t, token); a.status != 200 || a.text("device_id") != "OLD" {
			t.Errorf("unlocked again: %s", a)
		}
		if devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org"); err != nil || len(devices) != 1 {
			t.Errorf("refused logins left devices: %v, %v", devices, err)
		}
		set(true, false)
		if a := d.do(t, "POST", "/_matrix/client/v3/logout", token, ""); a.status != 200 {
			t.Errorf("a locked user's logout: %s", a)
		}
	})
}
