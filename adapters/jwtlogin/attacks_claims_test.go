package jwtlogin_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

// Here, too, every token is signed with the right secret.

func TestAttacksOnIssuer(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Issuers = []string{"https://corp.example", "b"} }))
	for _, c := range []struct{ iss, text string }{
		{`null`, absent("iss")}, {`1`, invalid("iss")}, {`true`, invalid("iss")}, {`{}`, invalid("iss")}, {`[]`, invalid("iss")},
		{`["https://corp.example"]`, invalid("iss")}, {`""`, invalid("iss")}, {`"*"`, invalid("iss")}, {`"https://corp.example/"`, invalid("iss")},
		{`"https://CORP.example"`, invalid("iss")}, {`"https://corp.exampl"`, invalid("iss")}, {`"https://corp.example.evil"`, invalid("iss")},
		{`" https://corp.example"`, invalid("iss")}, {`"https://corp.example\u200b"`, invalid("iss")}, {`"https://corp.example,b"`, invalid("iss")},
		{`"https://corp.example"`, ""}, {`"b"`, ""},
	} {
		t.Run(c.iss, func(t *testing.T) { outcome(t, v, `"iss":`+c.iss, c.text) })
	}
	outcome(t, v, `"ISS":"b"`, absent("iss"))
	outcome(t, v, `"i\u017fs":"b"`, absent("iss"))
	outcome(t, v, `"i\u0073s":"b"`, "")
}

func TestAttacksOnAudience(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Audiences = []string{"matrix", "chat"} }))
	open := newVerifier(t, corp())
	for _, c := range []struct{ aud, text string }{
		{`null`, absent("aud")}, {`"other"`, invalid("aud")}, {`"matri"`, invalid("aud")}, {`"matrix2"`, invalid("aud")}, {`"Matrix"`, invalid("aud")},
		{`" matrix"`, invalid("aud")}, {`""`, invalid("aud")}, {`"*"`, invalid("aud")}, {`[]`, invalid("aud")}, {`[["matrix"]]`, invalid("aud")},
		{`["matrix",1]`, invalid("aud")}, {`["matrix",null]`, invalid("aud")}, {`[1,"matrix"]`, invalid("aud")}, {`["a","b"]`, invalid("aud")},
		{`{"matrix":"matrix"}`, invalid("aud")}, {`1`, invalid("aud")}, {`true`, invalid("aud")}, {`"matrix chat"`, invalid("aud")},
		{`"matrix"`, ""}, {`["matrix"]`, ""}, {`["other","chat"]`, ""}, {`["chat","other"]`, ""},
	} {
		t.Run(c.aud, func(t *testing.T) {
			outcome(t, v, `"aud":`+c.aud, c.text)
			if c.aud != `null` {
				outcome(t, open, `"aud":`+c.aud, invalid("aud"))
			}
		})
	}
	outcome(t, v, `"AUD":"matrix"`, absent("aud"))
	outcome(t, open, `"aud":null`, "")
	outcome(t, open, `"AUD":"other"`, "")
}

func TestAttacksOnSubject(t *testing.T) {
	v := newVerifier(t, corp())
	for _, payload := range []string{
		`{}`, `{"sub":null}`, `{"sub":1}`, `{"sub":true}`, `{"sub":["alice"]}`, `{"sub":{"sub":"alice"}}`,
		`{"SUB":"alice"}`, `{"Sub":"alice"}`, `{"\u017fub":"alice"}`,
		`{"user_id":"@alice:example.org","preferred_username":"alice","user":"alice","identifier":"alice"}`,
	} {
		t.Run(payload, func(t *testing.T) { refused(t, v, hs256(payload), "Invalid JWT") })
	}
	accepted(t, v, hs256(`{"sub":"alice","SUB":"bob","preferred_username":"bob","user_id":"@bob:example.org"}`))
}

func TestClaimNamesAreComparedByteByByte(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Require = []string{"exp"} }))
	outcome(t, v, `"EXP":9999999999`, absent("exp"))
	outcome(t, v, `"exp":1,"EXP":9999999999`, expired)
	outcome(t, v, `"exp":9999999999,"EXP":1,"NBF":9999999999,"Iat":9999999999`, "")
}

func TestRequiredClaims(t *testing.T) {
	for _, name := range []string{"iss", "aud", "exp", "nbf", "iat", "jti", "sub", "anything", "a.b", "https://corp.example/x"} {
		t.Run(name, func(t *testing.T) {
			v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Require = []string{name} }))
			refused(t, v, hs256(`{"SUB":"alice"}`), absent(name))
		})
	}
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Require = []string{"jti", "a.b", "https://corp.example/x"} }))
	outcome(t, v, `"jti":"","a":{"b":false},"https://corp.example/x":0`, "")
	outcome(t, v, `"jti":"","a":{"b":null},"https://corp.example/x":0`, absent("a.b"))
}
