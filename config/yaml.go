package config

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a text may cost to read: the time that the library needs grows with the
// square of the lines of a text and of the number of tokens, and its stack with
// the depth of the nesting. Within these limits reading takes a second at most.
const (
	maxLines  = 10_000
	maxTokens = 20_000
	maxDepth  = 16
	maxColumn = 200
)

// refusedTokens are the parts of YAML that a configuration has no use for, and
// that make it hard to say what stands in it.
var refusedTokens = map[token.Type]string{
	token.AnchorType:      "anchors (&) are not understood here; a text that begins with & stands in quotes",
	token.AliasType:       "aliases (*) are not understood here; a text that begins with * stands in quotes",
	token.MergeKeyType:    "merge keys (<<) are not understood here",
	token.TagType:         "tags (!) are not understood here; a text that begins with ! stands in quotes",
	token.DirectiveType:   "directives (%) are not understood here; a text that begins with % stands in quotes",
	token.DocumentEndType: "the end of a document (...) is not understood here; the end of the file is enough",
	token.MappingKeyType:  "keys marked with ? are not understood here; a text that begins with ? stands in quotes",
}

// yaml reads a text into a section. It returns false if there is nothing to go
// on with.
func (r *reading) yaml(text []byte, into reflect.Value) bool {
	switch {
	case len(text) > maxConfigBytes:
		r.fault("", "is larger than %d KiB", maxConfigBytes>>10)
		return false
	case max(bytes.Count(text, []byte("\n")), bytes.Count(text, []byte("\r"))) > maxLines:
		r.fault("", "has more than %d lines", maxLines)
		return false
	case !utf8.Valid(text):
		r.fault("", "is no text in UTF-8")
		return false
	}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(text), "\ufeff"))
	if !r.acceptable(tokens) {
		return false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return false
	}
	for _, doc := range file.Docs {
		r.decodeRoot(doc.Body, into)
	}
	return !r.bad[""]
}

// acceptable looks at the tokens before the parser does.
func (r *reading) acceptable(tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		r.fault("", "has more than %d words and signs", maxTokens)
		return false
	}
	depth, begun := 0, false
	for _, t := range tokens {
		if problem := refusedTokens[t.Type]; problem != "" {
			r.faultAt(t, "", problem)
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.DocumentHeaderType:
			if begun {
				r.faultAt(t, "", "a second document begins here; one is wanted")
			}
		}
		begun = begun || t.Type != token.CommentType
		if depth > maxDepth || t.Type == token.SequenceEntryType && t.Position.Column > maxColumn {
			r.faultAt(t, "", "is nested too deeply")
			break
		}
	}
	return !r.bad[""]
}

// syntax reports what the parser complains of.
func (r *reading) syntax(err error) {
	var fault *yaml.SyntaxError
	if !errors.As(err, &fault) {
		r.fault("", "is no YAML")
		return
	}
	// What the parser quotes may be a part of a secret.
	problem, _, _ := strings.Cut(fault.Message, `"`)
	r.faultAt(fault.Token, "", "is no YAML: "+strings.TrimRight(problem, ": ")+hint(problem))
}

// hint says what the parser's complaint mostly comes from.
func hint(problem string) string {
	switch {
	case strings.Contains(problem, "cannot start any token"):
		return "; tabs cannot indent, and text that begins with a special character stands in quotes"
	case strings.Contains(problem, "mapping value is not allowed"):
		return "; a value with a colon stands in quotes"
	case strings.Contains(problem, "is not allowed in this context"):
		return "; look at the indentation, of the line before too"
	}
	return ""
}

// faultAt notes what is wrong at a token.
func (r *reading) faultAt(t *token.Token, path, problem string) {
	r.note(Fault{File: r.file, Line: lineOf(t), Path: path, Problem: problem})
	r.bad[path] = true
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line
}
