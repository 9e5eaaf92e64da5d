package domain

import "strings"

// CheckLocalpart says whether a name may be the localpart of a user of this
// server (Matrix specification, appendices, "User identifiers"): at least one
// character, and only a-z, 0-9 and =_-./+. Otherwise it returns
// [ErrInvalidUsername].
func CheckLocalpart(name string) error {
	if name == "" {
		return Refuse(ErrInvalidUsername, "username_empty", "User ID cannot be empty")
	}
	for i := range len(name) {
		if !isLocalpartByte(name[i]) {
			return Refuse(ErrInvalidUsername, "username_characters",
				"User ID can only contain characters a-z, 0-9, or '=_-./+'")
		}
	}
	return nil
}

// CheckNewLocalpart says whether a user with this localpart may be created:
// names that begin with "_" belong to application services, and names of
// digits only to guests. Otherwise it returns [ErrInvalidUsername]. Users that
// exist under such a name may sign in.
func CheckNewLocalpart(name string) error {
	switch {
	case strings.HasPrefix(name, "_"):
		return Refuse(ErrInvalidUsername, "username_reserved", "User ID may not begin with _")
	case allDigits(name):
		return Refuse(ErrInvalidUsername, "username_numeric", "Numeric user IDs are reserved for guest users.")
	}
	return nil
}

// FoldLocalpart turns A-Z into a-z and leaves everything else alone, other
// letters included: in Unicode the Kelvin sign would become a "k", and two
// users would become one.
func FoldLocalpart(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// EscapeLocalpart maps any name to a localpart as the Matrix specification
// recommends (appendices, "Mapping from other character sets"): A-Z is folded,
// and every byte that no localpart may hold, and "=" itself, becomes "=" and
// two hexadecimal digits. Different folded names get different localparts.
func EscapeLocalpart(name string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if isLocalpartByte(c) && c != '=' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'=', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func isLocalpartByte(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("=_-./+", c) >= 0
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
