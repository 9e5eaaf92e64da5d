package jwtlogin

import (
	"slices"
	"strings"
)

// lookup returns the named claim; nil if it is absent or null. Names may hold
// dots, as URLs do; only where there is no such claim they are paths.
func lookup(claims map[string]any, name string) any {
	if value, ok := claims[name]; ok {
		return value
	}
	outer, inner, isPath := strings.Cut(name, ".")
	object, isObject := claims[outer].(map[string]any)
	if !isPath || !isObject {
		return nil
	}
	return lookup(object, inner)
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
	if len(a.issuers()) > 0 && a.claims["iss"] == nil {
		return missingClaim("iss")
	}
	return nil
}

func (a *attempt) requireAudience() error {
	if len(a.provider.Audiences) > 0 && a.claims["aud"] == nil {
		return missingClaim("aud")
	}
	return nil
}

func (a *attempt) checkIssuer() error {
	accepted := a.issuers()
	if len(accepted) == 0 {
		return nil
	}
	issuer, isString := a.claims["iss"].(string)
	if !isString || !slices.Contains(accepted, issuer) {
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
	audiences, isList := a.claims["aud"].([]any)
	if !isList {
		audiences = []any{a.claims["aud"]}
	}
	meant := false
	for _, value := range audiences {
		audience, isString := value.(string)
		if !isString {
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
	if len(a.provider.Audiences) == 0 && a.claims["aud"] != nil {
		return invalidClaim("aud")
	}
	return nil
}

func (a *attempt) checkRequired() error {
	for _, name := range a.provider.Require {
		if lookup(a.claims, name) == nil {
			return missingClaim(name)
		}
	}
	return nil
}
