package jwtlogin

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// An Explanation says how a token fared, check by check. It holds what the
// token claims, so it is for the operator's eyes only, never for a client's.
type Explanation struct {
	// Provider is the name of the provider that took the token; empty: none.
	Provider string
	// KeyID is the id of the key that was chosen; empty: none, or it has none.
	KeyID string
	// Algorithm is the token's "alg", if Doorward knows it.
	Algorithm string
	// Steps are the checks in their order, up to the first that failed. Checks
	// for rare things, and for limits that are not set, are left out where they
	// pass.
	Steps []Step
	// Claims are what a login would get; zero if Err is not nil.
	Claims domain.Claims
	// Err is what [Verifier.Verify] returns for the token.
	Err error
}

// A Step is the outcome of one check. Its texts are printable ASCII, whatever
// the token holds.
type Step struct {
	// Check is what was looked at: a header parameter, a claim, a setting.
	Check string `json:"check"`
	// Value is what the token has there; empty: nothing.
	Value string `json:"value"`
	// Limit is what is accepted.
	Limit string `json:"limit"`
	// OK says that the check passed.
	OK bool `json:"ok"`
}

// Explain does what [Verifier.Verify] does with the token, and says how.
func (v *Verifier) Explain(ctx context.Context, token string) Explanation {
	a := v.attempt(ctx, token)
	var e Explanation
	e.Err = a.walk(func(c *check, err error) {
		value, limit := c.show(a)
		if err == nil && (c.quiet || limit == "") {
			return
		}
		e.Steps = append(e.Steps, Step{Check: c.name, Value: value, Limit: limit, OK: err == nil})
	})
	if a.method != nil {
		e.Algorithm = a.method.Alg()
	}
	if a.provider != nil {
		e.Provider = a.provider.Name
	}
	e.KeyID = a.key.ID
	if e.Err == nil {
		e.Claims = a.result
	}
	return e
}
