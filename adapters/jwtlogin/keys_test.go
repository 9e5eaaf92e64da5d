package jwtlogin_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

var (
	secretA = []byte("secret of provider A, 32 bytes..")
	secretB = []byte("secret of provider B, 32 bytes..")
	secretC = []byte("secret of provider C, 32 bytes..")
)

func provider(name string, secret []byte, issuers ...string) jwtlogin.Provider {
	return jwtlogin.Provider{
		Name: name, Issuers: issuers, Algorithms: []string{"HS256"}, Keys: keySet{{ID: "k1", Material: secret}},
	}
}

func TestATokenIsTheProvidersThatListsItsIssuer(t *testing.T) {
	a, b, open := provider("a", secretA, "A", "A2"), provider("b", secretB, "B"), provider("open", secretC)
	closed, all := newVerifier(t, a, b), newVerifier(t, a, open, b)
	for _, c := range []struct {
		name     string
		v        *jwtlogin.Verifier
		secret   []byte
		iss      string
		provider string // empty: refused
	}{
		{"A's", closed, secretA, `"A"`, "a"}, {"A's second", closed, secretA, `"A2"`, "a"}, {"B's", closed, secretB, `"B"`, "b"},
		{"A's key, B's issuer", closed, secretA, `"B"`, ""}, {"B's key, A's issuer", closed, secretB, `"A"`, ""},
		{"A's key, unknown issuer", closed, secretA, `"X"`, ""}, {"A's key, no issuer", closed, secretA, `null`, ""},
		{"A's key, list of issuers", closed, secretA, `["A"]`, ""}, {"A's key, other case", closed, secretA, `"a"`, ""},
		{"open, unknown issuer", all, secretC, `"X"`, "open"}, {"open, no issuer", all, secretC, `null`, "open"},
		{"open, list of issuers", all, secretC, `["A"]`, "open"}, {"open, A's issuer", all, secretC, `"A"`, ""},
		{"A's key, falling back", all, secretA, `"X"`, ""}, {"A's key, no issuer, falling back", all, secretA, `null`, ""},
		{"A's, beside the open one", all, secretA, `"A"`, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"HS256","kid":"k1"}`} { // one kid in every set
				token := jws("HS256", c.secret, header, `{"sub":"alice","iss":`+c.iss+`}`)
				if c.provider == "" {
					refused(t, c.v, token, unverified)
				} else if got, err := verify(c.v, token); err != nil || got.Link.Provider != c.provider {
					t.Errorf("got %+v, %v", got, err)
				}
			}
		})
	}
}

func TestASingleProviderJudgesTheIssuerAfterTheSignature(t *testing.T) {
	v := newVerifier(t, provider("a", secretA, "A"))
	for iss, text := range map[string]string{`"X"`: invalid("iss"), `null`: absent("iss"), `["A"]`: invalid("iss")} {
		payload := `{"sub":"alice","iss":` + iss + `}`
		refused(t, v, jws("HS256", secretA, `{"alg":"HS256"}`, payload), text)
		refused(t, v, jws("HS256", secretB, `{"alg":"HS256"}`, payload), unverified)
	}
}

func TestEachProviderHasItsOwnTerms(t *testing.T) {
	a, b := provider("a", secretA, "A"), provider("b", secretB, "B")
	a.Audiences, b.Require, b.Algorithms, b.SubjectClaim = []string{"us"}, []string{"jti"}, []string{"HS384"}, "user"
	v := newVerifier(t, a, b)
	refused(t, v, jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"A","sub":"alice"}`), absent("aud"))
	refused(t, v, jws("HS384", secretA, `{"alg":"HS384"}`, `{"iss":"A","sub":"alice","aud":"us"}`), unsupported)
	refused(t, v, jws("HS256", secretB, `{"alg":"HS256"}`, `{"iss":"B","user":"alice","jti":"1"}`), unsupported)
	refused(t, v, jws("HS384", secretB, `{"alg":"HS384"}`, `{"iss":"B","user":"alice","jti":"1","aud":"us"}`), invalid("aud"))
	refused(t, v, jws("HS384", secretB, `{"alg":"HS384"}`, `{"iss":"B","user":"alice"}`), absent("jti"))
	accepted(t, v, jws("HS384", secretB, `{"alg":"HS384"}`, `{"iss":"B","user":"alice","jti":"1"}`))
}

func TestWithoutProvidersNothingIsAccepted(t *testing.T) {
	v := newVerifier(t)
	refused(t, v, hs256(`{"sub":"alice"}`), unverified)
	refused(t, v, hs256Header(`{"alg":"none"}`), unsupported)
}

func TestWhichKey(t *testing.T) {
	k := func(id, alg string, material any) domain.Key {
		return domain.Key{ID: id, Algorithm: alg, Material: publicOf(material)}
	}
	a, b, rs, es := secretA, secretB, rsaKey(), p256Key()
	for _, c := range []struct {
		name string
		keys keySet
		kid  string // as JSON; empty: none
		alg  string
		key  any // that signs
		ok   bool
	}{
		{"the named one", keySet{k("1", "", a), k("2", "", b)}, `"2"`, "HS256", b, true},
		{"another than the named one", keySet{k("1", "", a), k("2", "", b)}, `"1"`, "HS256", b, false},
		{"an unknown name", keySet{k("1", "", a)}, `"x"`, "HS256", a, false},
		{"a name in other case", keySet{k("a", "", a)}, `"A"`, "HS256", a, false},
		{"the empty name", keySet{k("1", "", a)}, `""`, "HS256", a, false},
		{"the empty name among keys without", keySet{k("", "", a), k("", "", rs)}, `""`, "HS256", a, false},
		{"a name among keys without", keySet{k("", "", a), k("2", "", b)}, `"1"`, "HS256", a, false},
		{"a name, one key without", keySet{k("", "", a)}, `"x"`, "HS256", a, true},
		{"no name, one key", keySet{k("1", "", a)}, ``, "HS256", a, true},
		{"no name, two keys that fit", keySet{k("1", "", a), k("2", "", b)}, ``, "HS256", a, false},
		{"no name, one of two fits", keySet{k("1", "", a), k("2", "", rs), k("3", "", es)}, ``, "RS256", rs, true},
		{"no name, one of two is for the algorithm", keySet{k("1", "HS512", a), k("2", "HS256", b)}, ``, "HS256", b, true},
		{"no name, no keys", nil, ``, "HS256", a, false},
		{"the named one is of another kind", keySet{k("1", "", rs), k("2", "", es)}, `"2"`, "RS256", rs, false},
		{"the named one is for another algorithm", keySet{k("1", "RS512", rs)}, `"1"`, "RS256", rs, false},
		{"one key without a name, for another algorithm", keySet{k("", "HS512", a)}, ``, "HS256", a, false},
		{"one name twice, one fits", keySet{k("1", "", a), k("1", "", rs)}, `"1"`, "RS256", rs, true},
		{"one name twice, both fit", keySet{k("1", "", a), k("1", "", b)}, `"1"`, "HS256", a, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVerifier(t, with(func(p *jwtlogin.Provider) {
				p.Keys, p.Algorithms = c.keys, []string{"HS256", "RS256", "ES256"}
			}))
			header := `{"alg":"` + c.alg + `"}`
			if c.kid != "" {
				header = `{"alg":"` + c.alg + `","kid":` + c.kid + `}`
			}
			token := jws(c.alg, c.key, header, `{"sub":"alice"}`)
			if c.ok {
				accepted(t, v, token)
			} else {
				refused(t, v, token, unverified)
			}
		})
	}
}

func TestKeysThatCannotBeHadSayNothingOfTheToken(t *testing.T) {
	known := fmt.Errorf("fetching: %w", domain.ErrUnavailable)
	for _, cause := range []error{known, context.Canceled, context.DeadlineExceeded, errors.New("strange")} {
		v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = noKeys{cause} }))
		got, err := verify(v, hs256(`{"sub":"alice"}`))
		if !errors.Is(err, cause) || errors.Is(err, domain.ErrForbidden) || got != (domain.Claims{}) {
			t.Errorf("%v: got %+v, %v", cause, got, err)
		}
		isContexts := errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded)
		if errors.Is(err, domain.ErrUnavailable) == isContexts {
			t.Errorf("%v became %v", cause, err)
		}
		if cause == known && errors.Unwrap(err) != known {
			t.Errorf("%v became %v", cause, err)
		}
	}
}

// countingKeys counts how often it is asked.
type countingKeys struct {
	keySet
	asked *int
}

func (c countingKeys) Keys(ctx context.Context, keyID string) (domain.KeySet, error) {
	*c.asked++
	return c.keySet.Keys(ctx, keyID)
}

func TestNoKeysAreFetchedForTokensThatAreRefusedAnyway(t *testing.T) {
	asked := 0
	keys := countingKeys{keySet{{Material: secret}}, &asked}
	a, b := with(ours), with(func(p *jwtlogin.Provider) { p.Name, p.Issuers = "b", []string{"others"} })
	a.Keys, b.Keys = keys, keys
	v := newVerifier(t, a, b)
	for _, token := range []string{
		"", hs256(`[]`), hs256(`{"iss":"https://unknown.example","sub":"alice"}`), hs256(`{"sub":"alice"}`),
		jws("HS256", secret, `{"alg":"none"}`, `{"iss":"us"}`), jws("HS256", secret, `{"alg":"HS512"}`, `{"iss":"us"}`),
		jws("HS256", secret, `{"alg":"HS256","crit":[]}`, `{"iss":"us"}`), jws("HS256", secret, `{"alg":"HS256","kid":1}`, `{"iss":"us"}`),
	} {
		refused(t, v, token, "")
	}
	if asked != 0 {
		t.Errorf("keys were asked for %d times", asked)
	}
	accepted(t, v, hs256(`{"iss":"us","sub":"alice"}`))
	if asked != 1 {
		t.Errorf("for a good token keys were asked for %d times", asked)
	}
}

// publishedSet is a source that says whose keys it has, and where from.
type publishedSet struct{ set domain.KeySet }

func (p publishedSet) Keys(_ context.Context, keyID string) (domain.KeySet, error) {
	if keyID == "new" {
		p.set.Keys = append(p.set.Keys[:1:1], domain.Key{ID: "new", Material: []byte("the secret of a new key")})
	}
	return p.set, nil
}

func TestASourceIsToldWhichKeyATokenNames(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) {
		p.Keys = publishedSet{domain.KeySet{Keys: []domain.Key{{ID: "old", Material: secret}}}}
	}))
	token := func(kid string, key []byte) string {
		return jws("HS256", key, `{"alg":"HS256","kid":"`+kid+`"}`, `{"sub":"alice"}`)
	}
	for _, good := range []string{token("old", secret), token("new", []byte("the secret of a new key"))} {
		if _, err := verify(v, good); err != nil {
			t.Errorf("got %v", err)
		}
	}
	for _, bad := range []string{token("new", secret), token("newer", secret), token("old", []byte("the secret of a new key"))} {
		refused(t, v, bad, "JWT validation failed: Signature verification failed")
	}
}

// Whoever publishes keys can narrow whose tokens they are for, and no more.
func TestTheIssuerOfAKeySet(t *testing.T) {
	set := publishedSet{domain.KeySet{Keys: []domain.Key{{Material: secret}}, Issuer: "https://us.example"}}
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys = set }))
	if _, err := verify(v, hs256(`{"sub":"alice","iss":"https://us.example"}`)); err != nil {
		t.Errorf("its own: %v", err)
	}
	refused(t, v, hs256(`{"sub":"alice"}`), "JWT validation failed: missing_claim: Missing 'iss' claim")
	for _, other := range []string{`"https://us.example/"`, `["https://us.example"]`, `"other"`, `1`} {
		refused(t, v, hs256(`{"sub":"alice","iss":`+other+`}`), "JWT validation failed: invalid_claim: Invalid claim 'iss'")
	}
	// What is configured counts.
	v = newVerifier(t, with(func(p *jwtlogin.Provider) { p.Keys, p.Issuers = set, []string{"configured"} }))
	if _, err := verify(v, hs256(`{"sub":"alice","iss":"configured"}`)); err != nil {
		t.Errorf("the configured one: %v", err)
	}
	refused(t, v, hs256(`{"sub":"alice","iss":"https://us.example"}`), "JWT validation failed: invalid_claim: Invalid claim 'iss'")
}
