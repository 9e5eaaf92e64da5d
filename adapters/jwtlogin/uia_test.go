package jwtlogin_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

func confirming(p *jwtlogin.Provider) { p.AllowUIA = true }

// confirm verifies a token that confirms a request of the time.
func confirm(v *jwtlogin.Verifier, token string, asked time.Time) (domain.Claims, error) {
	return v.Verify(context.Background(), domain.Credential{Type: jwtlogin.Type, Token: &token, Confirms: asked})
}

// Matrix specification, client-server API, "User-Interactive Authentication
// API". The leeway of corp is 120 s, and the client was asked 10 s and a half ago.
func TestATokenConfirmsOnlyIfItWasIssuedSinceItWasAskedFor(t *testing.T) {
	asked := time.UnixMilli((epoch - 11) * 1000).Add(500 * time.Millisecond)
	hasty := func(p *jwtlogin.Provider) { confirming(p); p.Leeway = 0 }
	for _, c := range []struct {
		name           string
		change         func(*jwtlogin.Provider)
		claims         string
		text, reason   string
		refusedAtLogin bool
	}{
		{"issued since", confirming, `"iat":1799999995`, "", "", false},
		{"issued before, within the leeway", confirming, `"iat":1799999869`, "", "", false},
		{"issued before", confirming, `"iat":1799999868`, invalid("iat"), "uia_not_fresh", false},
		{"issued a fraction before", confirming, `"iat":1799999868.9`, invalid("iat"), "uia_not_fresh", false},
		{"issued in 1970", confirming, `"iat":0`, invalid("iat"), "uia_not_fresh", false},
		{"without a time of issue", confirming, `"exp":1800000060`, absent("iat"), "missing_claim", false},
		{"of the same second, no leeway", hasty, `"iat":1799999989`, "", "", false},
		{"of the second before, no leeway", hasty, `"iat":1799999988`, invalid("iat"), "uia_not_fresh", false},
		{"of a provider that confirms nothing", nil, `"iat":1799999995`, "Token cannot confirm this request", "uia_not_allowed", false},
		{"of the future", confirming, `"iat":1800000121`, issuedLater, "issued_in_future", true},
		{"expired", confirming, `"iat":1799999995,"exp":1799999880`, expired, "expired_token", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, token := newVerifier(t, with(c.change)), hs256(`{"sub":"alice",`+c.claims+`}`)
			got, err := confirm(v, token, asked)
			var refusal *domain.Refusal
			if c.text == "" {
				if err != nil || got.Localpart != "alice" {
					t.Errorf("got %+v, %v; want alice", got, err)
				}
			} else if !errors.As(err, &refusal) || refusal.Kind != domain.ErrForbidden || refusal.Text != c.text ||
				refusal.Reason != c.reason || got != (domain.Claims{}) {
				t.Errorf("got %+v, %#v; want %s, %q", got, err, c.reason, c.text)
			}
			if _, err := verify(v, token); (err != nil) != c.refusedAtLogin {
				t.Errorf("at a login: %v", err)
			}
		})
	}
}

func TestTheProviderThatTookTheTokenDecidesWhetherItConfirms(t *testing.T) {
	a, b := provider("a", secretA, "A"), provider("b", secretB, "B")
	b.AllowUIA = true
	v := newVerifier(t, a, b)
	asked := time.Unix(epoch, 0)
	if _, err := confirm(v, jws("HS256", secretB, `{"alg":"HS256"}`, `{"iss":"B","sub":"alice","iat":1800000000}`), asked); err != nil {
		t.Errorf("b: %v", err)
	}
	_, err := confirm(v, jws("HS256", secretA, `{"alg":"HS256"}`, `{"iss":"A","sub":"alice","iat":1800000000}`), asked)
	if !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a: %v", err)
	}
}

func TestAVerifierSaysWhetherAnyProvidersTokensConfirm(t *testing.T) {
	never, listed, rest := provider("a", secretA, "A"), provider("b", secretB, "B"), with(nil)
	if newVerifier(t, never, listed, rest).AllowsUIA() || newVerifier(t).AllowsUIA() {
		t.Error("nobody's tokens confirm, and it says that somebody's do")
	}
	listed.AllowUIA = true
	if !newVerifier(t, never, listed, rest).AllowsUIA() {
		t.Error("b's tokens confirm, and it says that nobody's do")
	}
	listed.AllowUIA, rest.AllowUIA = false, true
	if !newVerifier(t, never, listed, rest).AllowsUIA() {
		t.Error("the tokens of no listed issuer confirm, and it says that nobody's do")
	}
}
