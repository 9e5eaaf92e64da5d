package password_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const secret = "correct horse"

// hashed is the hash of secret.
var hashed = sync.OnceValue(func() domain.PasswordHash {
	hash, err := password.NewHasher().Hash(context.Background(), secret)
	if err != nil {
		panic(err)
	}
	return hash
})

// A ledger is a limiter whose buckets hold three and never fill up again.
type ledger map[domain.Bucket]int

func (l ledger) Take(ctx context.Context, b domain.Bucket) error {
	err := l.Check(ctx, b)
	if err == nil {
		l[b]++
	}
	return err
}

func (l ledger) Check(_ context.Context, b domain.Bucket) error {
	if l[b] == 3 {
		return &domain.Limited{RetryAfter: time.Minute}
	}
	return nil
}

func (l ledger) GiveBack(_ context.Context, b domain.Bucket) { l[b]-- }

// spent returns how much was taken out of which account's bucket.
func (l ledger) spent(t *testing.T) map[string]int {
	t.Helper()
	spent := map[string]int{}
	for b, n := range l {
		key, ok := strings.CutPrefix(b.Key, "account:")
		if !ok || b.Limit != domain.LimitFailed {
			t.Errorf("took from %+v", b)
		}
		if n > 0 {
			spent[key] = n
		}
	}
	return spent
}

// door is a verifier over a store with these users of example.org: alice, with
// two addresses; Bob and bob, of whom the first is from the days when that was
// allowed; Carol, of the same days; dave, who has no password.
type door struct {
	password.Verifier
	ports.Repositories
	limits ledger
}

func newDoor(t *testing.T) door {
	t.Helper()
	r, limits := memstore.New().Repositories(), ledger{}
	for _, name := range []string{"alice", "bob", "Bob", "Carol", "dave"} {
		id := domain.UserID("@" + name + ":example.org")
		do(t, r.Users.Create(t.Context(), domain.User{ID: id}))
		if name != "dave" {
			do(t, r.Passwords.Put(t.Context(), id, hashed()))
		}
	}
	do(t, r.ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{User: "@alice:example.org", Medium: domain.Email, Address: "strauss@example.com"}))
	do(t, r.ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{User: "@alice:example.org", Medium: domain.Phone, Address: "447700900123"}))
	return door{Repositories: r, limits: limits, Verifier: password.Verifier{
		Server: "example.org", Users: r.Users, Passwords: r.Passwords, ThirdPartyIDs: r.ThirdPartyIDs,
		Limits: limits, Hasher: password.NewHasher(), Canonical: addresses.Canonical, Phone: addresses.Phone,
	}}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

// login verifies the password with other fields of the body.
func (d door) login(t *testing.T, who object, password any) (domain.Claims, error) {
	t.Helper()
	fields := object{"password": password}
	maps.Copy(fields, who)
	return d.Verify(t.Context(), domain.Credential{Type: "m.login.password", Extra: fields})
}

// user is the identifier of a user by its name.
func user(name string) object {
	return object{"identifier": object{"type": "m.id.user", "user": name}}
}

func email(address string) object {
	return object{"identifier": object{"type": "m.id.thirdparty", "medium": "email", "address": address}}
}

func phone(country, number string) object {
	return object{"identifier": object{"type": "m.id.phone", "country": country, "phone": number}}
}

// wrong fails the test unless err is the one answer to all that can be wrong.
func wrong(t *testing.T, err error) {
	t.Helper()
	var refusal *domain.Refusal
	want := domain.Refusal{Kind: domain.ErrForbidden, Reason: "invalid_password", Text: "Invalid username or password"}
	if !errors.As(err, &refusal) || *refusal != want {
		t.Errorf("got %#v", err)
	}
}
