package jwtlogin_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestSubjectsThatAreNoLocalpartAreInvalidUserNames(t *testing.T) {
	for _, c := range []struct {
		name, subject, text string
		bothModes           bool
	}{
		{"empty", ``, "User ID cannot be empty", true},
		{"own user id", `@alice:example.org`, badCharacters, true},
		{"foreign user id", `@Alice:other.org:8448`, badCharacters, true},
		{"a user id's beginning", `@alice`, badCharacters, false},
		{"colon", `alice:x`, badCharacters, false},
		{"space", ` alice`, badCharacters, false},
		{"line break", `alice\r\n`, badCharacters, false},
		{"percent", `%00`, badCharacters, false},
		{"quote", `a\"b'`, badCharacters, false},
		{"umlaut", `älice`, badCharacters, false},
		{"Kelvin sign", "\u212a", badCharacters, false},
		{"long s", "\u017f", badCharacters, false},
		{"zero width", "al\u200bice", badCharacters, false},
		{"right to left", "\u202ealice", badCharacters, false},
		{"Cyrillic", "\u0430lice", badCharacters, false},
		{"full width", "\uff41lice", badCharacters, false},
		{"emoji", "\U0001f600", badCharacters, false},
		{"dotless i", "al\u0131ce", badCharacters, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			token := hs256(`{"sub":"` + c.subject + `"}`)
			refused(t, newVerifier(t, corp()), token, c.text)
			got, err := verify(newVerifier(t, with(escaping)), token)
			if c.bothModes {
				refused(t, newVerifier(t, with(escaping)), token, c.text)
			} else if err != nil || domain.CheckLocalpart(got.Localpart) != nil || got.Exact != "" {
				t.Errorf("escaped: got %+v, %v", got, err)
			}
		})
	}
	if _, err := verify(newVerifier(t, corp()), hs256(`{"sub":"!"}`)); !errors.Is(err, domain.ErrInvalidUsername) {
		t.Errorf("got %v, want ErrInvalidUsername", err)
	}
}

func TestSubjectBecomesLocalpart(t *testing.T) {
	for _, c := range []struct {
		subject          string
		escape           bool
		localpart, exact string
	}{
		{subject: "alice", localpart: "alice"},
		{subject: "Alice", localpart: "alice", exact: "Alice"},
		{subject: "a=3A", localpart: "a=3a", exact: "a=3A"},
		{subject: "_=-./+", localpart: "_=-./+"},
		{subject: "alice", escape: true, localpart: "alice"},
		{subject: "Alice_", escape: true, localpart: "alice_", exact: "Alice_"},
		{subject: "a=3A", escape: true, localpart: "a=3d3a"},
		{subject: "a=3a", escape: true, localpart: "a=3d3a"},
		{subject: "A:", escape: true, localpart: "a=3a"},
		{subject: "@a", escape: true, localpart: "=40a"},
		{subject: "\u212a", escape: true, localpart: "=e2=84=aa"},
		{subject: strings.Repeat("a", 300), localpart: strings.Repeat("a", 300)}, // its length is the application's matter
	} {
		v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.EscapeLocalpart = c.escape }))
		got, err := verify(v, hs256(`{"sub":"`+c.subject+`"}`))
		if err != nil || got.Localpart != c.localpart || got.Exact != c.exact || got.Link.Subject != c.subject {
			t.Errorf("%q, escape %v: got %+v, %v", c.subject, c.escape, got, err)
		}
	}
}

func TestSubjectClaim(t *testing.T) {
	for _, c := range []struct{ name, claim, payload, want string }{
		{"top level", "user", `{"user":"alice","sub":"bob"}`, "alice"},
		{"inside", "user.name", `{"user":{"name":"alice"},"name":"bob","sub":"bob"}`, "alice"},
		{"deep inside", "a.b.c", `{"a":{"b":{"c":"alice"}}}`, "alice"},
		{"a URL", "https://corp.example/user", `{"https://corp.example/user":"alice"}`, "alice"},
		{"inside no object", "user.name", `{"user":"alice"}`, ""},
		{"inside a list", "user.name", `{"user":[{"name":"alice"}]}`, ""},
		{"absent inside", "user.name", `{"user":{"sub":"alice"},"sub":"bob"}`, ""},
		{"a name with a dot is no path", "a.b", `{"a.b":null,"a":{"b":"alice"}}`, ""},
		{"never sub instead", "user", `{"sub":"alice"}`, ""},
		{"other case", "user", `{"USER":"alice"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.SubjectClaim = c.claim }))
			if c.want == "" {
				refused(t, v, hs256(c.payload), "Invalid JWT")
			} else {
				accepted(t, v, hs256(c.payload))
			}
		})
	}
}

func TestDisplayName(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.DisplayNameClaim, p.RegisterUser = "profile.name", false }))
	longest := strings.Repeat("é", 256)
	for payload, want := range map[string]string{
		`{"sub":"a"}`:                                      "",
		`{"sub":"a","profile":{"name":null}}`:              "",
		`{"sub":"a","profile":{"name":""}}`:                "",
		`{"sub":"a","profile":{"name":"` + longest + `"}}`: longest,
	} {
		got, err := verify(v, hs256(payload))
		if err != nil || got.DisplayName != want || got.Register {
			t.Errorf("%s: got %+v, %v", payload, got, err)
		}
	}
	if got, _ := verify(newVerifier(t, corp()), hs256(`{"sub":"a","name":"A"}`)); got.DisplayName != "" {
		t.Errorf("a display name that nobody has asked for: %q", got.DisplayName)
	}
}

func TestLinkNamesTheIssuerOnlyIfItIsAString(t *testing.T) {
	for payload, want := range map[string]string{
		`{"sub":"a","iss":"x"}`:   "x",
		`{"sub":"a","iss":["x"]}`: "",
		`{"sub":"a"}`:             "",
	} {
		got, err := verify(newVerifier(t, corp()), hs256(payload))
		if err != nil || got.Link != (domain.Link{Provider: "corp", Issuer: want, Subject: "a"}) {
			t.Errorf("%s: got %+v, %v", payload, got.Link, err)
		}
	}
}

// A name may change; "sub" does not.
func TestLinkIsToSubWhereverTheNameIs(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.SubjectClaim = "user.name" }))
	for payload, want := range map[string]string{
		`{"user":{"name":"alice"},"sub":"4711"}`: "4711",
		`{"user":{"name":"alice"},"sub":""}`:     "user.name=alice",
		`{"user":{"name":"alice"},"sub":4711}`:   "4711",
		`{"user":{"name":"alice"}}`:              "user.name=alice", // it is not whose "sub" is "alice"
	} {
		if got, err := verify(v, hs256(payload)); err != nil || got.Localpart != "alice" || got.Link.Subject != want {
			t.Errorf("%s: got %+v, %v", payload, got, err)
		}
	}
}

// Whoever could choose the exact spelling could choose the account.
func TestNoSubjectTakesTheAccountOfAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		escape := rapid.Bool().Draw(t, "escape")
		v, err := jwtlogin.New(clockAt(epoch), with(func(p *jwtlogin.Provider) { p.EscapeLocalpart = escape }))
		if err != nil {
			t.Fatal(err)
		}
		subject := rapid.StringOf(rapid.SampledFrom([]rune("aAzZ09=_-./+@:%3Dd \u212a\u00e9"))).Draw(t, "subject")
		got, err := verify(v, hs256(`{"sub":`+string(must(json.Marshal(subject)))+`}`))
		if err != nil {
			if !errors.Is(err, domain.ErrInvalidUsername) || got != (domain.Claims{}) {
				t.Fatalf("%q: got %+v, %v", subject, got, err)
			}
			return
		}
		if domain.CheckLocalpart(got.Localpart) != nil {
			t.Fatalf("%q became %q", subject, got.Localpart)
		}
		if got.Exact != "" && (got.Exact != subject || strings.ToLower(subject) != got.Localpart || escape && strings.Contains(subject, "=")) {
			t.Fatalf("%q is exactly %q beside %q", subject, got.Exact, got.Localpart)
		}
		if escape && got.Localpart != domain.EscapeLocalpart(subject) || !escape && got.Localpart != domain.FoldLocalpart(subject) {
			t.Fatalf("%q became %q", subject, got.Localpart)
		}
	})
}
