package jwtlogin_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.LogoutVerifier = (*jwtlogin.Verifier)(nil)

const logoutEvents = `"events":{"http://schemas.openid.net/event/backchannel-logout":{}}`

// leaves is a logout token of now, with more claims.
func leaves(more string) string {
	return hs256(`{"jti":"1","iat":1800000000,` + logoutEvents + `,` + more + `}`)
}

func TestALogoutTokenSaysWhoseSessionsEnd(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) {
		p.Issuers, p.Audiences, p.SubjectClaim = []string{"us", "them"}, []string{"matrix"}, "name"
		// What is asked of logins is not asked of these.
		p.Require, p.MaxLifetime = []string{"email"}, time.Second
		p.Allow = []jwtlogin.Rule{{Claim: "groups", Comparison: jwtlogin.Contains, Value: "users"}}
	}))
	for who, want := range map[string]domain.ProviderLogout{
		`"sub":"17"`:           {Link: domain.Link{Provider: "corp", Issuer: "us", Subject: "17"}},
		`"sid":"s"`:            {Session: domain.ProviderSession("corp", "us", "s")},
		`"sub":"17","sid":"s"`: {Link: domain.Link{Provider: "corp", Issuer: "us", Subject: "17"}, Session: domain.ProviderSession("corp", "us", "s")},
		`"sub":null,"sid":"s"`: {Session: domain.ProviderSession("corp", "us", "s")},
	} {
		got, err := v.VerifyLogout(t.Context(), "corp", leaves(who+`,"iss":"us","aud":["x","matrix"]`))
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		want.Evidence = domain.Evidence{Provider: "corp", Subject: want.Link.Subject, Verified: true}
		// It is good for five minutes and the leeway; and a minute for clocks that differ.
		want.Once = domain.Once{Key: sha256.Sum256([]byte("logout jti\x00corp\x001")), Until: time.Unix(1800000000+300+120+60, 0).UTC()}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(domain.Once{}, "Used")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
		if !errors.Is(got.Once.Used, domain.ErrForbidden) {
			t.Errorf("for whoever comes second: %v", got.Once.Used)
		}
	}
}

func TestLogoutTokensAreOfNow(t *testing.T) {
	v := newVerifier(t, corp()) // with a leeway of two minutes
	for payload, want := range map[string]string{
		`{"jti":"1","sub":"a","iat":1799999580,` + logoutEvents + `}`:                                "",
		`{"jti":"1","sub":"a","iat":1799999579,` + logoutEvents + `}`:                                invalid("iat"),
		`{"jti":"1","sub":"a","iat":1800000120,` + logoutEvents + `}`:                                "",
		`{"jti":"1","sub":"a","iat":1800000121,` + logoutEvents + `}`:                                issuedLater,
		`{"jti":"1","sub":"a","iat":null,` + logoutEvents + `}`:                                      invalid("iat"),
		`{"jti":"1","sub":"a","iat":"1800000000",` + logoutEvents + `}`:                              invalid("iat"),
		`{"jti":"1","sub":"a",` + logoutEvents + `}`:                                                 absent("iat"),
		`{"jti":"1","sub":"a","iat":1800000000,"exp":1799999881,` + logoutEvents + `}`:               "",
		`{"jti":"1","sub":"a","iat":1800000000,"exp":1799999880,` + logoutEvents + `}`:               expired,
		`{"jti":"1","sub":"a","iat":1800000000,"nbf":1800000121,` + logoutEvents + `}`:               notYetValid,
		`{"jti":"1","sub":"a","iat":1800000000,"nonce":null,` + logoutEvents + `}`:                   invalid("nonce"),
		`{"jti":"1","sub":"","iat":1800000000,` + logoutEvents + `}`:                                 invalid("sub"),
		`{"jti":"1","sub":"a","sid":"","iat":1800000000,` + logoutEvents + `}`:                       invalid("sid"),
		`{"jti":"1","sub":"a","aud":"x","iat":1800000000,` + logoutEvents + `}`:                      invalid("aud"),
		`{"jti":"` + strings.Repeat("x", 256) + `","sub":"a","iat":1800000000,` + logoutEvents + `}`: invalid("jti"),
		`{"jti":7,"sub":"a","iat":1800000000,` + logoutEvents + `}`:                                  invalid("jti"),
		`{"jti":"1","sub":"a","iat":1800000000,"events":null}`:                                       absent("events"),
	} {
		_, err := v.VerifyLogout(t.Context(), "corp", hs256(payload))
		if (err == nil) != (want == "") || err != nil && (err.Error() != want || !errors.Is(err, domain.ErrForbidden)) {
			t.Errorf("%s: got %v; want %q", payload, err, want)
		}
	}
}

func TestLogoutTokensByTheirType(t *testing.T) {
	v := newVerifier(t, corp())
	payload := `{"jti":"1","sub":"a","iat":1800000000,` + logoutEvents + `}`
	for typ, good := range map[string]bool{
		`"logout+jwt"`: true, `"application/logout+jwt"`: true, `"Logout+JWT"`: true, `"JWT"`: true,
		`"at+jwt"`: false, `"secevent+jwt"`: false, `""`: false, `null`: false, `1`: false,
	} {
		_, err := v.VerifyLogout(t.Context(), "corp", jws("HS256", secret, `{"alg":"HS256","typ":`+typ+`}`, payload))
		if (err == nil) != good || err != nil && err.Error() != badHeader("typ") {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestLogoutTokensAreThoseOfTheProviderThatIsNamed(t *testing.T) {
	partner := with(func(p *jwtlogin.Provider) { p.Name, p.Issuers = "partner", []string{"partner"} })
	v := newVerifier(t, corp(), partner) // both with one key
	for issuer, provider := range map[string]string{"partner": "partner", "any other": "corp"} {
		token := leaves(`"sub":"a","iss":"` + issuer + `"`)
		for _, named := range []string{"corp", "partner"} {
			_, err := v.VerifyLogout(t.Context(), named, token)
			if (err == nil) != (named == provider) || err != nil && err.Error() != unverified {
				t.Errorf("%s at %s: %v", issuer, named, err)
			}
		}
		if _, err := v.VerifyLogout(t.Context(), "nobody", token); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("at nobody: %v", err)
		}
	}
	if err := v.Trust(partner); err != nil {
		t.Fatal(err)
	}
	if _, err := v.VerifyLogout(t.Context(), "corp", leaves(`"sub":"a"`)); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a provider that is trusted no more: %v", err)
	}
	v = newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = noKeys{errors.New("down")} }))
	if _, err := v.VerifyLogout(t.Context(), "corp", leaves(`"sub":"a"`)); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("without keys: %v", err)
	}
}

func TestALoginRemembersTheSessionAtTheProvider(t *testing.T) {
	v := newVerifier(t, corp())
	for sid, want := range map[string]domain.TokenHash{
		`"s"`: domain.ProviderSession("corp", "us", "s"), `""`: {}, `null`: {}, `1`: {}, `["s"]`: {},
	} {
		got, err := verify(v, hs256(`{"sub":"alice","iss":"us","sid":`+sid+`}`))
		if err != nil || got.ProviderSession != want {
			t.Errorf("%s: %x, %v", sid, got.ProviderSession, err)
		}
	}
}

// A provider that never heard of types still writes the event.
func TestATokenWithTheEventOfLogoutIsNoLogin(t *testing.T) {
	v := newVerifier(t, corp())
	refused(t, v, leaves(`"sub":"alice"`), invalid("events"))
	refused(t, v, hs256(`{"sub":"alice","events":{"http://schemas.openid.net/event/backchannel-logout":null}}`), invalid("events"))
	for _, events := range []string{`{}`, `["http://schemas.openid.net/event/backchannel-logout"]`, `null`, `{"urn:x":{}}`} {
		accepted(t, v, hs256(`{"sub":"alice","events":`+events+`}`))
	}
	steps := v.Explain(t.Context(), leaves(`"sub":"alice"`)).Steps
	if last := steps[len(steps)-1]; last.Check != "events" || last.OK || !strings.Contains(last.Value, "backchannel-logout") {
		t.Errorf("the explanation ends with %+v", last)
	}
}
