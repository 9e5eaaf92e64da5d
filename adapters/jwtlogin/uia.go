package jwtlogin

import "math"

// checkMayConfirm refuses tokens of a provider that may sign users in, but
// confirm nothing.
func (a *attempt) checkMayConfirm() error {
	if !a.confirms.IsZero() && !a.provider.AllowUIA {
		return errMayNotConfirm
	}
	return nil
}

// checkFresh refuses tokens that the client may have had before it was asked.
func (a *attempt) checkFresh() error {
	if a.confirms.IsZero() {
		return nil
	}
	// Most issuers write whole seconds. Where the leeway is 0, a token of the very
	// second in which the client was asked would be refused otherwise.
	asked := math.Floor(seconds(a.confirms))
	switch {
	case a.claims.Get("iat").IsNull():
		return missingClaim("iat")
	case a.iat < asked-a.provider.Leeway.Seconds():
		return errNotFresh
	}
	return nil
}

// showNothing leaves a check out of explanations, which are of logins.
func showNothing(*attempt) (value, limit string) { return "", "" }
