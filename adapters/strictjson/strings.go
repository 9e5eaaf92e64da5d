package strictjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

func (r *reader) string() (string, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; {
		case c == '"':
			s := r.data[start:r.pos]
			r.pos++
			return s, nil
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			return "", r.syntax("a control character in a string")
		default:
			r.pos++
		}
	}
	return "", r.syntax("a string has no end")
}

// escaped goes on with a string from its first backslash.
func (r *reader) escaped(start int) (string, error) {
	var few [64]byte
	s := append(few[:0], r.data[start:r.pos]...)
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
	for _, c := range []byte(r.data[r.pos : r.pos+4]) {
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
