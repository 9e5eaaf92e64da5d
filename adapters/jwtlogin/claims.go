package jwtlogin

import (
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// lookup returns the named claim; null if it is absent. Names may hold
// dots, as URLs do; only where there is no such claim they are paths.
func lookup(claims strictjson.Value, name string) strictjson.Value {
	outer, inner, isPath := strings.Cut(name, ".")
	if !isPath || claims.Has(name) {
		return claims.Get(name)
	}
	return lookup(claims.Get(outer), inner)
}

// issuers are the accepted ones. Where none is configured, whoever publishes the
// keys says whose they are: that can only keep tokens out.
func (a *attempt) issuers() []string {
	if len(a.provider.Issuers) == 0 && a.keys.Issuer != "" {
		return []string{a.keys.Issuer}
	}
	return a.provider.Issuers
}

func (a *attempt) requireIssuer() error {
	if len(a.issuers()) > 0 && a.claims.Get("iss").IsNull() {
		return missingClaim("iss")
	}
	return nil
}

func (a *attempt) requireAudience() error {
	if len(a.provider.Audiences) > 0 && a.claims.Get("aud").IsNull() {
		return missingClaim("aud")
	}
	return nil
}

func (a *attempt) checkIssuer() error {
	accepted := a.issuers()
	if len(accepted) == 0 {
		return nil
	}
	issuer, isText := a.claims.Get("iss").Text()
	if !isText || !slices.Contains(accepted, issuer) {
		return invalidClaim("iss")
	}
	return nil
}

// checkAudience wants one of the token's audiences to be us, and all of them to
// be strings.
func (a *attempt) checkAudience() error {
	if len(a.provider.Audiences) == 0 {
		return nil
	}
	meant := false
	for value := range a.claims.Get("aud").Items() {
		audience, isText := value.Text()
		if !isText {
			return invalidClaim("aud")
		}
		meant = meant || slices.Contains(a.provider.Audiences, audience)
	}
	if !meant {
		return invalidClaim("aud")
	}
	return nil
}

// refuseAudience refuses tokens that are for somebody, where nobody has said
// that this is us (RFC 7519, 4.1.3).
func (a *attempt) refuseAudience() error {
	if len(a.provider.Audiences) == 0 && !a.claims.Get("aud").IsNull() {
		return invalidClaim("aud")
	}
	return nil
}

func (a *attempt) checkRequired() error {
	for _, name := range a.provider.Require {
		if lookup(a.claims, name).IsNull() {
			return missingClaim(name)
		}
	}
	return nil
}
