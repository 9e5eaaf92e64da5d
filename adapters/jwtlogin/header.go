package jwtlogin

import (
	"slices"
	"strings"
)

// The header decides nothing but which of the provider's algorithms and keys is
// meant. Whatever else it holds ("jku", "jwk", "x5u", "x5c" and their kind) is
// never fetched and never trusted (RFC 8725, 3.10).

// otherPurposes are the values of "typ", in lower case and without
// "application/", of tokens that are issued for something other than a login:
// RFC 8417, OpenID Connect Back-Channel Logout, RFC 9449.
var otherPurposes = []string{"secevent+jwt", "logout+jwt", "dpop+jwt"}

// checkAlgorithm wants an algorithm that Doorward knows. "none" is none.
func (a *attempt) checkAlgorithm() error {
	value := a.header.Get("alg")
	if value.IsNull() {
		return errMissingAlgorithm
	}
	name, _ := value.Text()
	a.method = methods[name]
	if a.method == nil {
		return errUnsupportedAlgorithm
	}
	return nil
}

// checkAllowed wants the algorithm to be one of the provider's.
func (a *attempt) checkAllowed() error {
	if !slices.Contains(a.provider.Algorithms, a.method.Alg()) {
		return errUnsupportedAlgorithm
	}
	return nil
}

// checkCritical refuses extensions that must be understood: none is (RFC 7515,
// 4.1.11).
func (a *attempt) checkCritical() error {
	if a.header.Has("crit") {
		return badHeader("crit")
	}
	return nil
}

// checkCompression refuses compressed payloads: only JWE has them (RFC 7516,
// 4.1.3).
func (a *attempt) checkCompression() error {
	if a.header.Has("zip") {
		return badHeader("zip")
	}
	return nil
}

// checkEncoding refuses unencoded payloads (RFC 7797, 7).
func (a *attempt) checkEncoding() error {
	if a.header.Has("b64") && !a.header.Get("b64").IsTrue() {
		return badHeader("b64")
	}
	return nil
}

// checkType refuses tokens that say they are for something else (RFC 8725,
// 3.11).
func (a *attempt) checkType() error {
	if !a.header.Has("typ") {
		return nil
	}
	typ, isText := a.header.Get("typ").Text()
	purpose := strings.TrimPrefix(strings.ToLower(typ), "application/")
	if !isText || slices.Contains(otherPurposes, purpose) {
		return badHeader("typ")
	}
	return nil
}
