package jwtlogin_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestTrustReplacesTheProviders(t *testing.T) {
	ofA, ofB := jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"A","sub":"a"}`), jws("HS256", secretB, `{"alg":"HS256"}`, `{"iss":"B","sub":"b"}`)
	v := newVerifier(t)
	for _, c := range []struct {
		trusted []jwtlogin.Provider
		a, b    bool
	}{
		{nil, false, false},
		{[]jwtlogin.Provider{provider("a", secretA, "A")}, true, false},
		{[]jwtlogin.Provider{provider("a", secretA, "A"), provider("b", secretB, "B")}, true, true},
		{[]jwtlogin.Provider{provider("b", secretB, "B")}, false, true},
		{nil, false, false},
	} {
		if err := v.Trust(c.trusted...); err != nil {
			t.Fatal(err)
		}
		_, errA := verify(v, ofA)
		_, errB := verify(v, ofB)
		if (errA == nil) != c.a || (errB == nil) != c.b || v.TrustsAnyone() != (c.a || c.b) {
			t.Errorf("with %d providers: %v, %v, %v", len(c.trusted), errA, errB, v.TrustsAnyone())
		}
	}
}

func TestProvidersThatContradictEachOtherReplaceNobody(t *testing.T) {
	v := newVerifier(t, provider("a", secretA, "A"))
	if err := v.Trust(provider("b", secretB), provider("b", secretB)); err == nil {
		t.Error("they are trusted")
	}
	if _, err := verify(v, jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"A","sub":"a"}`)); err != nil {
		t.Error(err)
	}
}

func TestUIAFollowsTheProviders(t *testing.T) {
	v := newVerifier(t)
	for _, allowed := range []bool{true, false, true} {
		p := with(func(p *jwtlogin.Provider) { p.AllowUIA = allowed })
		if err := v.Trust(p); err != nil || v.AllowsUIA() != allowed {
			t.Errorf("allowed %v: got %v, %v", allowed, v.AllowsUIA(), err)
		}
	}
}

// While the providers are replaced, each token is judged by those of before or by
// those of after.
func TestTrustWhileTokensAreVerified(t *testing.T) {
	a, b := provider("a", secretA, "A"), provider("b", secretB, "B")
	v := newVerifier(t, a)
	token := jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"A","sub":"a"}`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				if _, err := verify(v, token); err != nil && !errors.Is(err, domain.ErrForbidden) {
					t.Error(err)
				}
				v.Explain(context.Background(), token)
				v.AllowsUIA()
			}
		})
	}
	for range 100 {
		if err := errors.Join(v.Trust(b), v.Trust(a, b), v.Trust(a)); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	if _, err := verify(v, token); err != nil {
		t.Error(err)
	}
}
