package password_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.TokenVerifier = password.Verifier{}

// Matrix specification, client-server API, "Identifier types" and
// "Password-based".
func TestEveryWayToSayWhoOneIs(t *testing.T) {
	for _, c := range []struct {
		name string
		who  object
		want domain.UserID
	}{
		{"localpart", user("alice"), "@alice:example.org"},
		{"user id", user("@alice:example.org"), "@alice:example.org"},
		{"in upper case", user("ALICE"), "@alice:example.org"},
		{"user id in upper case", user("@ALICE:example.org"), "@alice:example.org"},
		{"exact spelling before the folded one", user("Bob"), "@Bob:example.org"},
		{"folded, beside an exact one", user("bob"), "@bob:example.org"},
		{"folded, of neither spelling", user("BOB"), "@bob:example.org"},
		{"exact spelling alone", user("@Carol:example.org"), "@Carol:example.org"},
		{"e-mail address", email("strauss@example.com"), "@alice:example.org"},
		{"e-mail address in another spelling", email("Strauß@Example.com"), "@alice:example.org"},
		{"phone number", phone("GB", "07700 900123"), "@alice:example.org"},
		{"phone number as an address", object{"identifier": object{"type": "m.id.thirdparty", "medium": "msisdn", "address": "447700900123"}}, "@alice:example.org"},
		{"address without a type", object{"identifier": object{"medium": "email", "address": "strauss@example.com"}}, "@alice:example.org"},
		{"legacy user", object{"user": "alice"}, "@alice:example.org"},
		{"legacy user id", object{"user": "@alice:example.org"}, "@alice:example.org"},
		{"legacy address", object{"medium": "email", "address": "strauss@example.com"}, "@alice:example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			got, err := d.login(t, c.who, secret)
			want := domain.Claims{User: c.want, Proof: domain.Proof{Password: hashed(), NewPassword: hashed()}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			if spent := d.limits.spent(t); len(spent) > 0 {
				t.Errorf("it counted: %v", spent)
			}
			_, err = d.login(t, c.who, "wrong horse")
			wrong(t, err)
			if diff := cmp.Diff(map[string]int{string(c.want): 1}, d.limits.spent(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of whom nothing is proven nothing is told.
func TestWhateverIsWrongTheAnswerIsOne(t *testing.T) {
	for _, c := range []struct {
		name     string
		who      object
		password string
		bucket   string
	}{
		{"wrong password", user("alice"), "wrong horse", "@alice:example.org"},
		{"empty password", user("alice"), "", "@alice:example.org"},
		{"endless password", user("alice"), strings.Repeat("x", 500_000), "@alice:example.org"},
		{"beginning of the password", user("alice"), secret[:12], "@alice:example.org"},
		{"password and a space", user("alice"), secret + " ", "@alice:example.org"},
		{"unknown user", user("mallory"), secret, "@mallory:example.org"},
		{"unknown user in upper case", user("MALLORY"), secret, "@mallory:example.org"},
		{"user without a password", user("dave"), secret, "@dave:example.org"},
		{"user without a password, and none", user("dave"), "", "@dave:example.org"},
		{"lower case of a user in upper case", user("carol"), secret, "@carol:example.org"},
		{"user of another server", user("@alice:other.example"), secret, "@alice:other.example"},
		{"user of this server, spelled in upper case", user("@alice:EXAMPLE.ORG"), secret, "@alice:EXAMPLE.ORG"},
		{"user id without @", user("alice:example.org"), secret, "@alice:example.org:example.org"},
		{"user id without a server", user("@alice"), secret, "@@alice:example.org"},
		{"empty name", user(""), secret, "@:example.org"},
		{"Kelvin sign", user("mar\u212a"), secret, "@mar\u212a:example.org"},
		{"a name that no store can keep", user("alice\x00"), secret, "@alice\x00:example.org"},
		{"unknown address", email("mallory@example.com"), secret, "email:mallory@example.com"},
		{"unknown address in another spelling", email("Mallory@EXAMPLE.com"), secret, "email:mallory@example.com"},
		{"unknown phone number", phone("DE", "030 901820"), secret, "msisdn:4930901820"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			got, err := d.login(t, c.who, c.password)
			wrong(t, err)
			if got != (domain.Claims{}) {
				t.Errorf("with claims: %+v", got)
			}
			if diff := cmp.Diff(map[string]int{c.bucket: 1}, d.limits.spent(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A stage of User-Interactive Authentication is no different: a password cannot
// be stolen beforehand, as a token can.
func TestAPasswordConfirms(t *testing.T) {
	d := newDoor(t)
	cred := domain.Credential{Extra: user("alice"), Confirms: time.Unix(1_800_000_000, 0)}
	cred.Extra["password"] = secret
	if got, err := d.Verify(t.Context(), cred); err != nil || got.User != "@alice:example.org" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFieldsThatAreMissingOrMistyped(t *testing.T) {
	with := func(who object, password any) object {
		fields := maps.Clone(who)
		fields["password"] = password
		return fields
	}
	for _, c := range []struct {
		name   string
		fields object
		want   error
		text   string
	}{
		{"no password", user("alice"), domain.ErrMissingParam, "Missing parameter: password"},
		{"password null", with(user("alice"), nil), domain.ErrMissingParam, "Missing parameter: password"},
		{"password a number", with(user("alice"), 1), domain.ErrInvalidParam, "password must be a string"},
		{"no identifier", object{"password": secret}, domain.ErrMissingParam, "Missing parameter: identifier"},
		{"identifier a string", object{"identifier": "alice", "password": secret}, domain.ErrInvalidParam, "identifier must be an object"},
		{"no e-mail address", with(email("alice"), secret), domain.ErrInvalidParam, "That is no e-mail address of the form user@domain"},
		{"no country", with(phone("gb", "07700 900123"), secret), domain.ErrInvalidParam, "country must be two upper-case letters, as in ISO 3166-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			got, err := d.Verify(t.Context(), domain.Credential{Extra: c.fields})
			if !errors.Is(err, c.want) || err.Error() != c.text || got != (domain.Claims{}) || len(d.limits) > 0 {
				t.Errorf("got %+v, %v, and took %v", got, err, d.limits)
			}
		})
	}
}
