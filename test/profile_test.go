package test

import (
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// profiled maps all that can be.
func profiled(policy string) string {
	return fmt.Sprintf(`
server_name: example.org
jwt:
  providers:
    - name: corp
      secret: %q
      display_name_claim: name
      display_name_policy: %[2]s
      email_claim: email
      email_policy: %[2]s
      avatar_claim: avatar
      avatar_policy: %[2]s
      admin_claim: roles.admin
      admin_policy: %[2]s
`, secret, policy)
}

func about(sub, name, email, avatar string, admin any) string {
	return jwt(claims{"sub": sub, "name": name, "email": email, "avatar": avatar, "roles": claims{"admin": admin}})
}

// wantProfile wants a user to be as said.
func (d *door) wantProfile(t *testing.T, what string, id domain.UserID, want domain.Profile) {
	t.Helper()
	u := d.user(t, id)
	got := domain.Profile{DisplayName: u.DisplayName, AvatarURL: u.AvatarURL, Admin: u.Admin}
	ids, err := d.Storage.Repositories().ThirdPartyIDs.List(t.Context(), id)
	for _, one := range ids {
		got.Email += one.Address
	}
	if err != nil || got != want {
		t.Errorf("%s: %+v, %v; want %+v", what, got, err, want)
	}
}

var (
	first  = domain.Profile{DisplayName: "Alice", Email: "alice@example.org", AvatarURL: "mxc://example.org/a", Admin: true}
	second = domain.Profile{DisplayName: "Alice B.", Email: "alice.b@example.org", AvatarURL: "mxc://example.org/b"}
)

func TestClaimsMakeTheProfileOfANewUser(t *testing.T) {
	onEveryVariant(t, profiled("first"), func(t *testing.T, d *door) {
		const alice = "@alice:example.org"
		d.mustLogin(t, about("alice", "Alice", "Alice@EXAMPLE.org", "mxc://example.org/a", true))
		d.wantProfile(t, "new", alice, first)
		d.mustLogin(t, about("alice", "Alice B.", "alice.b@example.org", "mxc://example.org/b", false))
		d.wantProfile(t, "afterwards", alice, first)
		d.mustLogin(t, about("bob", "", "alice@example.org", "", "true"))
		d.wantProfile(t, "an address of another's, and no true", "@bob:example.org", domain.Profile{})
		for claim, token := range map[string]string{
			"avatar": about("carol", "C", "c@example.org", "https://example.org/c.png", false),
			"email":  about("carol", "C", "carol", "mxc://example.org/c", false),
		} {
			forbidden(claim, token, failed+"invalid_claim: Invalid claim '"+claim+"'").check(t, d.login(t, token))
		}
		d.wantNoUser(t, "@carol:example.org")
	})
}

func TestClaimsMakeTheProfileAtEachLoginIfTheyAlwaysDo(t *testing.T) {
	onEveryVariant(t, profiled("always"), func(t *testing.T, d *door) {
		const alice = "@alice:example.org"
		d.mustLogin(t, about("alice", "Alice", "Alice@EXAMPLE.org", "mxc://example.org/a", true))
		d.wantProfile(t, "new", alice, first)
		d.mustLogin(t, about("alice", "Alice B.", "alice.b@example.org", "mxc://example.org/b", nil))
		d.wantProfile(t, "changed", alice, second)
		d.mustLogin(t, jwt(claims{"sub": "alice"}))
		d.wantProfile(t, "a token that says nothing", alice, second)
		d.mustLogin(t, about("bob", "Bob", "bob@example.org", "", false))
		d.mustLogin(t, about("alice", "Alice B.", "bob@example.org", "mxc://example.org/b", false))
		d.wantProfile(t, "another's address", alice, second)
		d.wantProfile(t, "and the other", "@bob:example.org", domain.Profile{DisplayName: "Bob", Email: "bob@example.org"})
		d.mustLogin(t, about("bob", "Bob", "robert@example.org", "", false))
		d.mustLogin(t, about("alice", "Alice B.", "bob@example.org", "mxc://example.org/b", true))
		d.wantProfile(t, "once it is free", alice, domain.Profile{DisplayName: "Alice B.", Email: "bob@example.org", AvatarURL: "mxc://example.org/b", Admin: true})
		d.change(t, alice, func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "locked", d.login(t, about("alice", "Mallory", "m@example.org", "mxc://example.org/m", false)), 401, "M_USER_LOCKED")
		d.wantProfile(t, "refused", alice, domain.Profile{DisplayName: "Alice B.", Email: "bob@example.org", AvatarURL: "mxc://example.org/b", Admin: true})
	})
}
