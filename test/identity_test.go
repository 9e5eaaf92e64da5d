package test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const otherIdentity = "Account belongs to another identity"

// renaming has a provider whose users go by a name that changes.
const renaming = `
server_name: example.org
jwt:
  providers:
    - {name: corp, secret: "` + secret + `", subject_claim: name}
`

func named(sub, name string) string { return jwt(claims{"sub": sub, "name": name}) }

// wantNoUser wants the user not to be there.
func (d *door) wantNoUser(t *testing.T, id domain.UserID) {
	t.Helper()
	if _, err := d.Storage.Repositories().Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("%s: %v", id, err)
	}
}

// wantLogin wants a login to be the user's.
func (d *door) wantLogin(t *testing.T, token string, want domain.UserID) {
	t.Helper()
	if a := d.login(t, token); a.status != 200 || a.text("user_id") != string(want) {
		t.Errorf("got %s; want %s", a, want)
	}
}

func TestWhoeverChangesItsNameKeepsItsAccount(t *testing.T) {
	onEveryVariant(t, renaming, func(t *testing.T, d *door) {
		d.wantLogin(t, named("1", "alice"), "@alice:example.org")
		d.wantLogin(t, named("1", "alice.married"), "@alice:example.org")
		d.wantLogin(t, named("2", "bob"), "@bob:example.org")
		d.wantLogin(t, named("1", "bob"), "@alice:example.org")
		d.wantNoUser(t, "@alice.married:example.org")
		// Somebody new gets the name, but not the account.
		forbidden("the name of another", named("3", "alice"), otherIdentity).check(t, d.login(t, named("3", "alice"), `"device_id":"HERS"`))
		if _, err := d.Storage.Repositories().Devices.ByID(t.Context(), "@alice:example.org", "HERS"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("the device of the refused login: %v", err)
		}
		d.wantLogin(t, named("3", "alice2"), "@alice2:example.org")
		d.wantLogin(t, named("1", "alice"), "@alice:example.org")
	})
}

func TestTheSameSubjectOfAnotherIssuerIsSomebodyElse(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		d.wantLogin(t, corp("alice"), "@alice:example.org")
		d.wantLogin(t, corp("Alice"), "@alice:example.org") // the same in another spelling
		partner := jwt(claims{"sub": "alice", "iss": "partner"})
		forbidden("of the partner", partner, otherIdentity).check(t, d.login(t, partner))
		d.wantLogin(t, jwt(claims{"sub": "bob", "iss": "partner"}), "@bob:example.org")
		forbidden("the other way round", corp("bob"), otherIdentity).check(t, d.login(t, corp("bob")))
	})
}

// An account with a password, or one that was imported, is nobody's by a link.
func TestAnExistingAccountIsLinkedOnlyWhereThatIsWanted(t *testing.T) {
	with := func(link string, more string) string {
		return strings.Replace(plain, `"}`, `"`+link+`}`, 1) + more
	}
	for name, c := range map[string]struct {
		settings string
		linked   bool
	}{
		"one provider":              {plain, true},
		"one that must not":         {with(", link_existing: false", ""), false},
		"registration is open":      {with("", "registration: {enabled: true}\n"), false},
		"open, and wanted all same": {with(", link_existing: true", "registration: {enabled: true}\n"), true},
		"one of two":                {with(", issuers: [corp]}\n    - {name: b, secret: \""+secret+"\"", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			onEveryVariant(t, c.settings, func(t *testing.T, d *door) {
				d.mustHaveAlice(t)
				token := jwt(claims{"sub": "alice"})
				if !c.linked {
					forbidden("alice", token, otherIdentity).check(t, d.login(t, token))
					d.wantDevices(t, "@alice:example.org")
					wantAnswer(t, "with her password", d.passwordLogin(t, "alice", alicesPassword), 200, "")
					return
				}
				d.wantLogin(t, token, "@alice:example.org")
				wantAnswer(t, "with her password", d.passwordLogin(t, "alice", alicesPassword), 200, "")
			})
		})
	}
}

// Whoever may not log in as a user confirms nothing for it either.
func TestOnlyTheUsersOwnIdentityConfirms(t *testing.T) {
	settings := strings.Replace(confirmable, "link_existing: true", "link_existing: false", 1)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		alice := d.passwordLogin(t, "alice", alicesPassword).text("access_token")
		session := d.challenged(t, "POST", deleteDevicesPath, alice, `{"devices":["X"]}`)
		body := func(token string) string { return withAuth(session, byJWT(token), `"devices":["X"]`) }
		wantAnswer(t, "of her name", d.do(t, "POST", deleteDevicesPath, alice, body(corp("alice"))), 403, "M_FORBIDDEN")
	})
	onEveryVariant(t, strings.Replace(renaming, "subject_claim", "allow_uia: true, subject_claim", 1), func(t *testing.T, d *door) {
		alice := d.mustLogin(t, named("1", "alice"))
		session := d.challenged(t, "POST", deleteDevicesPath, alice, `{"devices":["X"]}`)
		fresh := func(sub, name string) string {
			return withAuth(session, byJWT(jwt(claims{"sub": sub, "name": name, "iat": in(0)})), `"devices":["X"]`)
		}
		wantAnswer(t, "another of her name", d.do(t, "POST", deleteDevicesPath, alice, fresh("2", "alice")), 403, "M_FORBIDDEN")
		wantAnswer(t, "she, by a new name", d.do(t, "POST", deleteDevicesPath, alice, fresh("1", "alice.married")), 200, "")
	})
}
