package password_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.PasswordHasher = (*password.Hasher)(nil)

// hashes are made by others. The first is a test vector of Argon2's reference
// implementation, those of bcrypt are of crypt_blowfish.
var hashes = []struct {
	name, password string
	hash           domain.PasswordHash
}{
	{"argon2id, 64 MiB", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
	{"bcrypt 2a", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	{"bcrypt 2b", "U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	{"bcrypt 2y", "U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	{"bcrypt, beyond 72 bytes", seventyTwo + "chars after 72 are ignored", "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"},
}

const seventyTwo = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func TestHashesThatOthersMadeAreVerifiedAndOutdated(t *testing.T) {
	h := password.NewHasher()
	for _, c := range hashes {
		t.Run(c.name, func(t *testing.T) {
			if ok, outdated, err := h.Verify(t.Context(), c.password, c.hash); !ok || !outdated || err != nil {
				t.Errorf("the password: %v, %v, %v", ok, outdated, err)
			}
			if ok, outdated, err := h.Verify(t.Context(), "x"+c.password, c.hash); ok || outdated || err != nil {
				t.Errorf("another: %v, %v, %v", ok, outdated, err)
			}
		})
	}
}

// Other servers hashed no more than 72 bytes with bcrypt, so nothing is known of
// the rest.
func TestBcryptKnows72Bytes(t *testing.T) {
	const hash = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
	for password, want := range map[string]bool{
		seventyTwo: true, seventyTwo + "x": true, seventyTwo[:71]: false, seventyTwo[:71] + "x": false,
	} {
		verifies(t, password, hash, want)
	}
}

// To bcrypt "U*U" and "U*U\x00U*U" are one.
func TestBcryptTakesNoPasswordThatHoldsNUL(t *testing.T) {
	verifies(t, "U*U\x00U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false)
}

func TestANewHashIsOfItsPasswordAlone(t *testing.T) {
	h := password.NewHasher()
	for _, secret := range []string{"correct horse", "пароль-1", "caf\u00e9 au lait", seventyTwo + "!", "\x00\x00", "\xff\xfe"} {
		hash, err := h.Hash(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		phc := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)
		if !phc.MatchString(string(hash)) || strings.Contains(string(hash), secret) {
			t.Errorf("the hash of %q is %s", secret, hash)
		}
		if ok, outdated, err := h.Verify(t.Context(), secret, hash); !ok || outdated || err != nil {
			t.Errorf("%q: %v, %v, %v", secret, ok, outdated, err)
		}
		for _, other := range []string{secret + " ", secret + "\x00", secret[:len(secret)-1], strings.ToUpper(secret) + "1"} {
			verifies(t, other, hash, false)
		}
	}
}

// To Unicode these are one; to us they are the bytes that were sent.
func TestPasswordsAreNotNormalised(t *testing.T) {
	h := password.NewHasher()
	hash, err := h.Hash(t.Context(), "caf\u00e9 au lait")
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, "cafe\u0301 au lait", hash, false)
}

func TestEveryHashHasASaltOfItsOwn(t *testing.T) {
	h := password.NewHasher()
	first, err1 := h.Hash(t.Context(), "correct horse")
	second, err2 := h.Hash(t.Context(), "correct horse")
	if err1 != nil || err2 != nil || first == second {
		t.Errorf("got %s, %v and %s, %v", first, err1, second, err2)
	}
}

func TestTheEmptyHashIsNobodys(t *testing.T) {
	verifies(t, "correct horse", "", false)
	verifies(t, "", "", false)
}

func TestPasswordsOfAbsurdLengthAreWrong(t *testing.T) {
	h := password.NewHasher()
	for size, want := range map[int]bool{0: false, 1: true, 4096: true, 4097: false, 500_000: false} {
		secret := strings.Repeat("x", size)
		hash, err := h.Hash(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		verifies(t, secret, hash, want)
	}
}

// Whoever can write a hash into the database cannot stop the server with it.
func TestStoredHashesThatAreNoneOrCostTooMuchAreErrors(t *testing.T) {
	const salt, key = "$c29tZXNhbHRzb21lc2FsdA", "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := password.NewHasher()
	for _, hash := range []domain.PasswordHash{
		"x", "$", "!", "correct horse", "$argon2id$", "$1$salt$0123456789012345678901", "$scrypt$ln=16,r=8,p=1" + salt + key,
		"$argon2i$v=19$m=19456,t=2,p=1" + salt + key, "$argon2id$v=16$m=19456,t=2,p=1" + salt + key,
		"$argon2id$v=19$m=19456,t=2,p=1" + salt, "$argon2id$v=19$m=19456,t=2,p=1" + salt + key + "$",
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + key + "=", "$argon2id$v=19$m=19456,t=2,p=1" + salt + key + "\n",
		"$argon2id$v=19$t=2,m=19456,p=1" + salt + key, "$argon2id$v=19$m=+19456,t=2,p=1" + salt + key,
		"$argon2id$v=19$m=19456,t=2,p=1,x=1" + salt + key, "$argon2id$v=19$m=019456,t=2,p=1" + salt + key,
		"$argon2id$v=19$m=131073,t=2,p=1" + salt + key, "$argon2id$v=19$m=4294967295,t=1,p=1" + salt + key,
		"$argon2id$v=19$m=4294967296,t=1,p=1" + salt + key, "$argon2id$v=19$m=7,t=1,p=1" + salt + key,
		"$argon2id$v=19$m=19456,t=17,p=1" + salt + key, "$argon2id$v=19$m=19456,t=0,p=1" + salt + key,
		"$argon2id$v=19$m=19456,t=2,p=0" + salt + key, "$argon2id$v=19$m=19456,t=2,p=17" + salt + key,
		"$argon2id$v=19$m=19456,t=2,p=256" + salt + key, "$argon2id$v=19$m=19456,t=2,p=-1" + salt + key,
		"$argon2id$v=19$m=19456,t=2,p=1$" + key, "$argon2id$v=19$m=19456,t=2,p=1$c29tZQ" + key,
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + "$", "$argon2id$v=19$m=19456,t=2,p=1" + salt + "$c29tZXNhbHQ",
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + "$" + domain.PasswordHash(strings.Repeat("AAAA", 22)),
		"$2a$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWx", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
		"$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	} {
		ok, outdated, err := h.Verify(t.Context(), "U*U", hash)
		if ok || outdated || err == nil {
			t.Errorf("%s: %v, %v, %v", hash, ok, outdated, err)
		} else if strings.Contains(err.Error(), string(hash)) && len(hash) > 1 || errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s: %v", hash, err)
		}
	}
}

func TestACancelledContextHashesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := password.NewHasher()
	if hash, err := h.Hash(ctx, "correct horse"); hash != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Hash: %q, %v", hash, err)
	}
	if ok, _, err := h.Verify(ctx, "correct horse", ""); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Verify: %v, %v", ok, err)
	}
}

func TestNewPasswordsAreNeitherShortNorEndless(t *testing.T) {
	for secret, want := range map[string]error{
		"": domain.ErrWeakPassword, "1234567": domain.ErrWeakPassword, "ééééééé": domain.ErrWeakPassword,
		"12345678": nil, "éééééééé": nil, "пароль с пробелами": nil,
		strings.Repeat("x", 512): nil, strings.Repeat("é", 256): nil,
		strings.Repeat("x", 513): domain.ErrWeakPassword, strings.Repeat("é", 257): domain.ErrWeakPassword,
	} {
		if err := password.NewHasher().CheckNew(secret); !errors.Is(err, want) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// verifies fails the test unless Verify says so.
func verifies(t *testing.T, secret string, hash domain.PasswordHash, want bool) {
	t.Helper()
	if ok, _, err := password.NewHasher().Verify(t.Context(), secret, hash); ok != want || err != nil {
		t.Errorf("%q against %s: %v, %v", secret, hash, ok, err)
	}
}

// The hashes are those of the normal form of a password, with a pepper after it.
func TestImportedHashesAreOfTheNormalFormWithThePepper(t *testing.T) {
	const composed, decomposed, ligature = "B\u00e4rlauch fi", "Ba\u0308rlauch fi", "B\u00e4rlauch \ufb01"
	made, err := bcrypt.GenerateFromPassword([]byte(composed+"Salz & Pfeffer"), bcrypt.MinCost)
	do(t, err)
	peppered := password.NewHasherWithPepper("Salz & Pfeffer")
	for _, c := range []struct {
		hasher   *password.Hasher
		password string
		want     bool
	}{
		{peppered, composed, true}, {peppered, decomposed, true}, {peppered, ligature, true},
		{peppered, "Barlauch fi", false}, {peppered, composed + "Salz & Pfeffer", false},
		{password.NewHasher(), composed, false}, {password.NewHasherWithPepper("Salz"), composed, false},
	} {
		if ok, outdated, err := c.hasher.Verify(t.Context(), c.password, domain.PasswordHash(made)); ok != c.want || outdated != c.want || err != nil {
			t.Errorf("%q: got %v, %v, %v", c.password, ok, outdated, err)
		}
	}
}

func TestHashesOfOursHaveNoPepperAndNoNormalForm(t *testing.T) {
	hash, err := password.NewHasherWithPepper("Salz").Hash(t.Context(), "Ba\u0308rlauch")
	do(t, err)
	for secret, want := range map[string]bool{"Ba\u0308rlauch": true, "B\u00e4rlauch": false, "Ba\u0308rlauchSalz": false} {
		verifies(t, secret, hash, want)
	}
}

func TestKnowsSaysWhichHashesCanBeVerified(t *testing.T) {
	for _, c := range hashes {
		if !password.Knows(c.hash) {
			t.Errorf("%s is not known", c.name)
		}
	}
	for _, hash := range []domain.PasswordHash{
		"", "x", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2b$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ", "$6$rounds=5000$salt$hash",
	} {
		if password.Knows(hash) {
			t.Errorf("%q is known", hash)
		}
	}
}
