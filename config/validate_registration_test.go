package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Opaque identifiers: Appendices, Opaque Identifiers. Languages: RFC 5646, 2.2.
func TestPoliciesThatMakeNoSense(t *testing.T) {
	const (
		path   = "doorward.yaml:6: registration.terms"
		policy = "{id: a, version: v, name: n, url: 'https://a'"
		noID   = "has other characters than 0-9, A-Z, a-z and ._~-, or is longer than 255"
		noURL  = "is no URL, as in https://example.org/terms.html"
	)
	for _, c := range []struct {
		terms string
		want  []string
	}{
		{"{}", []string{path + "[0].id: is missing", path + "[0].version: is missing", path + "[0].name: is missing", path + "[0].url: " + noURL}},
		{"a", []string{path + `[0]: wants settings, each "name: value"`}},
		{"{id: a/b, version: 'ä', name: n, url: 'https://a'}", []string{path + "[0].id: " + noID, path + "[0].version: " + noID}},
		{"{id: " + strings.Repeat("a", 256) + ", version: v, name: n, url: 'https://a'}", []string{path + "[0].id: " + noID}},
		{"{id: a, version: 1.0, name: n, url: 'https://a'}", []string{path + "[0].version: wants text; put it in quotes"}},
		{"{id: a, version: v, name: n, url: 'ftp://a'}", []string{path + "[0].url: " + noURL}},
		{"{id: a, version: v, name: n, url: 'https://u@a'}", []string{path + "[0].url: " + noURL}},
		{"{id: a, version: v, name: n, url: terms.html}", []string{path + "[0].url: " + noURL}},
		{policy + ", language: EN}", []string{path + "[0].language: is no language, as in en or pt-BR"}},
		{policy + ", language: english}", []string{path + "[0].language: is no language, as in en or pt-BR"}},
		{policy + ", language: pt_BR}", []string{path + "[0].language: is no language, as in en or pt-BR"}},
		{policy + ", language: ''}", []string{path + "[0].language: is no language, as in en or pt-BR"}},
		{policy + "}, " + policy + ", language: en}", []string{path + "[1].language: is the language of registration.terms[0], which has the same id"}},
		{policy + "}, {id: a, version: w, language: de, name: n, url: 'https://a'}", []string{
			path + "[1].version: is not the version of this id in other languages"}},
	} {
		t.Run(c.terms, func(t *testing.T) {
			if diff := cmp.Diff(c.want, faults(t, minimal+"registration: {terms: ["+c.terms+"]}\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
