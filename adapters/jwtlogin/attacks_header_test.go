package jwtlogin_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

// Every token here is signed with the right secret, or needs none: what is
// wrong with it has to be found elsewhere.

func TestAttacksOnAlg(t *testing.T) {
	signed, unsigned := b64(`{"sub":"alice"}`), newVerifier(t, corp())
	for _, alg := range []string{
		`"none"`, `"None"`, `"NONE"`, `"nOnE"`, `""`, `"none "`, `"hs256"`, `"HS256 "`, `" HS256"`, `"H\u017f256"`, `"HS2５6"`,
		`1`, `true`, `["HS256"]`, `{"alg":"HS256"}`, `"HS384"`, `"HS512"`, `"RS256"`, `"ES256"`, `"EdDSA"`, `"dir"`, `"A128KW"`,
	} {
		t.Run(alg, func(t *testing.T) {
			header := `{"alg":` + alg + `}`
			refused(t, unsigned, b64(header)+"."+signed+".", unsupported)
			refused(t, unsigned, hs256Header(header), unsupported)
		})
	}
	refused(t, unsigned, hs256Header(`{"alg":"none\u0000"}`), badHeaderForm)
	refused(t, unsigned, hs256Header(`{"Alg":"HS256"}`), missing)
	refused(t, unsigned, hs256Header(`{"alg":"none","ALG":"HS256"}`), unsupported)
	accepted(t, unsigned, hs256Header(`{"alg":"HS256","ALG":"none"}`))
}

func TestTheRightKeyDoesNotExcuseAnotherAlgorithm(t *testing.T) {
	for _, c := range []struct {
		allowed, used string
		key           any
	}{
		{"HS256", "HS384", secret}, {"HS256", "HS512", secret}, {"HS512", "HS256", secret},
		{"RS256", "RS384", rsaKey()}, {"RS256", "PS256", rsaKey()}, {"PS256", "RS256", rsaKey()},
	} {
		t.Run(c.used+" for "+c.allowed, func(t *testing.T) {
			v := newVerifier(t, signedBy(c.allowed, c.key))
			refused(t, v, jws(c.used, c.key, `{"alg":"`+c.used+`"}`, `{"sub":"alice"}`), unsupported)
			refused(t, v, jws(c.used, c.key, `{"alg":"`+c.allowed+`"}`, `{"sub":"alice"}`), unverified)
			accepted(t, v, jws(c.allowed, c.key, `{"alg":"`+c.allowed+`"}`, `{"sub":"alice"}`))
		})
	}
}

func TestAttacksOnOtherHeaderParameters(t *testing.T) {
	for _, c := range []struct{ parameters, text string }{
		{`"crit":["x"],"x":1`, badHeader("crit")}, {`"crit":[]`, badHeader("crit")}, {`"crit":null`, badHeader("crit")},
		{`"crit":"exp"`, badHeader("crit")}, {`"crit":["alg"]`, badHeader("crit")}, {`"crit":["b64"],"b64":true`, badHeader("crit")},
		{`"b64":false`, badHeader("b64")}, {`"b64":false,"crit":["b64"]`, badHeader("crit")}, {`"b64":"false"`, badHeader("b64")},
		{`"b64":null`, badHeader("b64")}, {`"b64":0`, badHeader("b64")}, {`"b64":true`, ""},
		{`"typ":"logout+jwt"`, badHeader("typ")}, {`"typ":"Logout+JWT"`, badHeader("typ")},
		{`"typ":"application/logout+jwt"`, badHeader("typ")}, {`"typ":"Application/SecEvent+JWT"`, badHeader("typ")},
		{`"typ":"secevent+jwt"`, badHeader("typ")}, {`"typ":"dpop+jwt"`, badHeader("typ")},
		{`"typ":1`, badHeader("typ")}, {`"typ":null`, badHeader("typ")}, {`"typ":["JWT"]`, badHeader("typ")},
		{`"typ":"JWT"`, ""}, {`"typ":"at+jwt"`, ""}, {`"typ":""`, ""},
		{`"kid":1`, unverified}, {`"kid":null`, unverified}, {`"kid":["a"]`, unverified}, {`"kid":{}`, unverified},
		{`"kid":"\u0000"`, badHeaderForm}, {`"kid":"a","kid":"a"`, badHeaderForm},
		// A single key without a name may be called anything; nothing is looked up by it.
		{`"kid":"../../../dev/null"`, ""}, {`"kid":"' OR 1=1 --"`, ""}, {`"kid":"\r\nSet-Cookie: a=b"`, ""}, {`"kid":""`, ""},
		{`"zip":"DEF"`, badHeader("zip")}, {`"zip":null`, badHeader("zip")}, {`"cty":"JWT"`, ""},
	} {
		t.Run(c.parameters, func(t *testing.T) {
			token := hs256Header(`{"alg":"HS256",` + c.parameters + `}`)
			if c.text == "" {
				accepted(t, newVerifier(t, corp()), token)
			} else {
				refused(t, newVerifier(t, corp()), token, c.text)
			}
		})
	}
}

func TestKeysThatATokenBringsAlongAreNotTrusted(t *testing.T) {
	key := []byte("attacker's own key, 32 bytes long")
	jwk := `{"kty":"oct","kid":"k1","alg":"HS256","k":"` + b64(string(key)) + `"}`
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = keySet{{ID: "k1", Material: secret}} }))
	for _, parameter := range []string{
		`"jwk":` + jwk, `"jku":"http://127.0.0.1:1/jwks"`, `"jku":"file:///etc/passwd"`, `"x5u":"http://169.254.169.254/"`,
		`"x5c":["MIIB"]`, `"x5t":"abc"`, `"x5t#S256":"abc"`,
	} {
		header := `{"alg":"HS256","kid":"k1",` + parameter + `}`
		refused(t, v, jws("HS256", key, header, `{"sub":"alice"}`), unverified)
		accepted(t, v, hs256Header(header)) // the parameter is no fault, it is nothing
	}
}

func TestAttacksOnTheForm(t *testing.T) {
	v := newVerifier(t, corp())
	good := hs256(`{"sub":"alice"}`)
	accepted(t, v, good)
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	for _, c := range []struct{ name, token string }{
		{"no dots", "abc"}, {"one dot", header + "." + payload}, {"only dots", ".."}, {"a dot too many", good + "."},
		{"a dot before", "." + good}, {"four segments", good + ".x"}, {"JWE", header + ".a.b.c.d"}, {"many dots", strings.Repeat(".", 10000)},
		{"no header", "." + rest}, {"no payload", header + ".." + signature}, {"no signature", header + "." + payload + "."},
		{"Bearer", "Bearer " + good}, {"space before", " " + good}, {"space after", good + " "}, {"line break after", good + "\n"},
		{"query", good + "?a"}, {"fragment", good + "#a"}, {"percent", strings.ReplaceAll(good, ".", "%2E")},
		{"JSON serialisation", `{"payload":"` + payload + `","protected":"` + header + `","signature":"` + signature + `"}`},
		{"megabytes", good + strings.Repeat("A", 1<<20)},
		{"swapped payload", header + "." + b64(`{"sub":"admin"}`) + "." + signature},
		{"swapped header", b64(`{"alg":"HS256","x":1}`) + "." + payload + "." + signature},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, v, c.token, "") })
	}
}

// Each defect is tried in each segment, under a signature of what stands there.
func TestAttacksOnBase64(t *testing.T) {
	v := newVerifier(t, corp())
	header, payload := b64(`{"alg":"HS256"}  `), b64(`{"sub":"alice","n":"??>>"}`)
	if len(header)%4 == 0 || len(payload)%4 == 0 || !strings.Contains(payload, "_") {
		t.Fatal("the segments do not have what is to be spoilt")
	}
	standard := strings.NewReplacer("-", "+", "_", "/")
	defects := map[string]func(string) string{
		"padding":           func(s string) string { return s + strings.Repeat("=", 4-len(s)%4) },
		"too much padding":  func(s string) string { return s + "====" },
		"newline after":     func(s string) string { return s + "\n" },
		"CR LF within":      func(s string) string { return s[:5] + "\r\n" + s[5:] },
		"space within":      func(s string) string { return s[:5] + " " + s[5:] },
		"NUL after":         func(s string) string { return s + "\x00" },
		"a letter too many": func(s string) string { return s + strings.Repeat("A", 5-len(s)%4) },
		"trailing bits":     trailingBits,
		"invalid UTF-8":     func(s string) string { return s + "\xff" },
		"a dollar":          func(s string) string { return s + "$" },
	}
	for name, spoil := range defects {
		t.Run(name, func(t *testing.T) {
			refused(t, v, seal("HS256", secret, spoil(header)+"."+payload), badHeaderForm)
			refused(t, v, seal("HS256", secret, header+"."+spoil(payload)), badPayloadForm)
			signed := seal("HS256", secret, header+"."+payload)
			dot := strings.LastIndexByte(signed, '.') + 1
			refused(t, v, signed[:dot]+spoil(signed[dot:]), badSignatureEnc)
		})
	}
	refused(t, v, seal("HS256", secret, header+"."+standard.Replace(payload)), badPayloadForm)
	accepted(t, v, seal("HS256", secret, header+"."+payload))
}

// trailingBits sets a bit that encodes nothing.
func trailingBits(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + alphabet[last+1:last+2]
}

func TestAttacksOnTheJSON(t *testing.T) {
	v := newVerifier(t, corp())
	nested := hs256(`{"sub":"alice"}`)
	for _, c := range []struct{ name, object string }{
		{"empty", ``}, {"null", `null`}, {"string", `"alice"`}, {"list", `[{"sub":"alice"}]`}, {"number", `1`}, {"nested JWS", nested},
		{"quoted JWS", `"` + nested + `"`}, {"trailing data", `{"alg":"HS256","sub":"alice"}{}`}, {"trailing NUL", "{\"alg\":\"HS256\",\"sub\":\"alice\"}\x00"},
		{"byte order mark", "\ufeff" + `{"alg":"HS256","sub":"alice"}`}, {"UTF-16", "{\x00}\x00"}, {"NaN", `{"alg":"HS256","sub":"alice","exp":NaN}`},
		{"Infinity", `{"alg":"HS256","sub":"alice","exp":Infinity}`}, {"invalid UTF-8", "{\"alg\":\"HS256\",\"sub\":\"alice\xff\"}"},
		{"lone surrogate", `{"alg":"HS256","sub":"alice\ud800"}`}, {"NUL", `{"alg":"HS256","sub":"alice\u0000"}`},
		{"duplicate", `{"alg":"HS256","sub":"alice","sub":"alice"}`}, {"duplicate by escape", `{"alg":"HS256","sub":"bob","\u0073ub":"alice"}`},
		{"duplicate inside", `{"alg":"HS256","sub":"alice","x":{"a":1,"a":1}}`}, {"duplicate exp", `{"alg":"HS256","sub":"alice","exp":1,"exp":9e9}`},
		{"deep", `{"alg":"HS256","sub":"alice","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`},
		{"comment", `{"alg":"HS256","sub":"alice"/**/}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, v, jws("HS256", secret, c.object, `{"sub":"alice"}`), badHeaderForm)
			refused(t, v, hs256(c.object), badPayloadForm)
		})
	}
}

func TestTheGreatestTokenIsAcceptedAndNoneGreater(t *testing.T) {
	v := newVerifier(t, corp())
	signature := base64.RawURLEncoding.EncodedLen(32)
	rest := jwtlogin.MaxToken - len(b64(`{"alg":"HS256"}`)) - signature - 2
	size := base64.RawURLEncoding.DecodedLen(rest) - len(`{"sub":"alice","x":""}`)
	token := hs256(`{"sub":"alice","x":"` + strings.Repeat("x", size) + `"}`)
	if len(token) != jwtlogin.MaxToken {
		t.Fatalf("the token has %d bytes", len(token))
	}
	accepted(t, v, token)
	refused(t, v, hs256(`{"sub":"alice","x":"`+strings.Repeat("x", size+1)+`"}`), failed+"Invalid token: longer than 16 KiB")
}

func TestRefusalsHoldNothingOfTheToken(t *testing.T) {
	const mark = "xyzzy"
	v := newVerifier(t, corp())
	for _, token := range []string{
		mark, mark + ".a.b", hs256Header(`{"alg":"` + mark + `"}`), hs256Header(`{"alg":"HS256","crit":["` + mark + `"]}`),
		hs256Header(`{"alg":"HS256","typ":["` + mark + `"]}`), hs256Header(`{"alg":"HS256","` + mark + `":1,"` + mark + `":1}`),
		hs256(`{"` + mark + `":1,"` + mark + `":2}`), hs256(`{"sub":"` + mark + `!"}`), hs256(`{"aud":"` + mark + `"}`),
		hs256(`{"exp":"` + mark + `"}`), jws("HS256", []byte(mark), `{"alg":"HS256","kid":"`+mark+`"}`, `{"sub":"`+mark+`"}`),
	} {
		_, err := verify(v, token)
		text := string(must(json.Marshal(errors.Unwrap(err)))) + err.Error()
		if strings.Contains(text, mark) {
			t.Errorf("%s", text)
		}
	}
}
