package foreign

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// What unquoted words and numbers mean in YAML 1.1, which PyYAML reads. Octal,
// hexadecimal and sexagesimal numbers stay texts: nobody writes a setting so
// that has a counterpart, and as texts they are refused where a number is
// wanted.
var (
	yamlWords = map[string]any{
		"": nil, "~": nil, "null": nil, "Null": nil, "NULL": nil,
		"yes": true, "Yes": true, "YES": true, "no": false, "No": false, "NO": false,
		"true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
		"on": true, "On": true, "ON": true, "off": false, "Off": false, "OFF": false,
	}
	yamlInt   = regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)$`)
	yamlFloat = regexp.MustCompile(`^[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?$`)
)

// plain returns the value of a scalar.
func plain(n ast.ScalarNode) any {
	word := written(n)
	if t := n.GetToken(); t == nil || t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
		return word
	}
	if value, known := yamlWords[word]; known {
		return value
	}
	digits := strings.ReplaceAll(word, "_", "")
	if yamlInt.MatchString(word) {
		if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return i
		}
	}
	if yamlFloat.MatchString(word) {
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return f
		}
	}
	return word
}

// written returns a scalar as it is written, without quotes.
func written(n ast.ScalarNode) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	if t := n.GetToken(); t != nil && t.Type != token.ImplicitNullType {
		return t.Value
	}
	return ""
}
