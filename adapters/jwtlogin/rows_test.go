package jwtlogin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestSynapsesExampleWorksAsPrinted(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = keySet{{Material: []byte("my-secret-token")}} }))
	got, err := verify(v, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0LXVzZXIifQ.Ag71GT8v01UO3w80aqRPTeuVPBIBZkYhNTJJ-_-zQIc")
	if err != nil || got.Localpart != "test-user" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestClaimsOfAGoodToken(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) {
		p.Issuers, p.Audiences = []string{"https://corp.example"}, []string{"matrix"}
		p.Require = []string{"exp", "jti"}
		p.DisplayNameClaim = "name"
	}))
	got, err := verify(v, hs256(`{"iss":"https://corp.example","aud":["other","matrix"],"sub":"Alice.B","name":"Älice",
		"exp":1800000060,"nbf":1799999000,"iat":1799999999.5,"jti":"1","admin":true,"user_id":"@root:example.org"}`))
	want := domain.Claims{
		Localpart: "alice.b", Exact: "Alice.B", Register: true, Profile: domain.Profile{DisplayName: "Älice"},
		Link:     domain.Link{Provider: "corp", Issuer: "https://corp.example", Subject: "Alice.B"},
		Evidence: domain.Evidence{Provider: "corp", Subject: "Alice.B", Verified: true},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %v, %s", err, cmp.Diff(want, got))
	}
}

func TestAMissingTokenIsRefused(t *testing.T) {
	_, err := newVerifier(t, corp()).Verify(context.Background(), domain.Credential{Type: jwtlogin.Type})
	if !errors.Is(err, domain.ErrForbidden) || err.Error() != "Token field for JWT is missing" {
		t.Errorf("got %v", err)
	}
}

// A row is a token that is refused.
type row struct {
	name   string
	change func(*jwtlogin.Provider) // of corp
	token  string
	text   string
	reason string
}

var (
	ours      = func(p *jwtlogin.Provider) { p.Issuers = []string{"us"} }
	forUs     = func(p *jwtlogin.Provider) { p.Audiences = []string{"us"} }
	oursForUs = func(p *jwtlogin.Provider) { ours(p); forUs(p) }
	escaping  = func(p *jwtlogin.Provider) { p.EscapeLocalpart = true }
	named     = func(p *jwtlogin.Provider) { p.DisplayNameClaim = "name" }
	young     = func(p *jwtlogin.Provider) { p.MaxAge = time.Hour }
	brief     = func(p *jwtlogin.Provider) { p.MaxLifetime = time.Hour }
)

func requiring(claims ...string) func(*jwtlogin.Provider) {
	return func(p *jwtlogin.Provider) { p.Require = claims }
}

var rows = []row{
	{"7 empty", nil, "", threeSegments, "malformed_token"},
	{"7 two segments", nil, "a.b", threeSegments, "malformed_token"},
	{"7 four segments", nil, "a.b.c.d", threeSegments, "malformed_token"},
	{"7 header no base64url", nil, "!." + b64(`{}`) + ".", badHeaderForm, "malformed_token"},
	{"7 payload no base64url", nil, b64(`{}`) + ".!.", badPayloadForm, "malformed_token"},
	{"7 signature no base64url", nil, b64(`{}`) + "." + b64(`{}`) + ".!", badSignatureEnc, "malformed_token"},
	{"7 header no object", nil, hs256Header(`[]`), badHeaderForm, "malformed_token"},
	{"7 payload no object", nil, hs256(`"alice"`), badPayloadForm, "malformed_token"},
	{"7 duplicate in header", nil, hs256Header(`{"alg":"HS256","alg":"HS256"}`), badHeaderForm, "malformed_token"},
	{"7 duplicate in payload", nil, hs256(`{"sub":"alice","sub":"bob"}`), badPayloadForm, "malformed_token"},
	{"7 too long", nil, hs256(`{"sub":"alice","x":"` + strings.Repeat("x", 16<<10) + `"}`),
		failed + "Invalid token: longer than 16 KiB", "malformed_token"},
	{"8 alg missing", nil, hs256Header(`{}`), missing, "missing_algorithm"},
	{"8 alg null", nil, hs256Header(`{"alg":null}`), missing, "missing_algorithm"},
	{"8 alg not in the list", nil, hs256Header(`{"alg":"HS512"}`), unsupported, "unsupported_algorithm"},
	{"8 alg none", nil, b64(`{"alg":"none"}`) + "." + b64(`{"sub":"alice"}`) + ".", unsupported, "unsupported_algorithm"},
	{"8 before 9", nil, hs256Header(`{"alg":"HS512","crit":[]}`), unsupported, "unsupported_algorithm"},
	{"9 crit", nil, hs256Header(`{"alg":"HS256","crit":["exp"]}`), badHeader("crit"), "invalid_header"},
	{"9 b64", nil, hs256Header(`{"alg":"HS256","b64":false}`), badHeader("b64"), "invalid_header"},
	{"9 typ", nil, hs256Header(`{"alg":"HS256","typ":"logout+jwt"}`), badHeader("typ"), "invalid_header"},
	{"9 before 10", nil, b64(`{"alg":"HS256","crit":[]}`) + "." + b64(`{}`) + ".", badHeader("crit"), "invalid_header"},
	{"10 wrong signature", nil, jws("HS256", []byte("wrong"), `{"alg":"HS256"}`, `{"sub":"alice"}`), unverified, "bad_signature"},
	{"10 no signature", nil, b64(`{"alg":"HS256"}`) + "." + b64(`{}`) + ".", unverified, "bad_signature"},
	{"10 before 11", oursForUs, jws("HS256", []byte("wrong"), `{"alg":"HS256"}`, `{}`), unverified, "bad_signature"},
	{"11 iss missing", oursForUs, hs256(`{"exp":0}`), absent("iss"), "missing_claim"},
	{"11 iss null", ours, hs256(`{"iss":null}`), absent("iss"), "missing_claim"},
	{"11 aud missing", oursForUs, hs256(`{"iss":"others"}`), absent("aud"), "missing_claim"},
	{"11 aud null", forUs, hs256(`{"aud":null}`), absent("aud"), "missing_claim"},
	{"12 iss not accepted", oursForUs, hs256(`{"iss":"others","aud":"others","exp":0}`), invalid("iss"), "invalid_claim"},
	{"12 aud not accepted", oursForUs, hs256(`{"iss":"us","aud":"others","exp":0}`), invalid("aud"), "invalid_claim"},
	{"13 exp mistyped", nil, hs256(`{"exp":"1","nbf":1e10}`), invalid("exp"), "invalid_claim"},
	{"13 exp null", nil, hs256(`{"exp":null}`), invalid("exp"), "invalid_claim"},
	{"13 exp passed", nil, hs256(`{"exp":1,"nbf":1e10}`), expired, "expired_token"},
	{"14 nbf mistyped", nil, hs256(`{"nbf":[],"iat":1e10}`), invalid("nbf"), "invalid_claim"},
	{"14 nbf to come", nil, hs256(`{"nbf":1e10,"iat":1e10}`), notYetValid, "not_yet_valid"},
	{"15 iat mistyped", nil, hs256(`{"iat":true,"aud":"x"}`), invalid("iat"), "invalid_claim"},
	{"15 iat to come", nil, hs256(`{"iat":1e10,"aud":"x"}`), issuedLater, "issued_in_future"},
	{"16 aud not configured", requiring("jti"), hs256(`{"aud":"us"}`), invalid("aud"), "invalid_claim"},
	{"17 required", requiring("exp", "jti"), hs256(`{"exp":1e10}`), absent("jti"), "missing_claim"},
	{"17 required null", requiring("jti"), hs256(`{"jti":null}`), absent("jti"), "missing_claim"},
	{"17 required inside", requiring("a.b"), hs256(`{"a":{"c":1}}`), absent("a.b"), "missing_claim"},
	{"max_age requires iat", young, hs256(`{}`), absent("iat"), "missing_claim"},
	{"max_age", young, hs256(`{"iat":1799996279}`), invalid("iat"), "invalid_claim"},
	{"max_lifetime requires exp", brief, hs256(`{"iat":1}`), absent("exp"), "missing_claim"},
	{"max_lifetime requires iat", brief, hs256(`{"exp":1e10}`), absent("iat"), "missing_claim"},
	{"max_lifetime", brief, hs256(`{"iat":1800000000,"exp":1800003601}`), invalid("exp"), "invalid_claim"},
	{"19 sub absent", nil, hs256(`{"name":1}`), "Invalid JWT", "invalid_subject"},
	{"19 sub null", nil, hs256(`{"sub":null}`), "Invalid JWT", "invalid_subject"},
	{"19 sub a number", escaping, hs256(`{"sub":1}`), "Invalid JWT", "invalid_subject"},
	{"display name mistyped", named, hs256(`{"sub":"a","name":1}`), invalid("name"), "invalid_claim"},
	{"display name too long", named, hs256(`{"sub":"a","name":"` + strings.Repeat("é", 257) + `"}`), invalid("name"), "invalid_claim"},
}

func TestWhatIsWrongWithATokenIsForbidden(t *testing.T) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got, err := verify(newVerifier(t, with(r.change)), r.token)
			want := &domain.Refusal{Kind: domain.ErrForbidden, Reason: r.reason, Text: r.text}
			var refusal *domain.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != want.Kind || refusal.Reason != want.Reason ||
				refusal.Text != want.Text || got != (domain.Claims{}) {
				t.Errorf("got %+v, %#v\nwant %#v", got, err, want)
			}
		})
	}
}
