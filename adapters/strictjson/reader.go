package strictjson

import (
	"encoding/json"
	"fmt"
)

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
