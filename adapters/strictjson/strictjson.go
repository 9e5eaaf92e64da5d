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

// ParseObject reads a JSON object. Its values, at any depth, are nil, bool,
// string, [json.Number], []any and map[string]any. It returns an error that
// wraps [ErrSyntax] or [ErrContent]; if both would be right, ErrSyntax.
func ParseObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: invalid UTF-8", ErrSyntax)
	}
	r := reader{data: data}
	value, err := r.text()
	if err != nil {
		return nil, err
	}
	if r.content != nil {
		return nil, r.content
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: not an object", ErrContent)
	}
	return object, nil
}
