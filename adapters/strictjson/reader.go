package strictjson

import (
	"fmt"
	"strings"
)

// A reader reads one JSON text, front to back.
type reader struct {
	data    string
	pos     int
	depth   int
	nodes   []node // of what was read
	content error  // the first fault in the content; reading goes on, for syntax
}

func (r *reader) text() error {
	r.space()
	if err := r.value(""); err != nil {
		return err
	}
	r.space()
	if r.pos != len(r.data) {
		return r.syntax("something follows the value")
	}
	return nil
}

// value reads a value. It is the member of the name if it is in an object.
func (r *reader) value(name string) (err error) {
	place := len(r.nodes)
	r.nodes = append(r.nodes, node{name: name})
	var read node
	switch c := r.peek(); {
	case c == '{':
		read.kind, err = object, r.nested(r.object)
	case c == '[':
		read.kind, err = list, r.nested(r.list)
	case c == '"':
		read.kind = text
		read.text, err = r.string()
	case c == '-' || isDigit(c):
		read.kind = number
		read.text, err = r.number()
	case r.literal("true"):
		read.kind = boolTrue
	case r.literal("false"):
		read.kind = boolFalse
	case r.literal("null"):
		read.kind = null
	default:
		err = r.syntax("a value is missing")
	}
	n := &r.nodes[place]
	n.kind, n.text, n.size = read.kind, read.text, len(r.nodes)-place
	return err
}

// nested reads with read one level deeper.
func (r *reader) nested(read func() error) error {
	if r.depth == MaxDepth {
		return fmt.Errorf("%w: nested deeper than %d levels", ErrContent, MaxDepth)
	}
	r.depth++
	err := read()
	r.depth--
	return err
}

func (r *reader) object() error {
	var known names
	return r.items('{', '}', func() error {
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
		if err := r.value(name); err != nil {
			return err
		}
		if !known.add(name) {
			r.fault("member %.*q stands twice", maxName, name)
		}
		return nil
	})
}

func (r *reader) list() error {
	return r.items('[', ']', func() error { return r.value("") })
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

func (r *reader) number() (string, error) {
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
	return r.data[start:r.pos], nil
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
	if !strings.HasPrefix(r.data[r.pos:], word) {
		return false
	}
	r.pos += len(word)
	return true
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
