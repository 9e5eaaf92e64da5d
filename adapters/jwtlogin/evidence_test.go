package jwtlogin_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

// Nothing of a token is remembered before its signature is verified but the name
// that the configuration has for its provider.
func TestWhatIsRememberedOfATokenThatIsRefused(t *testing.T) {
	b := provider("b", secretB, "https://b.example/")
	b.Keys = keySet{{Material: secretB}}
	v := newVerifier(t, with(func(p *jwtlogin.Provider) {
		p.Keys = keySet{{ID: "k1", Material: secret}, {ID: "k2", Material: secretB}}
		p.SubjectClaim = "user.name"
	}), b)
	kid := func(id string, key []byte, payload string) string {
		return jws("HS256", key, `{"alg":"HS256","kid":"`+id+`"}`, payload)
	}
	for name, c := range map[string]struct {
		token string
		want  domain.Evidence
	}{
		"rubbish":           {"x", domain.Evidence{}},
		"no known key":      {kid("k3", secret, `{"sub":"a"}`), domain.Evidence{Provider: "corp"}},
		"another's key":     {kid("k1", secretB, `{"user":{"name":"a"}}`), domain.Evidence{Provider: "corp"}},
		"another's issuer":  {kid("k1", secret, `{"iss":"https://b.example/","user":{"name":"a"}}`), domain.Evidence{Provider: "b"}},
		"expired":           {kid("k2", secretB, `{"exp":1,"user":{"name":"a\r\nb"}}`), domain.Evidence{Provider: "corp", KeyID: "k2", Subject: "a\r\nb", Verified: true}},
		"without a subject": {kid("k1", secret, `{"user":{"name":7}}`), domain.Evidence{Provider: "corp", KeyID: "k1", Verified: true}},
		"a key without id":  {jws("HS256", secretB, `{"alg":"HS256","kid":"x"}`, `{"iss":"https://b.example/","aud":"x","sub":"a"}`), domain.Evidence{Provider: "b", Subject: "a", Verified: true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify(v, c.token)
			var got domain.Traced
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(c.want, got.Evidence); diff != "" || got.User != "" {
				t.Errorf("%v: user %q, %s", err, got.User, diff)
			}
		})
	}
}
