package password

import (
	"unicode/utf8"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	minNew = 8   // characters
	maxNew = 512 // bytes
)

// CheckNew says whether somebody may have the password from now on. It returns
// [domain.ErrWeakPassword] for one of fewer than 8 characters, and for one of more
// than 512 bytes. What it is made of is its user's business.
func (*Hasher) CheckNew(password string) error {
	switch {
	case utf8.RuneCountInString(password) < minNew:
		return domain.Refuse(domain.ErrWeakPassword, "password_too_short", "The password must have at least 8 characters")
	case len(password) > maxNew:
		return domain.Refuse(domain.ErrWeakPassword, "password_too_long", "The password must not be longer than 512 bytes")
	}
	return nil
}
