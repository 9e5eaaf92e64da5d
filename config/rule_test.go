package config_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/config"
)

func TestRules(t *testing.T) {
	for text, want := range map[string]config.Rule{
		"groups contains matrix-users":          {Claim: "groups", Comparison: config.Contains, Value: "matrix-users"},
		"department is sales":                   {Claim: "department", Comparison: config.Is, Value: "sales"},
		"level is not 0":                        {Claim: "level", Comparison: config.IsNot, Value: "0"},
		"  user.level   is   not   two words  ": {Claim: "user.level", Comparison: config.IsNot, Value: "two words"},
		"user.level is two words":               {Claim: "user.level", Comparison: config.Is, Value: "two words"},
		`a is "not b"`:                          {Claim: "a", Comparison: config.Is, Value: "not b"},
		`a is " b "`:                            {Claim: "a", Comparison: config.Is, Value: " b "},
		`a is not ""`:                           {Claim: "a", Comparison: config.IsNot},
		"https://example.org/roles contains a":  {Claim: "https://example.org/roles", Comparison: config.Contains, Value: "a"},
		"is is is":                              {Claim: "is", Comparison: config.Is, Value: "is"},
		`a is "not"`:                            {Claim: "a", Comparison: config.Is, Value: "not"},
		"a is not":                              {},
		`a is "b" c`:                            {},
	} {
		got, err := config.ParseRule(text)
		if got != want || (err != nil) != (want == config.Rule{}) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestExistingAccountsAreLinkedOnlyWhereNobodyElseCanBeMeant(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		environ []string
		want    []bool
	}{
		"one provider":           {minimal, nil, []bool{true}},
		"one that does not":      {minimal + "      link_existing: false\n", nil, []bool{false}},
		"one by the environment": {minimal, []string{"DOORWARD_JWT_PROVIDERS_0_LINK_EXISTING=false"}, []bool{false}},
		"registration is open":   {minimal + "registration: {enabled: true}\n", nil, []bool{false}},
		"open, and all the same": {minimal + "      link_existing: true\nregistration: {enabled: true}\n", nil, []bool{true}},
		"two providers":          {"server_name: a\njwt: {providers: [{name: a, secret: x, issuers: [a]}, {name: b, secret: x}]}\n", nil, []bool{false, false}},
		"one of two":             {"server_name: a\njwt: {providers: [{name: a, secret: x, issuers: [a], link_existing: true}, {name: b, secret: x}]}\n", nil, []bool{true, false}},
	} {
		for i, p := range parse(t, c.text, c.environ...).JWT.Providers {
			if *p.LinkExisting != c.want[i] {
				t.Errorf("%s: provider %d: %t", name, i, *p.LinkExisting)
			}
		}
	}
}
