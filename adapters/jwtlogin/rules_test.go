package jwtlogin_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func allowing(rules ...jwtlogin.Rule) func(*jwtlogin.Provider) {
	return func(p *jwtlogin.Provider) { p.Allow = rules }
}

func TestRulesAdmit(t *testing.T) {
	has := func(value string) jwtlogin.Rule {
		return jwtlogin.Rule{Claim: "a.b", Comparison: jwtlogin.Contains, Value: value}
	}
	is := func(value string) jwtlogin.Rule {
		return jwtlogin.Rule{Claim: "a.b", Comparison: jwtlogin.Is, Value: value}
	}
	isNot := func(value string) jwtlogin.Rule {
		return jwtlogin.Rule{Claim: "a.b", Comparison: jwtlogin.IsNot, Value: value}
	}
	for _, c := range []struct {
		claim string // empty: absent
		rules []jwtlogin.Rule
		ok    bool
	}{
		{`["y","x"]`, []jwtlogin.Rule{has("x")}, true},
		{`"x"`, []jwtlogin.Rule{has("x")}, true},
		{`[1,true,"x"]`, []jwtlogin.Rule{has("1"), has("true"), has("x")}, true},
		{`["x","y"]`, []jwtlogin.Rule{has("x"), has("z")}, false},
		{`["xx","X","x "]`, []jwtlogin.Rule{has("x")}, false},
		{`"x y"`, []jwtlogin.Rule{has("x")}, false},
		{`[["x"],{"x":"x"},null]`, []jwtlogin.Rule{has("x")}, false},
		{`{"x":"x"}`, []jwtlogin.Rule{has("x")}, false},
		{`[]`, []jwtlogin.Rule{has("x")}, false},
		{`"x"`, []jwtlogin.Rule{is("x"), isNot("y")}, true},
		{`"X"`, []jwtlogin.Rule{is("x")}, false},
		{`["x"]`, []jwtlogin.Rule{is("x")}, false},
		{`["x"]`, []jwtlogin.Rule{isNot("y")}, false},
		{`{}`, []jwtlogin.Rule{isNot("y")}, false},
		{`true`, []jwtlogin.Rule{is("true"), isNot("false")}, true},
		{`false`, []jwtlogin.Rule{is("true")}, false},
		{`0`, []jwtlogin.Rule{isNot("0")}, false},
		{`0.0`, []jwtlogin.Rule{isNot("0")}, false},
		{`-0e5`, []jwtlogin.Rule{isNot("0")}, false},
		{`1e1`, []jwtlogin.Rule{is("10"), isNot("ten")}, true},
		{`9007199254740993`, []jwtlogin.Rule{is("9007199254740992")}, false},
		{`9007199254740993`, []jwtlogin.Rule{is("9007199254740993")}, true},
		{`"0"`, []jwtlogin.Rule{isNot("0")}, false},
		{`"0.0"`, []jwtlogin.Rule{isNot("0")}, true}, // a text is no number
		{``, []jwtlogin.Rule{isNot("x")}, false},
		{``, []jwtlogin.Rule{is("")}, false},
		{`null`, []jwtlogin.Rule{isNot("x")}, false},
		{`null`, []jwtlogin.Rule{has("null")}, false},
		{``, nil, true},
	} {
		payload := `{"sub":"alice","a":{}}`
		if c.claim != "" {
			payload = `{"sub":"alice","a":{"b":` + c.claim + `}}`
		}
		v := newVerifier(t, with(allowing(c.rules...)))
		if c.ok {
			accepted(t, v, hs256(payload))
		} else {
			refused(t, v, hs256(payload), "Login is not allowed")
		}
	}
}

func TestExplanationsOfIdentity(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) {
		once(p)
		ending(p)
		mapping(p)
		p.Allow = []jwtlogin.Rule{{Claim: "groups", Comparison: jwtlogin.Contains, Value: "staff"}, {Claim: "level", Comparison: jwtlogin.IsNot, Value: "0"}}
		p.Always = domain.ProfileFields{Email: true, Admin: true}
	}))
	token := func(level string) string {
		return hs256(`{"sub":"alice","jti":"1","iat":1800000000,"exp":1800000060,"groups":["staff","\u202e"],"level":` + level +
			`,"name":"Alice","mail":"A@example.org","roles":{"admin":"yes"}}`)
	}
	steps := map[string]jwtlogin.Step{}
	for _, step := range v.Explain(context.Background(), token("3")).Steps {
		steps[step.Check] = step
	}
	for _, want := range []jwtlogin.Step{
		{Check: "jti", Value: `"1"`, Limit: "a text of 1 to 255 bytes, once", OK: true},
		{Check: "session_end", Value: "1800000060 = 2027-01-15T08:01:00Z", Limit: "a second after 2027-01-15T08:00:00Z (now) at least: the session ends then", OK: true},
		{Check: "allow", Value: `["staff","\u202e"]; 3`, Limit: "groups contains staff; level is not 0", OK: true},
		{Check: "display_name", Value: `"Alice"`, Limit: "at most 256 characters in name, for a new user", OK: true},
		{Check: "email", Value: `"A@example.org"`, Limit: "an e-mail address in mail, at each login", OK: true},
		{Check: "avatar", Limit: "an mxc:// URI in picture.mxc, for a new user", OK: true},
		{Check: "admin", Value: `"yes"`, Limit: "true makes an administrator in roles.admin, at each login", OK: true},
	} {
		if diff := cmp.Diff(want, steps[want.Check]); diff != "" {
			t.Error(diff)
		}
	}
	e := v.Explain(context.Background(), token("0"))
	want := jwtlogin.Step{Check: "allow", Value: "0", Limit: "level is not 0"}
	if diff := cmp.Diff(want, e.Steps[len(e.Steps)-1]); diff != "" || e.Err == nil {
		t.Error(diff, e.Err)
	}
}
