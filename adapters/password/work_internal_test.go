package password

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
)

// noLimits lets everything pass.
type noLimits struct{}

func (noLimits) Take(context.Context, domain.Bucket) error  { return nil }
func (noLimits) Check(context.Context, domain.Bucket) error { return nil }
func (noLimits) GiveBack(context.Context, domain.Bucket)    {}

// That there is no such user must not be told by how soon it is said.
func TestEveryAttemptIsTheSameWork(t *testing.T) {
	h, count := counted()
	r := memstore.New().Repositories()
	v := Verifier{
		Server: "example.org", Users: r.Users, Passwords: r.Passwords, ThirdPartyIDs: r.ThirdPartyIDs,
		Limits: noLimits{}, Hasher: h, Canonical: addresses.Canonical, Phone: addresses.Phone,
	}
	for _, name := range []domain.UserID{"@alice:example.org", "@dave:example.org"} {
		if err := r.Users.Create(t.Context(), domain.User{ID: name}); err != nil {
			t.Fatal(err)
		}
	}
	hash, err := h.Hash(t.Context(), "correct horse")
	if err := errors.Join(err, r.Passwords.Put(t.Context(), "@alice:example.org", hash)); err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string]map[string]any{
		"right password":          {"user": "alice", "password": "correct horse"},
		"wrong password":          {"user": "alice", "password": "wrong horse"},
		"no password":             {"user": "dave", "password": "wrong horse"},
		"unknown user":            {"user": "mallory", "password": "wrong horse"},
		"user of another server":  {"user": "@alice:other.example", "password": "wrong horse"},
		"a name that nobody has":  {"user": "\x00", "password": "wrong horse"},
		"unknown address":         {"medium": "email", "address": "m@example.org", "password": "wrong horse"},
		"unknown address, phone":  {"medium": "msisdn", "address": "447700900123", "password": "wrong horse"},
		"upper case of a user":    {"user": "ALICE", "password": "wrong horse"},
		"upper case of no user's": {"user": "MALLORY", "password": "wrong horse"},
	} {
		count.Store(0)
		_, err := v.Verify(t.Context(), domain.Credential{Extra: fields})
		if got := count.Load(); got != 1 || err != nil && !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s: %d computations, %v", name, got, err)
		}
	}
}

// A login does not fail because its hash could not be brought up to date.
func TestAnOutdatedHashStaysIfThereIsNoTimeForANewOne(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := NewHasher()
	old := argon2idHash{parameters: parameters{memory: 64, passes: 1, threads: 1}, salt: random(saltSize)}
	old.key = h.key("correct horse", old, keySize)
	stored := domain.PasswordHash(old.String())
	derive := h.derive
	h.derive = func(password, salt []byte, passes, memory uint32, threads uint8, size uint32) []byte {
		cancel() // now it is being verified
		return derive(password, salt, passes, memory, threads, size)
	}
	r := memstore.New().Repositories()
	if err := errors.Join(r.Users.Create(t.Context(), domain.User{ID: "@alice:example.org"}),
		r.Passwords.Put(t.Context(), "@alice:example.org", stored)); err != nil {
		t.Fatal(err)
	}
	proof, err := Verifier{Passwords: r.Passwords, Hasher: h}.prove(ctx, "@alice:example.org", "correct horse")
	if want := (domain.Proof{Password: stored, NewPassword: stored}); err != nil || proof != want {
		t.Errorf("got %+v, %v", proof, err)
	}
}
