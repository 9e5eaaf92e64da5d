package jwtlogin

import (
	"math/big"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// A Rule is a comparison of a claim with a value. A claim that is absent meets
// none.
type Rule struct {
	// Claim names the claim, in the manner of Provider.SubjectClaim.
	Claim string
	Comparison
	// Value is what it is compared with: a text, or a number or boolean as JSON
	// writes it. Texts are compared byte by byte, numbers by their value.
	Value string
}

// A Comparison is a way to compare.
type Comparison string

const (
	// Contains holds for lists of which an item is the value, and for the value.
	Contains Comparison = "contains"
	// Is holds for the value.
	Is Comparison = "is"
	// IsNot holds for any other text, number or boolean.
	IsNot Comparison = "is not"
)

// String writes the rule as an operator does.
func (r Rule) String() string { return r.Claim + " " + string(r.Comparison) + " " + r.Value }

// checkRules refuses whom the provider's rules do not admit.
func (a *attempt) checkRules() error {
	for i, rule := range a.provider.Allow {
		if !rule.holds(lookup(a.claims, rule.Claim)) {
			a.unmet = &a.provider.Allow[i]
			return errNotAllowed
		}
	}
	return nil
}

func (r Rule) holds(claim strictjson.Value) bool {
	if r.Comparison == Contains {
		for item := range claim.Items() {
			if equal, _ := equals(item, r.Value); equal {
				return true
			}
		}
		return false
	}
	equal, comparable := equals(claim, r.Value)
	return comparable && equal == (r.Comparison == Is)
}

// equals says whether a claim is the value, and whether it can be compared with
// one at all.
func equals(claim strictjson.Value, value string) (equal, comparable bool) {
	if text, isText := claim.Text(); isText {
		return text == value, true
	}
	if is, isBool := claim.Bool(); isBool {
		return is && value == "true" || !is && value == "false", true
	}
	if number, isNumber := claim.Number(); isNumber {
		return sameNumber(number.String(), value), true
	}
	return false, false
}

// precision is that of numbers when they are compared, in bits: enough for all
// that anybody means.
const precision = 512

func sameNumber(a, b string) bool {
	x, _, errX := big.ParseFloat(a, 10, precision, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b, 10, precision, big.ToNearestEven)
	return errX == nil && errY == nil && x.Cmp(y) == 0
}
