package password

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"

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

func isBcrypt(hash domain.PasswordHash) bool {
	match := bcryptHash.FindStringSubmatch(string(hash))
	if match == nil {
		return false
	}
	cost, _ := strconv.Atoi(match[1])
	return cost <= maxCost
}

// compareBcrypt compares as the servers did that made such hashes: keyboards
// differ in how they write a letter, so the normal form counts; then comes the
// pepper; and of more than 72 bytes only those count. A password that holds NUL
// is never right: bcrypt repeats a password, with a NUL after it, until it is long
// enough, so "a" and "a\x00a" have one hash.
func compareBcrypt(password, pepper string, hash domain.PasswordHash) (bool, error) {
	if !isBcrypt(hash) {
		return false, errUnknownHash
	}
	peppered := norm.NFKC.String(password) + pepper
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(peppered[:min(len(peppered), maxBcrypt)]))
	switch {
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	case err != nil:
		return false, errUnknownHash // the library's errors quote the hash
	}
	return !strings.Contains(password, "\x00"), nil
}
