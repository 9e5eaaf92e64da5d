package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// A Rule is a comparison of a claim with a value.
type Rule struct {
	// Claim is the path of the claim.
	Claim string
	// Comparison is one of the three below.
	Comparison string
	// Value is what the claim is compared with.
	Value string
}

// The comparisons. See [Rule].
const (
	Contains = "contains" // a list that has the value, or the value
	Is       = "is"       // the value
	IsNot    = "is not"   // another value
)

var errRule = errors.New(`is no rule, as in "groups contains staff", "department is sales" or "level is not 0"`)

// ParseRule reads a rule: a claim, a comparison and a value, which may stand in
// double quotes.
func ParseRule(text string) (Rule, error) {
	claim, rest := cutWord(text)
	comparison, value := cutWord(rest)
	if word, after := cutWord(value); comparison == Is && word == "not" {
		comparison, value = IsNot, after
	}
	if !slices.Contains([]string{Contains, Is, IsNot}, comparison) || !isClaimPath(claim) || value == "" {
		return Rule{}, errRule
	}
	if value[0] == '"' {
		var err error
		if value, err = strconv.Unquote(value); err != nil {
			return Rule{}, errRule
		}
	}
	return Rule{Claim: claim, Comparison: comparison, Value: value}, nil
}

// cutWord returns the first word of a text, and the rest.
func cutWord(text string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(text), " ")
	return word, strings.TrimSpace(rest)
}
