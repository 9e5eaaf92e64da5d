package password

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// maxBcrypt is how much of a password bcrypt looks at, in bytes.
	maxBcrypt = 72
	// maxCost is the greatest cost that a stored hash may have: some 4 s.
	maxCost = 16
)

// The variants differ in how they spoke of bugs that are gone; 2x has one.
var bcryptHash = regexp.MustCompile(`^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$`)

// compareBcrypt compares as the servers did that made such hashes: of a password
// of more than 72 bytes only those count. One that holds NUL is never right:
// bcrypt repeats a password, with a NUL after it, until it is long enough, so "a"
// and "a\x00a" have one hash.
func compareBcrypt(password string, hash domain.PasswordHash) (bool, error) {
	match := bcryptHash.FindStringSubmatch(string(hash))
	if match == nil {
		return false, errUnknownHash
	}
	if cost, _ := strconv.Atoi(match[1]); cost > maxCost {
		return false, errUnknownHash
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password[:min(len(password), maxBcrypt)]))
	switch {
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	case err != nil:
		return false, errUnknownHash // the library's errors quote the hash
	}
	return !strings.Contains(password, "\x00"), nil
}
