package appservicelogin_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/appservicelogin"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.TokenVerifier = appservicelogin.Verifier{}

// newVerifier makes a verifier that knows two application services, and a store
// with a user in the namespace of the first, its own user, and alice.
func newVerifier(t *testing.T) appservicelogin.Verifier {
	t.Helper()
	users := memstore.New().Repositories().Users
	for _, id := range []domain.UserID{"@_irc_bob:example.org", "@ircbot:example.org", "@alice:example.org"} {
		if err := users.Create(t.Context(), domain.User{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	return appservicelogin.Verifier{Server: "example.org", Users: users, Appservices: domain.Appservices{
		{ID: "irc", Token: sha256.Sum256([]byte("irc token")), Sender: "@ircbot:example.org",
			Namespaces: []domain.Namespace{{Users: regexp.MustCompile(`@_irc_.*`), Exclusive: true}}},
		{ID: "other", Token: sha256.Sum256([]byte("other token")), Sender: "@otherbot:example.org"},
	}}
}

type object = map[string]any

func login(token string, fields object) domain.Credential {
	return domain.Credential{Type: "m.login.application_service", AccessToken: token, Extra: fields}
}

func user(name string) object {
	return object{"identifier": object{"type": "m.id.user", "user": name}}
}

// Matrix specification, client-server API, "Appservice Login".
func TestAnApplicationServiceSignsInAsItsUsers(t *testing.T) {
	v := newVerifier(t)
	for _, c := range []struct {
		name   string
		fields object
		want   domain.UserID
	}{
		{"user id", user("@_irc_bob:example.org"), "@_irc_bob:example.org"},
		{"localpart", user("_irc_bob"), "@_irc_bob:example.org"},
		{"in upper case", user("_irc_Bob"), "@_irc_bob:example.org"},
		{"legacy user", object{"user": "_irc_bob"}, "@_irc_bob:example.org"},
		{"the one that it is by itself", user("@ircbot:example.org"), "@ircbot:example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := v.Verify(t.Context(), login("irc token", c.fields))
			if want := (domain.Claims{User: c.want, Appservice: "irc"}); err != nil || got != want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// Matrix specification, client-server API, "Appservice Login"; application
// service API, "Server admin style permissions".
func TestRefusedLoginsOfApplicationServices(t *testing.T) {
	v := newVerifier(t)
	bob := user("_irc_bob")
	confirming := login("irc token", bob)
	confirming.Confirms = time.Unix(1_800_000_000, 0)
	for _, c := range []struct {
		name string
		cred domain.Credential
		want error
		text string
	}{
		{"no access token", login("", bob), domain.ErrMissingToken, domain.ErrMissingToken.Error()},
		{"no access token, no identifier", login("", nil), domain.ErrMissingToken, domain.ErrMissingToken.Error()},
		{"nobody's access token", login("IRC token", bob), domain.ErrUnknownToken, domain.ErrUnknownToken.Error()},
		{"of another's namespace", login("other token", bob), domain.ErrOutsideNamespace, "The user is outside the namespaces of the application service"},
		{"of no namespace", login("irc token", user("alice")), domain.ErrOutsideNamespace, "The user is outside the namespaces of the application service"},
		{"of no namespace, and nobody", login("irc token", user("mallory")), domain.ErrOutsideNamespace, "The user is outside the namespaces of the application service"},
		{"of another server", login("irc token", user("@_irc_bob:other.example")), domain.ErrOutsideNamespace, "The user is outside the namespaces of the application service"},
		{"not registered", login("irc token", user("_irc_mallory")), domain.ErrForbidden, "User is not registered"},
		{"its own user, not registered", login("other token", user("otherbot")), domain.ErrForbidden, "User is not registered"},
		{"no identifier", login("irc token", nil), domain.ErrMissingParam, "Missing parameter: identifier"},
		{"an address", login("irc token", object{"identifier": object{"medium": "email", "address": "a@b"}}), domain.ErrInvalidParam, "identifier.type must be m.id.user"},
		{"a phone number", login("irc token", object{"identifier": object{"type": "m.id.phone", "country": "GB", "phone": "1"}}), domain.ErrInvalidParam, "identifier.type must be m.id.user"},
		{"a stage of User-Interactive Authentication", confirming, domain.ErrForbidden, "An application service cannot confirm this request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := v.Verify(t.Context(), c.cred)
			if !errors.Is(err, c.want) || err.Error() != c.text || got != (domain.Claims{}) {
				t.Errorf("got %+v, %v; want %q", got, err, c.text)
			}
		})
	}
}

func TestTheErrorsOfTheRepositoryAreReturned(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := newVerifier(t).Verify(ctx, login("irc token", user("_irc_bob")))
	if !errors.Is(err, context.Canceled) || got != (domain.Claims{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}
