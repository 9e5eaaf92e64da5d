package password

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// The parameters of Argon2id (RFC 9106, 3.1).
type parameters struct {
	memory  uint32 // in KiB
	passes  uint32
	threads uint8
}

// current are the parameters of new hashes: some 20 ms of one core, and 19 MiB
// while it lasts.
var current = parameters{memory: 19456, passes: 2, threads: 1}

// most is what a stored hash may ask for. Whoever can write a hash into the
// database, or have one imported, must not be able to stop the server with it.
var most = parameters{memory: 128 << 10, passes: 16, threads: 16}

const (
	saltSize = 16
	keySize  = 32
	// maxField is the greatest length of a stored salt or key, in bytes.
	maxField = 64
)

// An argon2idHash is what is stored of a password.
type argon2idHash struct {
	parameters
	salt, key []byte
}

const argon2idPrefix = "$argon2id$"

// String writes the hash in the PHC string format.
func (h argon2idHash) String() string {
	return fmt.Sprintf(argon2idPrefix+"v=19$m=%d,t=%d,p=%d$%s$%s", h.memory, h.passes, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

// parseArgon2id reads what String writes, and nothing else.
func parseArgon2id(hash domain.PasswordHash) (h argon2idHash, err error) {
	fields := strings.Split(string(hash), "$")
	if len(fields) != 6 {
		return h, errUnknownHash
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return h, errUnknownHash
	}
	h.salt, _ = base64.RawStdEncoding.DecodeString(fields[4])
	h.key, _ = base64.RawStdEncoding.DecodeString(fields[5])
	if h.String() != string(hash) || !h.isSane() {
		return h, errUnknownHash
	}
	return h, nil
}

// isSane says whether RFC 9106 allows the hash, and whether it is worth its work.
func (h argon2idHash) isSane() bool {
	return h.threads >= 1 && h.threads <= most.threads &&
		h.passes >= 1 && h.passes <= most.passes &&
		h.memory >= 8*uint32(h.threads) && h.memory <= most.memory &&
		len(h.salt) >= 8 && len(h.salt) <= maxField &&
		len(h.key) >= saltSize && len(h.key) <= maxField
}

// isOutdated says whether a new hash would be made differently.
func (h argon2idHash) isOutdated() bool {
	return h.parameters != current || len(h.salt) != saltSize || len(h.key) != keySize
}
