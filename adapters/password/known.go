package password

import (
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// Knows says whether [Hasher.Verify] can verify passwords with the hash.
func Knows(hash domain.PasswordHash) bool {
	if strings.HasPrefix(string(hash), argon2idPrefix) {
		_, err := parseArgon2id(hash)
		return err == nil
	}
	return isBcrypt(hash)
}
