package jwtlogin_test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

// mapping maps all that can be.
func mapping(p *jwtlogin.Provider) {
	p.DisplayNameClaim, p.EmailClaim, p.AvatarClaim, p.AdminClaim = "name", "mail", "picture.mxc", "roles.admin"
	p.CanonicalEmail = func(address string) (string, error) { return addresses.Canonical(domain.Email, address) }
}

func TestWhatATokenSaysOfItsUserIsMapped(t *testing.T) {
	v := newVerifier(t, with(mapping))
	for payload, want := range map[string]domain.Profile{
		`{"sub":"alice"}`: {},
		`{"sub":"alice","name":null,"mail":null,"picture":{"mxc":null},"roles":{"admin":null}}`:                                        {},
		`{"sub":"alice","name":"","mail":"","picture":{"mxc":""},"roles":{"admin":""}}`:                                                {},
		`{"sub":"alice","name":"Alice","mail":"Alice@Example.ORG","picture":{"mxc":"mxc://example.org/a_B-9"},"roles":{"admin":true}}`: {DisplayName: "Alice", Email: "alice@example.org", AvatarURL: "mxc://example.org/a_B-9", Admin: true},
		`{"sub":"alice","roles":{"admin":"true"}}`:                                                                                     {},
		`{"sub":"alice","roles":{"admin":1}}`:                                                                                          {},
		`{"sub":"alice","roles":{"admin":[true]}}`:                                                                                     {},
		`{"sub":"alice","roles":{"admin":false},"admin":true}`:                                                                         {},
	} {
		got, err := verify(v, hs256(payload))
		if err != nil || got.Profile != want {
			t.Errorf("%s: %+v, %v", payload, got.Profile, err)
		}
	}
	if got, err := verify(newVerifier(t, corp()), hs256(`{"sub":"alice","name":1,"mail":1,"picture":{"mxc":1},"roles":{"admin":true}}`)); err != nil || got.Profile != (domain.Profile{}) {
		t.Errorf("nothing is mapped unless configured: %+v, %v", got, err)
	}
}

func TestWhatCannotBeMappedIsRefused(t *testing.T) {
	v := newVerifier(t, with(mapping))
	for claim, values := range map[string][]string{
		"mail":        {`1`, `[]`, `"alice"`, `"a@b@c"`, `"a b@example.org"`, `"` + strings.Repeat("a", 251) + `@b.c"`},
		"picture.mxc": {`1`, `"https://example.org/a"`, `"mxc://"`, `"mxc://example.org"`, `"mxc://example.org/"`, `"mxc://example.org/a/b"`, `"MXC://example.org/a"`, `"mxc:///a"`, `"mxc://example.org/a b"`, `"mxc://e/` + strings.Repeat("a", 1000) + `"`},
		"name":        {`1`, `true`},
	} {
		for _, value := range values {
			payload := `{"sub":"alice","` + claim + `":` + value + `}`
			refused(t, v, hs256(payload), invalid(claim))
		}
	}
}

func TestPoliciesAreToldWithTheClaims(t *testing.T) {
	always := domain.ProfileFields{Email: true, Admin: true}
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { mapping(p); p.Always, p.LinkExisting = always, true }))
	got, err := verify(v, hs256(`{"sub":"alice"}`))
	if err != nil || got.Always != always || !got.LinkExisting {
		t.Errorf("got %+v, %v", got, err)
	}
}
