package test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAttacksOnTheClaims(t *testing.T) {
	var attacks []attack
	for _, claims := range []string{
		`"exp":1`, `"exp":0`, `"exp":-1`, `"exp":-2`, `"exp":-4611686018427387904`, `"exp":1.5`, fmt.Sprintf(`"exp":%d`, in(-140*time.Second)),
		`"exp":"9999999999"`, `"exp":null`, `"exp":true`, `"exp":[9999999999]`, `"exp":{}`, `"exp":1e400`, `"exp":-1e400`, `"exp":1,"EXP":9999999999`,
		fmt.Sprintf(`"nbf":%d`, in(140*time.Second)), `"nbf":9223372036854775808`, `"nbf":18446744073709551616`, `"nbf":1e19`, `"nbf":1e308`,
		`"nbf":1e400`, `"nbf":"0"`, `"nbf":null`, fmt.Sprintf(`"iat":%d`, in(140*time.Second)), `"iat":"0"`, `"iat":null`, `"iat":[]`, `"iat":1e308`,
		`"aud":"matrix"`, `"aud":[]`, `"aud":""`, `"aud":1`, `"aud":{}`,
	} {
		attacks = append(attacks, attack{claims, func(name string) string {
			return sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), name, claims))
		}})
	}
	for _, claims := range []string{
		`{"iss":"https://hs256.example/"}`, `{"iss":"https://hs256.example/","sub":null}`, `{"iss":"https://hs256.example/","sub":1}`,
		`{"iss":"https://hs256.example/","sub":["mallory"]}`, `{"iss":"https://hs256.example/","sub":{"sub":"mallory"}}`,
		`{"iss":"https://hs256.example/","SUB":"mallory"}`, `{"iss":"https://hs256.example/","\u017fub":"mallory"}`,
		`{"iss":"https://hs256.example/","user_id":"@mallory:example.org","preferred_username":"mallory","admin":true}`,
		`{"ISS":"https://hs256.example/","sub":"mallory"}`, `{"iss":["https://hs256.example/"],"sub":"mallory"}`,
		`{"iss":{"a":"https://hs256.example/"},"sub":"mallory"}`, `{"iss":"*","sub":"mallory"}`, `{"iss":null,"sub":"mallory"}`,
		`{"iss":"https://hs256.example/\u0000","sub":"mallory"}`,
	} {
		attacks = append(attacks, fixed(claims, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, claims)))
	}
	repelled(t, attacks)
}

// No number is too large to be answered.
func TestTimesOfAnySizeAreAnswered(t *testing.T) {
	onEveryVariant(t, many(t), func(t *testing.T, d *door) {
		for _, exp := range []string{"9223372036854775808", "1e308", "99999999999.5", strings.Repeat("9", 300)} {
			d.mustLogin(t, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "alice", `"exp":`+exp)))
		}
	})
}

func TestAttacksOnTheName(t *testing.T) {
	names := []string{
		"", " ", " alice", "alice ", "al\tice", "alice\r\nX: y", ":", "alice:example.org", "@mallory", "@alice:other.org", "@mallory:example.org", "%00", "'", `"`, `\`,
		"\u200bmallory", "\u202emallory", "m\u0430llory", "\uff4dallory", "\U0001f600", "\u212aate", "\u017fam", "m\u0131ke", strings.Repeat("m", 243),
		strings.Repeat("m", 256), strings.Repeat("m", 10_000), "_mallory", "0815",
	}
	onEveryVariant(t, many(t), func(t *testing.T, d *door) {
		victim := d.mustLogin(t, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "alice")), `"device_id":"PHONE"`)
		for _, name := range names {
			t.Run(fmt.Sprintf("%.20q", name), func(t *testing.T) {
				token := sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), name))
				a := d.login(t, token, `"device_id":"PHONE"`)
				refusal{"", "", 400, "M_INVALID_USERNAME", ""}.check(t, a)
			})
		}
		untouched(t, d, victim, append(names, "mallory", "kate", "sam", "mike")...)
		a := d.login(t, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), strings.Repeat("m", 242))))
		if a.status != 200 || len(a.text("user_id")) != 255 {
			t.Errorf("the longest name: %s", a)
		}
	})
}

// Who signs in is the token's matter alone, and what the client brings along
// is not taken over.
func TestNothingBesideTheTokenSaysWhoItIs(t *testing.T) {
	onEveryVariant(t, many(t), func(t *testing.T, d *door) {
		planted := "dwa_planted"
		a := d.login(t, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "alice", `"admin":true`, `"user_id":"@root:example.org"`, `"device_id":"X"`)),
			`"user":"root"`, `"identifier":{"type":"m.id.user","user":"root"}`, `"access_token":"`+planted+`"`, `"user_id":"@root:example.org"`, `"admin":true`)
		if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("access_token") == planted || a.text("device_id") == "X" {
			t.Errorf("got %s", a)
		}
		if who := d.whoami(t, planted); who.status != 401 {
			t.Errorf("the planted token: %s", who)
		}
	})
}
