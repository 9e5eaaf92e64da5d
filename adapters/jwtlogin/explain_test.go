package jwtlogin_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func strict() jwtlogin.Provider {
	return with(func(p *jwtlogin.Provider) {
		p.Keys = keySet{{ID: "k1", Material: secret}}
		p.Issuers, p.Audiences, p.Require = []string{"us", "them"}, []string{"matrix"}, []string{"jti"}
		p.MaxAge, p.MaxLifetime = time.Hour, time.Hour
		p.DisplayNameClaim = "name"
	})
}

func TestExplanationOfAGoodToken(t *testing.T) {
	v := newVerifier(t, strict())
	token := jws("HS256", secret, `{"alg":"HS256","kid":"k1","typ":"JWT"}`,
		`{"iss":"us","aud":"matrix","sub":"Alice","name":"\u00c4\u202e","exp":1800000060,"iat":1799999999.5,"jti":"1"}`)
	got := v.Explain(context.Background(), token)
	want := jwtlogin.Explanation{
		Provider: "corp", KeyID: "k1", Algorithm: "HS256",
		Steps: []jwtlogin.Step{
			{Check: "token", Value: "242 bytes", Limit: "three segments, at most 16384 bytes", OK: true},
			{Check: "provider", Value: `"us"`, Limit: "provider corp", OK: true},
			{Check: "alg", Value: `"HS256"`, Limit: "HS256", OK: true},
			{Check: "kid", Value: `"k1"`, Limit: "key k1", OK: true},
			{Check: "signature", Value: "32 bytes", Limit: "made with that key by HS256", OK: true},
			{Check: "iss", Value: `"us"`, Limit: "us, them", OK: true},
			{Check: "aud", Value: `"matrix"`, Limit: "matrix", OK: true},
			{Check: "exp", Value: "1800000060 = 2027-01-15T08:01:00Z", Limit: "later than 2027-01-15T07:58:00Z (now less the leeway of 2m0s)", OK: true},
			{Check: "nbf", Limit: "not later than 2027-01-15T08:02:00Z (now and the leeway of 2m0s)", OK: true},
			{Check: "iat", Value: "1799999999.5 = 2027-01-15T07:59:59Z", Limit: "not later than 2027-01-15T08:02:00Z (now and the leeway of 2m0s)", OK: true},
			{Check: "require", Value: "jti, exp, iat", Limit: "jti, exp, iat", OK: true},
			{Check: "max_age", Value: "0.5 s", Limit: "at most 1h0m0s and the leeway of 2m0s", OK: true},
			{Check: "max_lifetime", Value: "60.5 s", Limit: "at most 1h0m0s", OK: true},
			{Check: "subject", Value: `"Alice"`, Limit: "a string in sub", OK: true},
			{Check: "localpart", Value: `"alice"`, Limit: "a localpart", OK: true},
			{Check: "display_name", Value: `"\u00c4\u202e"`, Limit: "at most 256 characters in name, for a new user", OK: true},
		},
		Claims: domain.Claims{Localpart: "alice", Exact: "Alice", Register: true, Profile: domain.Profile{DisplayName: "\u00c4\u202e"},
			Link:     domain.Link{Provider: "corp", Issuer: "us", Subject: "Alice"},
			Evidence: domain.Evidence{Provider: "corp", KeyID: "k1", Subject: "Alice", Verified: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The last step is the one that failed; value and limit say why.
func TestExplanationsOfRefusals(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*jwtlogin.Provider)
		token        string
		check, value string
		limit        string
	}{
		{"flaw", nil, hs256(`{"a":1,"a":2}`), "token", `83 bytes: unacceptable JSON: member "a" stands twice`, "three segments, at most 16384 bytes"},
		{"line break", nil, "\n..", "token", "3 bytes: a line break", "three segments, at most 16384 bytes"},
		{"alg", nil, hs256Header(`{"alg":"\u001b[31m"}`), "alg", `"\x1b[31m"`, "HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"},
		{"alg not allowed", nil, hs256Header(`{"alg":"RS256"}`), "alg", `"RS256"`, "HS256"},
		{"crit", nil, hs256Header(`{"alg":"HS256","crit":["a",1,true,{}]}`), "crit", `["a",1,true,{}]`, "none"},
		{"typ", nil, hs256Header(`{"alg":"HS256","typ":1}`), "typ", "1", "a string, and no other purpose"},
		{"kid", func(p *jwtlogin.Provider) { p.Keys = keySet{{ID: "1", Material: secret}, {ID: "2", Material: secret}} },
			hs256Header(`{"alg":"HS256"}`), "kid", "", "exactly one fitting key"},
		{"signature", nil, jws("HS256", []byte("x"), `{"alg":"HS256"}`, `{}`), "signature", "32 bytes", "made with that key by HS256"},
		{"iss", ours, hs256(`{"iss":["\u202e"]}`), "iss", `["\u202e"]`, "us"},
		{"iss but for a slash", ours, hs256(`{"iss":"US/"}`), "iss", `"US/"`, "us; us differs only by a slash at the end, or by case"},
		{"aud", nil, hs256(`{"aud":"x"}`), "aud", `"x"`, "none"},
		{"exp", nil, hs256(`{"exp":1e308}`), "subject", "", "a string in sub"},
		{"exp beyond", nil, hs256(`{"exp":-1e308}`), "exp", "-1e308 = a time outside the years 1 to 9999", "later than 2027-01-15T07:58:00Z (now less the leeway of 2m0s)"},
		{"exp infinite", nil, hs256(`{"exp":1e400}`), "exp", "1e400", "later than 2027-01-15T07:58:00Z (now less the leeway of 2m0s)"},
		{"nbf", nil, hs256(`{"nbf":"x"}`), "nbf", `"x"`, "not later than 2027-01-15T08:02:00Z (now and the leeway of 2m0s)"},
		{"require", requiring("jti", "nonce"), hs256(`{"nonce":1}`), "require", "nonce", "jti, nonce"},
		{"max_age", young, hs256(`{"iat":1}`), "max_age", "1799999999 s", "at most 1h0m0s and the leeway of 2m0s"},
		{"localpart", nil, hs256(`{"sub":"\u212a"}`), "localpart", `"\u212a"`, "a localpart"},
		{"long", nil, hs256(`{"sub":"` + strings.Repeat("!", 300) + `"}`), "localpart", `"` + strings.Repeat("!", 200) + `..."`, "a localpart"},
		{"display name", named, hs256(`{"sub":"a","name":false}`), "display_name", "false", "at most 256 characters in name, for a new user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVerifier(t, with(c.change))
			e := v.Explain(context.Background(), c.token)
			_, err := verify(v, c.token)
			if err == nil || !reflect.DeepEqual(e.Err, err) || e.Claims != (domain.Claims{}) {
				t.Errorf("explained as %v, %+v; refused as %v", e.Err, e.Claims, err)
			}
			last := e.Steps[len(e.Steps)-1]
			if diff := cmp.Diff(jwtlogin.Step{Check: c.check, Value: c.value, Limit: c.limit}, last); diff != "" {
				t.Error(diff)
			}
			for _, step := range e.Steps[:len(e.Steps)-1] {
				if !step.OK {
					t.Errorf("failed before the end: %+v", step)
				}
			}
		})
	}
}

func TestExplanationKnowsWhatWasFoundBeforeTheRefusal(t *testing.T) {
	a, b := provider("a", secretA, "A"), provider("b", secretB, "B")
	v := newVerifier(t, a, b)
	for token, want := range map[string]jwtlogin.Explanation{
		"x": {},
		jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"X"}`):            {Algorithm: "HS256"},
		jws("HS256", secretA, `{"alg":"HS256","kid":"2"}`, `{"iss":"A"}`):  {Algorithm: "HS256", Provider: "a"},
		jws("HS256", secretA, `{"alg":"HS256","kid":"k1"}`, `{"iss":"B"}`): {Algorithm: "HS256", Provider: "b", KeyID: "k1"},
	} {
		got := v.Explain(context.Background(), token)
		if got.Algorithm != want.Algorithm || got.Provider != want.Provider || got.KeyID != want.KeyID || got.Err == nil {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestExplanationPointsOutAnIssuerThatNearlyFits(t *testing.T) {
	v := newVerifier(t, provider("a", secretA, "https://a.example"), provider("b", secretB, "https://b.example/"))
	steps := v.Explain(context.Background(), jws("HS256", secretB, `{"alg":"HS256"}`, `{"iss":"https://b.example"}`)).Steps
	want := jwtlogin.Step{Check: "provider", Value: `"https://b.example"`,
		Limit: "an issuer that a provider lists; https://b.example/ differs only by a slash at the end, or by case"}
	if diff := cmp.Diff(want, steps[len(steps)-1]); diff != "" {
		t.Error(diff)
	}
}

func TestExplanationOfKeysThatCannotBeHad(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = noKeys{domain.ErrUnavailable} }))
	if e := v.Explain(context.Background(), hs256(`{}`)); !errors.Is(e.Err, domain.ErrUnavailable) || e.Provider != "corp" {
		t.Errorf("got %+v", e)
	}
}

func TestExplanationLeavesOutWhatIsNotConfigured(t *testing.T) {
	var checks []string
	for _, step := range newVerifier(t, corp()).Explain(context.Background(), hs256(`{"sub":"alice"}`)).Steps {
		checks = append(checks, step.Check)
	}
	want := []string{"token", "provider", "alg", "kid", "signature", "iss", "aud", "exp", "nbf", "iat", "subject", "localpart"}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Error(diff)
	}
}

func TestExplanationSaysWhereKeysComeFrom(t *testing.T) {
	from := func(keys ...domain.Key) jwtlogin.Provider {
		return with(func(p *jwtlogin.Provider) {
			p.Keys = publishedSet{domain.KeySet{Keys: keys, From: "https://a.example/keys (fetched \u202e)", Issuer: "us"}}
		})
	}
	named := jws("HS256", secret, `{"alg":"HS256","kid":"k1"}`, `{"sub":"a","iss":"us"}`)
	for _, c := range []struct {
		provider jwtlogin.Provider
		limit    string
		ok       bool
	}{
		{from(domain.Key{ID: "k1", Material: secret}), `key k1 from https://a.example/keys (fetched \u202e)`, true},
		{from(domain.Key{Material: secret}), `the key without an id from https://a.example/keys (fetched \u202e)`, true},
		{from(domain.Key{ID: "k2", Material: secret}), `exactly one fitting key from https://a.example/keys (fetched \u202e)`, false},
		{with(func(p *jwtlogin.Provider) { p.Keys = noKeys{errors.New("it hangs")} }), "keys, which cannot be had: it hangs", false},
	} {
		for _, step := range newVerifier(t, c.provider).Explain(context.Background(), named).Steps {
			want := jwtlogin.Step{Check: "kid", Value: `"k1"`, Limit: c.limit, OK: c.ok}
			if step.Check == "kid" && step != want {
				t.Errorf("got %+v, want %+v", step, want)
			}
			if step.Check == "iss" && step.Limit != "us" {
				t.Errorf("the issuer: %+v", step)
			}
		}
	}
}
