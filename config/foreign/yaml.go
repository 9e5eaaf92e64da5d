package foreign

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a text may cost to read: the time that the YAML library needs grows with
// the square of the lines of a text and of the number of tokens, and its stack
// with the depth of the nesting. A homeserver.yaml with every setting and all of
// its comments stays far below.
const (
	maxBytes  = 1 << 20
	maxLines  = 10_000
	maxTokens = 20_000
	maxDepth  = 64
	maxColumn = 400
)

func checkSize(text []byte) error {
	switch {
	case len(text) > maxBytes:
		return fmt.Errorf("is larger than %d KiB", maxBytes>>10)
	case max(bytes.Count(text, []byte("\n")), bytes.Count(text, []byte("\r"))) > maxLines:
		return fmt.Errorf("has more than %d lines", maxLines)
	case !utf8.Valid(text):
		return errors.New("is no text in UTF-8")
	}
	return nil
}

// readYAML reads the mapping of a text as PyYAML's safe loader does: nil, bool,
// int64, float64, string, []any and map[string]any, and [tagged] for what has a
// tag that the loader does not know.
func readYAML(text []byte, r *report) (map[string]any, error) {
	if err := checkSize(text); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(text), "\ufeff"))
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, yamlError(err)
	}
	builder := &yamlBuilder{anchors: map[string]any{}, report: r}
	var top any
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if top != nil {
			return nil, errors.New("holds a second document; one is wanted")
		}
		if top = builder.value(doc.Body, "", 0); builder.err != nil {
			return nil, builder.err
		}
	}
	values, ok := top.(map[string]any)
	if !ok {
		return nil, errors.New(`holds no settings, each "name: value"`)
	}
	return values, nil
}

// checkTokens looks at the tokens before the parser does.
func checkTokens(tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return fmt.Errorf("has more than %d words and signs", maxTokens)
	}
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.DirectiveType, token.MappingKeyType:
			return fmt.Errorf("line %d: directives (%%) and keys marked with ? are not understood here", lineOf(t))
		}
		if depth > maxDepth || t.Type == token.SequenceEntryType && t.Position.Column > maxColumn {
			return fmt.Errorf("line %d: is nested too deeply", lineOf(t))
		}
	}
	return nil
}

func yamlError(err error) error {
	fault := new(yaml.SyntaxError)
	if !errors.As(err, &fault) {
		return errors.New("is no YAML")
	}
	// What the parser quotes may be a part of a secret.
	problem, _, _ := strings.Cut(fault.Message, `"`)
	return fmt.Errorf("line %d: is no YAML: %s", lineOf(fault.Token), shown(strings.TrimRight(problem, ": ")))
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line
}
