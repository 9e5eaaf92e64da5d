// Package strictjson reads JSON objects from strangers: the bodies of requests,
// and the headers and claims of tokens. Where encoding/json is generous it is
// not. Member names are compared byte by byte, and everything that two readers
// could understand differently is an error: duplicate members, invalid UTF-8,
// lone surrogates, NUL, a byte order mark, anything after the value.
//
// It is no adapter but a reader that several adapters share.
package strictjson

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrSyntax means that the input is no JSON text in UTF-8 (RFC 8259).
var ErrSyntax = errors.New("not JSON")

// ErrContent means that the input is JSON, but not what this package lets pass.
// Errors that wrap it say what and where; they hold names of members, never
// values.
var ErrContent = errors.New("unacceptable JSON")

// MaxDepth is how deep objects and lists may be nested.
const MaxDepth = 64

// maxName is how much of a member's name an error quotes, in bytes.
const maxName = 64

// Parse reads a JSON object. Its names and texts are parts of data where they can
// be: whoever keeps a little of it for long copies that. It returns an error that
// wraps [ErrSyntax] or [ErrContent]; if both would be right, ErrSyntax.
func Parse(data string) (Value, error) {
	if !utf8.ValidString(data) {
		return Value{}, fmt.Errorf("%w: invalid UTF-8", ErrSyntax)
	}
	r := reader{data: data, nodes: make([]node, 0, expected(data))}
	if err := r.text(); err != nil {
		return Value{}, err
	}
	if r.content != nil {
		return Value{}, r.content
	}
	object := Value{r.nodes}
	if !object.IsObject() {
		return Value{}, fmt.Errorf("%w: not an object", ErrContent)
	}
	return object, nil
}

// expected returns how many values a text holds. All but the first stand behind a
// comma or a bracket; if there are very many of these, they may be in a string.
func expected(data string) int {
	signs := strings.Count(data, ",") + strings.Count(data, "{") + strings.Count(data, "[")
	return 1 + min(signs, len(data)/8)
}

// ParseObject is [Parse] for those who like maps better. The values, at any depth,
// are those of [Value.Any], and hold nothing of data.
func ParseObject(data []byte) (map[string]any, error) {
	object, err := Parse(string(data))
	if err != nil {
		return nil, err
	}
	return object.members(), nil
}
