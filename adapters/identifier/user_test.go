package identifier_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
)

// Matrix specification, appendices, "User identifiers" and "Historical User
// IDs".
func TestTheUserThatANameMeans(t *testing.T) {
	users := memstore.New().Repositories().Users
	for _, id := range []domain.UserID{"@alice:example.org", "@bob:example.org", "@Bob:example.org", "@Carol:example.org", "@strauß:example.org", "@alice:other.example"} {
		if err := users.Create(t.Context(), domain.User{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		want   domain.UserID
		exists bool
	}{
		{"alice", "@alice:example.org", true},
		{"ALICE", "@alice:example.org", true},
		{"@alice:example.org", "@alice:example.org", true},
		{"@Alice:example.org", "@alice:example.org", true},
		{"bob", "@bob:example.org", true},
		{"Bob", "@Bob:example.org", true},
		{"BOB", "@bob:example.org", true},
		{"@Bob:example.org", "@Bob:example.org", true},
		{"Carol", "@Carol:example.org", true},
		{"strauß", "@strauß:example.org", true},

		{"carol", "@carol:example.org", false},
		{"CAROL", "@carol:example.org", false},
		{"STRAUSS", "@strauss:example.org", false},
		{"Mallory", "@mallory:example.org", false},
		{"@Mallory:example.org", "@mallory:example.org", false},
		{"@alice:other.example", "@alice:other.example", false},
		{"@alice:Example.org", "@alice:Example.org", false},
		{"@alice:example.org:8448", "@alice:example.org:8448", false},
		{"@alice", "@@alice:example.org", false},
		{"alice:example.org", "@alice:example.org:example.org", false},
		{"", "@:example.org", false},
		{"@:example.org", "@:example.org", false},
		{"\x00", "@\x00:example.org", false},
		{"\xff", "@\ufffd:example.org", false},
		{strings.Repeat("a", 300), domain.UserID("@" + strings.Repeat("a", 300) + ":example.org"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, exists, err := identifier.FindUser(t.Context(), users, c.name, "example.org")
			if got != c.want || exists != c.exists || err != nil {
				t.Errorf("got %s, %v, %v; want %s, %v", got, exists, err, c.want, c.exists)
			}
		})
	}
}

func TestTheErrorsOfTheRepositoryAreReturned(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, exists, err := identifier.FindUser(ctx, memstore.New().Repositories().Users, "Alice", "example.org")
	if exists || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", exists, err)
	}
}
