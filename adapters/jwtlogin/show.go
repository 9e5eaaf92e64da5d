package jwtlogin

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// The functions here put checks into words, for explanations. Each returns what
// the token has and what is accepted, and is called after its check has run.

func showToken(a *attempt) (value, limit string) {
	value = fmt.Sprintf("%d bytes", len(a.token))
	if a.flaw != nil {
		value += ": " + ascii(a.flaw.Error())
	}
	return value, fmt.Sprintf("three segments, at most %d bytes", MaxToken)
}

func showAlgorithm(a *attempt) (value, limit string) {
	var names []string
	for _, algorithm := range domain.Algorithms() {
		names = append(names, algorithm.Name)
	}
	return display(a.header.Get("alg")), strings.Join(names, ", ")
}

func showProvider(a *attempt) (value, limit string) {
	value = display(a.claims.Get("iss"))
	if a.provider == nil {
		return value, "an issuer that a provider lists" + a.nearly(slices.Sorted(maps.Keys(a.trusted.byIssuer)))
	}
	return value, "provider " + ascii(a.provider.Name)
}

func showAllowed(a *attempt) (value, limit string) {
	return display(a.header.Get("alg")), strings.Join(a.provider.Algorithms, ", ")
}

func showHeader(name, limit string) func(*attempt) (string, string) {
	return func(a *attempt) (string, string) { return display(a.header.Get(name)), limit }
}

func showEvents(a *attempt) (value, limit string) {
	return display(a.claims.Get("events")), "no event of logout"
}

func showKey(a *attempt) (value, limit string) {
	value = display(a.header.Get("kid"))
	switch {
	case a.noKeys != nil:
		return value, "keys, which cannot be had: " + ascii(a.noKeys.Error())
	case a.key.Material == nil:
		limit = "exactly one fitting key"
	case a.key.ID == "":
		limit = "the key without an id"
	default:
		limit = "key " + ascii(a.key.ID)
	}
	if a.keys.From != "" {
		limit += " from " + ascii(a.keys.From)
	}
	return value, limit
}

func showSignature(a *attempt) (value, limit string) {
	return fmt.Sprintf("%d bytes", len(a.signature)), "made with that key by " + a.method.Alg()
}

func showIssuer(a *attempt) (value, limit string) {
	return display(a.claims.Get("iss")), oneOf(a.issuers(), "any, or none") + a.nearly(a.issuers())
}

// nearly points out an issuer that differs from the token's by what people
// overlook.
func (a *attempt) nearly(issuers []string) string {
	issuer, _ := a.claims.Get("iss").Text()
	for _, listed := range issuers {
		if listed != issuer && strings.EqualFold(strings.TrimRight(listed, "/"), strings.TrimRight(issuer, "/")) {
			return "; " + ascii(listed) + " differs only by a slash at the end, or by case"
		}
	}
	return ""
}

func showAudience(a *attempt) (value, limit string) {
	return display(a.claims.Get("aud")), oneOf(a.provider.Audiences, "none")
}

func showExpiry(a *attempt) (value, limit string) {
	leeway := a.provider.Leeway
	return displayTime(a.claims.Get("exp")),
		fmt.Sprintf("later than %s (now less the leeway of %s)", stamp(a.now-leeway.Seconds()), leeway)
}

func showNotLater(claim string) func(*attempt) (string, string) {
	return func(a *attempt) (string, string) {
		leeway := a.provider.Leeway
		return displayTime(a.claims.Get(claim)),
			fmt.Sprintf("not later than %s (now and the leeway of %s)", stamp(a.now+leeway.Seconds()), leeway)
	}
}

func showRequired(a *attempt) (value, limit string) {
	var there []string
	for _, name := range a.provider.Require {
		if !lookup(a.claims, name).IsNull() {
			there = append(there, name)
		}
	}
	return ascii(strings.Join(there, ", ")), ascii(strings.Join(a.provider.Require, ", "))
}

func showAge(a *attempt) (value, limit string) {
	if a.provider.MaxAge == 0 {
		return "", ""
	}
	return displaySpan(a.now - a.iat), fmt.Sprintf("at most %s and the leeway of %s", a.provider.MaxAge, a.provider.Leeway)
}

func showLifetime(a *attempt) (value, limit string) {
	if a.provider.MaxLifetime == 0 {
		return "", ""
	}
	return displaySpan(a.exp - a.iat), fmt.Sprintf("at most %s", a.provider.MaxLifetime)
}

func showSubject(a *attempt) (value, limit string) {
	return display(lookup(a.claims, a.provider.SubjectClaim)), "a string in " + ascii(a.provider.SubjectClaim)
}

func showLocalpart(a *attempt) (value, limit string) {
	if a.result.Localpart == "" {
		return displayText(a.subject), "a localpart"
	}
	return displayText(a.result.Localpart), "a localpart"
}
