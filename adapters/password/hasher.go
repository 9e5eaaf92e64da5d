package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/seed-31b6c987/doorward/domain"
)

// maxPassword is the greatest length of a password that is looked at, in bytes.
const maxPassword = 4096

// maxWait is how long a password waits for its turn.
const maxWait = 4 * time.Second

// errUnknownHash is for the operator: no client can bring it about. It says
// nothing of the hash.
var errUnknownHash = errors.New("a stored password hash is of no known form, or asks for too much work")

// A Hasher makes hashes of passwords and compares passwords with them. It may be
// used concurrently: no more passwords are hashed at a time than there are cores,
// and the others wait for their turn, so that a storm of logins costs neither the
// memory nor the time of everything else.
//
// Passwords are compared by their bytes, as they were sent, with hashes that were
// made here. Those that were made elsewhere are of the passwords' normal form, and
// perhaps of a pepper after them.
type Hasher struct {
	pepper string        // of the hashes that were made elsewhere
	turns  chan struct{} // holds one value for every password that is being hashed
	nobody domain.PasswordHash
	// derive is argon2.IDKey; tests count its calls.
	derive func(password, salt []byte, passes, memory uint32, threads uint8, keySize uint32) []byte
}

// NewHasher makes a Hasher for the cores that there are.
func NewHasher() *Hasher { return NewHasherWithPepper("") }

// NewHasherWithPepper makes a Hasher that also knows what the server from which
// hashes were imported puts after every password. New hashes have no pepper.
func NewHasherWithPepper(pepper string) *Hasher {
	nobody := argon2idHash{parameters: current, salt: random(saltSize), key: random(keySize)}
	return &Hasher{
		pepper: pepper,
		turns:  make(chan struct{}, runtime.GOMAXPROCS(0)),
		nobody: domain.PasswordHash(nobody.String()),
		derive: argon2.IDKey,
	}
}

// Hash makes a hash of the password, with Argon2id (RFC 9106) and a new salt, in
// the PHC string format. It returns the error of ctx, or [domain.ErrUnavailable]
// if it was not its turn within 4 s.
func (h *Hasher) Hash(ctx context.Context, password string) (domain.PasswordHash, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	made := argon2idHash{parameters: current, salt: random(saltSize)}
	made.key = h.key(password, made, keySize)
	return domain.PasswordHash(made.String()), nil
}

// Verify says whether the hash is that of the password, and if so, whether it is
// outdated: made in a way that is no longer that of [Hasher.Hash]. Such are those
// of bcrypt ($2a$, $2b$, $2y$), which other servers made: of the password in its
// normal form (Unicode, NFKC), and the pepper after it. They know only the first 72
// bytes of that.
//
// The empty hash is nobody's. It is no password's, and to find that out costs as
// much as any hash of Hash. Passwords of no bytes, or more than 4096, are wrong
// at once.
//
// Verify returns the errors of Hash, or another if the hash is of no known form, or
// would cost absurdly much work.
func (h *Hasher) Verify(ctx context.Context, password string, hash domain.PasswordHash) (ok, outdated bool, err error) {
	if password == "" || len(password) > maxPassword {
		return false, false, nil
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	if hash == "" {
		_, _, err = h.compare(password, h.nobody)
		return false, false, err
	}
	ok, outdated, err = h.compare(password, hash)
	return ok, ok && outdated, err
}

func (h *Hasher) compare(password string, hash domain.PasswordHash) (ok, outdated bool, err error) {
	if !strings.HasPrefix(string(hash), argon2idPrefix) {
		ok, err = compareBcrypt(password, h.pepper, hash)
		return ok, true, err
	}
	stored, err := parseArgon2id(hash)
	if err != nil {
		return false, false, err
	}
	key := h.key(password, stored, len(stored.key))
	return subtle.ConstantTimeCompare(key, stored.key) == 1, stored.isOutdated(), nil
}

func (h *Hasher) key(password string, hash argon2idHash, size int) []byte {
	return h.derive([]byte(password), hash.salt, hash.passes, hash.memory, hash.threads, uint32(size))
}

// turn waits until a password may be hashed, and returns what ends that.
func (h *Hasher) turn(ctx context.Context) (done func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, fmt.Errorf("%w: too many passwords at once", domain.ErrUnavailable)
	}
}

func random(size int) []byte {
	bytes := make([]byte, size)
	rand.Read(bytes)
	return bytes
}
