package jwtlogin_test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

func TestProvidersThatContradictEachOther(t *testing.T) {
	a := provider("a", secretA, "https://a.example")
	named := func(name string, issuers ...string) jwtlogin.Provider { return provider(name, secretB, issuers...) }
	allowing := func(algorithms ...string) jwtlogin.Provider {
		p := named("b", "b")
		p.Algorithms = algorithms
		return p
	}
	keyless := named("b", "b")
	keyless.Keys = nil
	const same = `providers "a" and "b" have the same issuer`
	for _, c := range []struct {
		name   string
		second jwtlogin.Provider
		want   []string // in the error; none: no error
	}{
		{"one name", named("a", "b"), []string{`two providers have the name "a"`}},
		{"one issuer", named("b", "x", "https://a.example"), []string{same}},
		{"another host", named("b", "https://b.example"), nil},
		{"no URL", named("b", "a.example", ":"), nil},
		{"no issuers", named("b"), nil},
		{"no algorithms", allowing(), []string{`provider "b" has no algorithms`}},
		{"unknown algorithms", allowing("HS256", "none", "hs256", ""), []string{`unknown algorithm "none"`, `unknown algorithm "hs256"`, `unknown algorithm ""`}},
		{"no keys", keyless, []string{`provider "b" has no keys`}},
		{"everything at once", jwtlogin.Provider{Name: "a", Issuers: a.Issuers}, []string{"two providers", "no keys", "no algorithms", "same issuer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := jwtlogin.New(clockAt(epoch), a, c.second)
			if len(c.want) == 0 {
				if v == nil || err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if v != nil || err == nil {
				t.Fatalf("got %v, %v", v, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
		})
	}
}

func TestOnlyOneProviderMayDoWithoutIssuers(t *testing.T) {
	_, err := jwtlogin.New(clockAt(epoch), provider("a", secretA), provider("b", secretB, "B"), provider("c", secretC))
	if err == nil || !strings.Contains(err.Error(), `providers "a" and "c" have no issuers`) {
		t.Errorf("got %v", err)
	}
}

func TestNewKeepsTheCallersListsAsTheyAre(t *testing.T) {
	for _, limit := range []func(*jwtlogin.Provider){young, brief} {
		room := append(make([]string, 0, 8), "jti")
		v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Require = room; limit(p) }))
		if room = room[:cap(room)]; room[1] != "" {
			t.Errorf("New wrote %q behind the caller's list", room[1])
		}
		outcome(t, v, `"iat":1800000000,"exp":1800000001`, absent("jti"))
	}
}
