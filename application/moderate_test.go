package application_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// Client-server API, "Server administration".
func TestWhoIsModerated(t *testing.T) {
	admin := domain.Bearer{User: domain.User{ID: "@admin:example.org", Admin: true}}
	for _, c := range []struct {
		id         string
		asked, set error
	}{
		{"@alice:example.org", nil, nil},
		{"@Old Name:example.org", nil, nil},
		{"@admin:example.org", nil, domain.ErrForbidden},
		{"@chief:example.org", domain.ErrForbidden, domain.ErrForbidden},
		{"@gone:example.org", domain.ErrNotFound, domain.ErrNotFound},
		{"@nobody:example.org", domain.ErrNotFound, domain.ErrNotFound},
		{"@alice:other.org", domain.ErrInvalidParam, domain.ErrInvalidParam},
		{"alice", domain.ErrInvalidParam, domain.ErrInvalidParam},
		{"", domain.ErrInvalidParam, domain.ErrInvalidParam},
	} {
		for _, measure := range []application.Measure{application.Lock, application.Suspension} {
			users := memstore.New().Repositories().Users
			for _, u := range []domain.User{
				admin.User, {ID: "@alice:example.org"}, {ID: "@Old Name:example.org"}, {ID: "@chief:example.org", Admin: true},
				{ID: "@gone:example.org", Deactivated: true, Admin: true},
			} {
				if err := users.Create(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			moderate := application.Moderate{Server: "example.org", Users: users}
			for _, taken := range []bool{true, false} {
				if err := moderate.Take(t.Context(), admin, measure, c.id, taken); !errors.Is(err, c.set) {
					t.Errorf("%s, %v: %v; want %v", c.id, taken, err, c.set)
				}
				got, err := moderate.Taken(t.Context(), admin, measure, c.id)
				if !errors.Is(err, c.asked) || got != (taken && c.set == nil) {
					t.Errorf("%s, asked: %v, %v; want %v", c.id, got, err, c.asked)
				}
			}
		}
	}
}

func TestAFaultOfTheStoreIsNoMissingUser(t *testing.T) {
	store := memstore.New()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	moderate := application.Moderate{Server: "example.org", Users: store.Repositories().Users}
	administer := application.Administer{Server: "example.org", Storage: store, Now: func() time.Time { return at }}
	const alice = domain.UserID("@alice:example.org")
	_, asked := moderate.Taken(ctx, domain.Bearer{}, application.Lock, string(alice))
	_, account := administer.Account(ctx, alice)
	_, changed := administer.Change(ctx, domain.Bearer{}, alice, application.AccountChange{})
	for what, err := range map[string]error{
		"asked": asked, "taken": moderate.Take(ctx, domain.Bearer{}, application.Lock, string(alice), true),
		"account": account, "change": changed, "logout": administer.Logout(ctx, alice), "available": administer.Available(ctx, "alice"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhoAdministers(t *testing.T) {
	for name, c := range map[string]struct {
		bearer domain.Bearer
		want   error
	}{
		"nobody":                 {domain.Bearer{}, domain.ErrForbidden},
		"a user":                 {domain.Bearer{User: domain.User{ID: "@alice:example.org"}}, domain.ErrForbidden},
		"an administrator":       {domain.Bearer{User: domain.User{ID: "@alice:example.org", Admin: true}, Device: "A"}, nil},
		"a suspended one":        {domain.Bearer{User: domain.User{ID: "@alice:example.org", Admin: true, Suspended: true}, Device: "A"}, domain.ErrUserSuspended},
		"who acts as one":        {domain.Bearer{User: domain.User{ID: "@alice:example.org", Admin: true}}, domain.ErrForbidden},
		"a suspended user":       {domain.Bearer{User: domain.User{ID: "@alice:example.org", Suspended: true}, Device: "A"}, domain.ErrForbidden},
		"an application service": {domain.Bearer{User: domain.User{ID: "@alice:example.org", Admin: true}, Device: "A", Appservice: "irc"}, domain.ErrForbidden},
	} {
		if err := (application.Administrators{}).Check(c.bearer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	of := application.Administrators{Program: domain.Token("the program's").Hash()}
	for token, want := range map[string]bool{"the program's": true, "the program'": false, "the program's ": false, "": false} {
		if of.IsProgram(token) != want {
			t.Errorf("%q", token)
		}
		if (application.Administrators{}).IsProgram(token) {
			t.Errorf("%q, and there is none", token)
		}
	}
}
