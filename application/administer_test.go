package application_test

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func newAdminister() application.Administer {
	return application.Administer{
		Server: "example.org", Storage: memstore.New(), Hasher: password.NewHasher(), Now: func() time.Time { return at },
	}
}

func TestCreateChangeAndPutDifferByWhoIsThere(t *testing.T) {
	a := newAdminister()
	const alice = domain.UserID("@alice:example.org")
	name := func(s string) application.AccountChange { return application.AccountChange{DisplayName: &s} }
	if _, err := a.Change(t.Context(), domain.Bearer{}, alice, name("change")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("change of nobody: %v", err)
	}
	if _, err := a.Account(t.Context(), alice); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if got, err := a.Create(t.Context(), domain.Bearer{}, alice, name("create")); err != nil || got.DisplayName != "create" || !got.CreatedAt.Equal(at) {
		t.Errorf("create: %+v, %v", got, err)
	}
	if _, err := a.Create(t.Context(), domain.Bearer{}, alice, name("again")); !errors.Is(err, domain.ErrExists) {
		t.Errorf("create again: %v", err)
	}
	if got, created, err := a.Put(t.Context(), domain.Bearer{}, alice, name("put")); err != nil || created || got.DisplayName != "put" {
		t.Errorf("put: %+v, %v, %v", got, created, err)
	}
	if got, created, err := a.Put(t.Context(), domain.Bearer{}, "@bob:example.org", name("put")); err != nil || !created || got.DisplayName != "put" {
		t.Errorf("put of nobody: %+v, %v, %v", got, created, err)
	}
	if got, err := a.Change(t.Context(), domain.Bearer{}, alice, application.AccountChange{}); err != nil || got.DisplayName != "put" {
		t.Errorf("change of nothing: %+v, %v", got, err)
	}
}

// late is a storage in which somebody else creates alice after a transaction has
// looked for her.
type late struct{ ports.Storage }

type lateUsers struct{ ports.UserRepository }

func (l late) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	return l.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		r.Users = lateUsers{r.Users}
		return do(r)
	})
}

func (l lateUsers) Create(ctx context.Context, user domain.User) error {
	if err := l.UserRepository.Create(ctx, domain.User{ID: user.ID, Admin: true}); err != nil {
		return err
	}
	return domain.ErrExists
}

func TestAUserWhoIsCreatedMeanwhileIsChanged(t *testing.T) {
	a := newAdminister()
	a.Storage = late{a.Storage}
	name := "Alice"
	got, created, err := a.Put(t.Context(), domain.Bearer{}, "@alice:example.org", application.AccountChange{DisplayName: &name})
	if err != nil || created || got.DisplayName != "Alice" || !got.Admin {
		t.Errorf("got %+v, %v, %v", got, created, err)
	}
	if _, err := a.Create(t.Context(), domain.Bearer{}, "@bob:example.org", application.AccountChange{DisplayName: &name}); !errors.Is(err, domain.ErrExists) {
		t.Errorf("create: %v", err)
	}
}

func TestRandomRegistrationTokensAreValidAndDiffer(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-Za-z_-]{16}$`)
	seen := map[string]bool{}
	for range 1000 {
		token := application.NewRegistrationToken(16)
		if seen[token] || !form.MatchString(token) || domain.CheckRegistrationToken(token) != nil {
			t.Fatalf("got %q", token)
		}
		seen[token] = true
	}
}
