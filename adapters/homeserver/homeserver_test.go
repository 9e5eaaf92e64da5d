package homeserver_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/adapters/homeserver"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

const (
	secret = "the-shared-secret-of-both"
	alice  = domain.UserID("@alice:example.org")
)

var _ ports.Homeserver = (*homeserver.Client)(nil)

var kinds = map[string]fake.Kind{"Synapse": fake.Synapse, "Palpo": fake.Palpo}

// onEveryKind runs a scenario on a homeserver of each kind.
func onEveryKind(t *testing.T, scenario func(t *testing.T, c *homeserver.Client, f *fake.Fake)) {
	t.Helper()
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			c, f := connected(t, kind)
			scenario(t, c, f)
		})
	}
}

func connected(t *testing.T, kind fake.Kind) (*homeserver.Client, *fake.Fake) {
	t.Helper()
	f := fake.New(fake.Options{Kind: kind, Secret: secret})
	t.Cleanup(f.Close)
	return clientOf(t, f.URL), f
}

func clientOf(t *testing.T, url string) *homeserver.Client {
	t.Helper()
	c, err := homeserver.New(homeserver.Options{URL: url, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || (err == nil) != (want == nil) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("%s: the error holds the secret: %v", what, err)
	}
}

func wantUser(t *testing.T, what string, f *fake.Fake, want fake.User) {
	t.Helper()
	got, ok := f.User("alice")
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(fake.User{})); !ok || diff != "" {
		t.Errorf("%s: alice is there: %v (-want +got)\n%s", what, ok, diff)
	}
}

// names returns what was called, in order.
func names(f *fake.Fake) (names []string) {
	for _, call := range f.Calls() {
		names = append(names, call.Name)
	}
	return names
}

func to[T any](value T) *T { return &value }

func TestAUserIsProvisioned(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		long := strings.Repeat("ü", domain.MaxHomeserverName+1)
		for _, step := range []struct {
			what string
			p    domain.Provision
			want fake.User
		}{
			{"without a name", domain.Provision{DisplayName: to("")}, fake.User{}},
			{"with all", domain.Provision{DisplayName: to("Alice"), AvatarURL: to("mxc://example.org/a"), Locked: to(true)},
				fake.User{DisplayName: "Alice", AvatarURL: "mxc://example.org/a", Locked: true}},
			{"with nothing to change", domain.Provision{}, fake.User{DisplayName: "Alice", AvatarURL: "mxc://example.org/a", Locked: true}},
			{"unlocked, her avatar taken away", domain.Provision{AvatarURL: to(""), Locked: to(false)}, fake.User{DisplayName: "Alice"}},
			{"with a long name", domain.Provision{DisplayName: &long}, fake.User{DisplayName: strings.Repeat("ü", domain.MaxHomeserverName)}},
			{"without a name again", domain.Provision{DisplayName: to("")}, fake.User{}},
		} {
			step.p.User = alice
			for _, again := range []string{"", ", again"} {
				wantError(t, step.what+again, c.Provision(t.Context(), step.p), nil)
				wantUser(t, step.what+again, f, step.want)
			}
		}
	})
}

func TestANewUserWithALongNameCanBeRenamedLater(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	p := domain.Provision{User: alice, DisplayName: to(strings.Repeat("x", 300))}
	wantError(t, "new", c.Provision(t.Context(), p), nil)
	wantUser(t, "new", f, fake.User{DisplayName: strings.Repeat("x", domain.MaxHomeserverName)})
}

func TestNamesThatTheHomeserverDoesNotHave(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	for _, localpart := range []string{"Alice", "_alice", "123", "", "ä", strings.Repeat("x", 244)} {
		user := domain.UserID("@" + localpart + ":example.org")
		wantError(t, localpart, c.Provision(t.Context(), domain.Provision{User: user}), domain.ErrInvalidUsername)
	}
	if users := f.Users(); len(users) > 0 {
		t.Errorf("these are there: %v", users)
	}
}

func TestAllWhoProvisionAUserAtOnceSucceed(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	const all = 10
	f.Together(all)
	var wg sync.WaitGroup
	for range all {
		wg.Go(func() {
			wantError(t, "one of ten", c.Provision(t.Context(), domain.Provision{User: alice, Locked: to(true)}), nil)
		})
	}
	wg.Wait()
	wantUser(t, "in the end", f, fake.User{DisplayName: "alice", Locked: true})
	if got := len(f.Calls()); got != all+2*(all-1) {
		t.Errorf("%d calls: the fake refused %d of them, not 9", got, (got-all)/2)
	}
}

func TestAUserOfTheSameNameInAnotherCaseIsNotTheUser(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Put("Alice", fake.User{})
	wantError(t, "alice beside Alice", c.Provision(t.Context(), domain.Provision{User: alice}), domain.ErrHomeserverRefused)
}

func TestAProvisionThatIsRefusedForGood(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		for _, who := range []string{"a new user", "a user"} {
			f.Fail("provision_user", 1, fake.Answer(403, `{"errcode":"M_FORBIDDEN","error":"This avatar is not allowed"}`))
			err := c.Provision(t.Context(), domain.Provision{User: alice, AvatarURL: to("mxc://example.org/huge")})
			wantError(t, who, err, domain.ErrHomeserverRefused)
			if !strings.Contains(err.Error(), "M_FORBIDDEN This avatar is not allowed") {
				t.Errorf("%s: the reason is lost: %v", who, err)
			}
			f.Put("alice", fake.User{})
		}
	})
}

func TestAnErasedUserCannotBeNamed(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Put("alice", fake.User{})
	tell(t, c, domain.Notice{Kind: domain.UserErased})
	name := domain.Notice{User: alice, Kind: domain.UserRenamed, Text: "Alice"}
	wantError(t, "erased", c.Tell(t.Context(), name), domain.ErrHomeserverRefused)
	wantError(t, "erased, locked", c.Tell(t.Context(), domain.Notice{User: alice, Kind: domain.UserLocked}), nil)
	f.Fail("provision_user", 1, fake.Status(500))
	wantError(t, "erased, locked, trouble", c.Tell(t.Context(), domain.Notice{User: alice, Kind: domain.UserLocked}), domain.ErrHomeserverAway)
	tell(t, c, domain.Notice{Kind: domain.UserReactivated})
	wantError(t, "reactivated", c.Tell(t.Context(), name), nil)
	f.Fail("provision_user", 1, fake.Status(500))
	wantError(t, "trouble", c.Tell(t.Context(), name), domain.ErrHomeserverAway)
}

func TestWhatTheHomeserverKnowsOfAUser(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		_, err := c.User(t.Context(), alice)
		wantError(t, "unknown", err, domain.ErrNotFound)
		for _, there := range []fake.User{{}, {DisplayName: "A", AvatarURL: "mxc://a/b", Suspended: true}, {Deactivated: true}} {
			f.Put("alice", there)
			got, err := c.User(t.Context(), alice)
			wantError(t, "known", err, nil)
			want := domain.HomeserverUser{
				DisplayName: there.DisplayName, AvatarURL: there.AvatarURL, Suspended: there.Suspended, Deactivated: there.Deactivated,
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

func TestAHomeserverOfAnotherNameIsNotOurs(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Put("alice", fake.User{})
	_, err := c.User(t.Context(), "@alice:example.com")
	wantError(t, "example.com at example.org", err, domain.ErrHomeserverAway)
	if !strings.Contains(err.Error(), "server_name") {
		t.Errorf("it does not say what to look at: %v", err)
	}
}

func tell(t *testing.T, c *homeserver.Client, n domain.Notice) {
	t.Helper()
	n.User = alice
	for _, what := range []string{"", ", again"} {
		wantError(t, string(n.Kind)+what, c.Tell(t.Context(), n), nil)
	}
}

func TestContextsThatEnd(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Put("alice", fake.User{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.Tell(ctx, domain.Notice{User: alice, Kind: domain.UserLocked})
	wantError(t, "cancelled", err, domain.ErrHomeserverAway)
	wantError(t, "cancelled", err, context.Canceled)
	if calls := names(f); len(calls) > 0 {
		t.Errorf("it was called: %v", calls)
	}
}
