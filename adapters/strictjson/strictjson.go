// Package strictjson reads JSON objects from strangers: the bodies of requests,
// and the headers and claims of tokens. Where encoding/json is generous it is
// not. Member names are compared byte by byte, and everything that two readers
// could understand differently is an error: duplicate members, invalid UTF-8,
// lone surrogates, NUL, a byte order mark, anything after the value.
//
// It is no adapter but a reader that several adapters share.
package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf16"
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

// A reader reads one JSON text, front to back.
type reader struct {
	data    []byte
	pos     int
	depth   int
	content error // the first fault in the content; reading goes on, for syntax
}

func (r *reader) text() (any, error) {
	r.space()
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	r.space()
	if r.pos != len(r.data) {
		return nil, r.syntax("something follows the value")
	}
	return value, nil
}

func (r *reader) value() (any, error) {
	switch c := r.peek(); {
	case c == '{':
		return nested(r, r.object)
	case c == '[':
		return nested(r, r.list)
	case c == '"':
		return r.string()
	case c == '-' || isDigit(c):
		return r.number()
	case r.literal("true"):
		return true, nil
	case r.literal("false"):
		return false, nil
	case r.literal("null"):
		return nil, nil
	}
	return nil, r.syntax("a value is missing")
}

// nested reads with read one level deeper.
func nested[T any](r *reader, read func() (T, error)) (any, error) {
	if r.depth == MaxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d levels", ErrContent, MaxDepth)
	}
	r.depth++
	defer func() { r.depth-- }()
	return read()
}

func (r *reader) object() (map[string]any, error) {
	object := map[string]any{}
	err := r.items('{', '}', func() error {
		if r.peek() != '"' {
			return r.syntax("the name of a member is missing")
		}
		name, err := r.string()
		if err != nil {
			return err
		}
		r.space()
		if !r.take(':') {
			return r.syntax("a colon is missing")
		}
		r.space()
		value, err := r.value()
		if err != nil {
			return err
		}
		if _, twice := object[name]; twice {
			r.fault("member %.*q stands twice", maxName, name)
		}
		object[name] = value
		return nil
	})
	return object, err
}

func (r *reader) list() ([]any, error) {
	list := []any{}
	err := r.items('[', ']', func() error {
		value, err := r.value()
		list = append(list, value)
		return err
	})
	return list, err
}

// items reads what stands between open and end, separated by commas.
func (r *reader) items(open, end byte, item func() error) error {
	r.take(open)
	r.space()
	if r.take(end) {
		return nil
	}
	for {
		r.space()
		if err := item(); err != nil {
			return err
		}
		r.space()
		if r.take(end) {
			return nil
		}
		if !r.take(',') {
			return r.syntax("a comma or a closing bracket is missing")
		}
	}
}

func (r *reader) string() (string, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; {
		case c == '"':
			s := string(r.data[start:r.pos])
			r.pos++
			return s, nil
		case c == '\\':
			return r.escaped(append([]byte(nil), r.data[start:r.pos]...))
		case c < ' ':
			return "", r.syntax("a control character in a string")
		default:
			r.pos++
		}
	}
	return "", r.syntax("a string has no end")
}

// escaped goes on with a string from its first backslash.
func (r *reader) escaped(s []byte) (string, error) {
	for r.pos < len(r.data) {
		c := r.data[r.pos]
		switch {
		case c == '"':
			r.pos++
			return string(s), nil
		case c < ' ':
			return "", r.syntax("a control character in a string")
		case c != '\\':
			s = append(s, c)
			r.pos++
			continue
		}
		char, err := r.escape()
		if err != nil {
			return "", err
		}
		s = utf8.AppendRune(s, char)
	}
	return "", r.syntax("a string has no end")
}

func (r *reader) escape() (rune, error) {
	r.pos++ // the backslash
	c := r.peek()
	r.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return r.unicode()
	}
	return 0, r.syntax("an unknown escape in a string")
}

// unicode reads what follows "\u", a second half of a pair included.
func (r *reader) unicode() (rune, error) {
	char, ok := r.hex4()
	if !ok {
		return 0, r.syntax("an unknown escape in a string")
	}
	if char == 0 {
		r.fault("a string holds NUL")
	}
	if !utf16.IsSurrogate(char) {
		return char, nil
	}
	if r.literal(`\u`) {
		low, ok := r.hex4()
		if !ok {
			return 0, r.syntax("an unknown escape in a string")
		}
		if pair := utf16.DecodeRune(char, low); pair != utf8.RuneError {
			return pair, nil
		}
	}
	r.fault("a string holds half a surrogate pair")
	return utf8.RuneError, nil
}

func (r *reader) hex4() (rune, bool) {
	if len(r.data)-r.pos < 4 {
		return 0, false
	}
	var char rune
	for _, c := range r.data[r.pos : r.pos+4] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		char = char<<4 | rune(c)
	}
	r.pos += 4
	return char, true
}

func (r *reader) number() (json.Number, error) {
	start := r.pos
	r.take('-')
	if !r.take('0') && !r.digits() {
		return "", r.syntax("a number has no digits")
	}
	if r.take('.') && !r.digits() {
		return "", r.syntax("a number ends in a point")
	}
	if r.take('e') || r.take('E') {
		_ = r.take('+') || r.take('-')
		if !r.digits() {
			return "", r.syntax("a number has no exponent")
		}
	}
	return json.Number(r.data[start:r.pos]), nil
}

func (r *reader) digits() bool {
	start := r.pos
	for isDigit(r.peek()) {
		r.pos++
	}
	return r.pos > start
}

func (r *reader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.data) {
		return r.data[r.pos]
	}
	return 0
}

func (r *reader) take(c byte) bool {
	if r.pos < len(r.data) && r.data[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

func (r *reader) literal(word string) bool {
	if len(r.data)-r.pos >= len(word) && string(r.data[r.pos:r.pos+len(word)]) == word {
		r.pos += len(word)
		return true
	}
	return false
}

func (r *reader) syntax(what string) error {
	return fmt.Errorf("%w: %s, at byte %d", ErrSyntax, what, min(r.pos, len(r.data)))
}

func (r *reader) fault(format string, args ...any) {
	if r.content == nil {
		r.content = fmt.Errorf("%w: "+format, append([]any{ErrContent}, args...)...)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
