package identifier_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/domain"
)

type object = map[string]any

// Matrix specification, client-server API, "Identifier types".
func TestIdentifiers(t *testing.T) {
	alice := identifier.Identifier{Type: identifier.User, User: "alice"}
	mail := identifier.Identifier{Type: identifier.ThirdParty, Medium: "email", Address: "Alice@example.org"}
	for _, c := range []struct {
		name   string
		fields object
		want   identifier.Identifier
	}{
		{"user", object{"identifier": object{"type": "m.id.user", "user": "alice"}}, alice},
		{"user, empty", object{"identifier": object{"type": "m.id.user", "user": ""}}, identifier.Identifier{Type: identifier.User}},
		{"third-party id", object{"identifier": object{"type": "m.id.thirdparty", "medium": "email", "address": "Alice@example.org"}}, mail},
		{"third-party id without a type", object{"identifier": object{"medium": "email", "address": "Alice@example.org"}}, mail},
		{"third-party id with a type that is null", object{"identifier": object{"type": nil, "medium": "email", "address": "Alice@example.org"}}, mail},
		{"phone number", object{"identifier": object{"type": "m.id.phone", "country": "GB", "phone": "07700 900123"}},
			identifier.Identifier{Type: identifier.Phone, Country: "GB", Number: "07700 900123"}},
		{"fields of other types", object{"identifier": object{"type": "m.id.user", "user": "alice", "medium": 1, "phone": 1}}, alice},
		{"legacy user", object{"user": "alice"}, alice},
		{"legacy address", object{"medium": "email", "address": "Alice@example.org"}, mail},
		{"legacy user and address", object{"user": "alice", "medium": "email", "address": "Alice@example.org"}, alice},
		{"identifier beside a legacy user", object{"identifier": object{"type": "m.id.user", "user": "alice"}, "user": "bob"}, alice},
		{"identifier beside a mistyped legacy user", object{"identifier": object{"type": "m.id.user", "user": "alice"}, "user": 1}, alice},
		{"identifier beside a legacy address", object{"identifier": object{"type": "m.id.user", "user": "alice"}, "medium": "email", "address": "b@c"}, alice},
		{"identifier that is null", object{"identifier": nil, "user": "alice"}, alice},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := identifier.Read(c.fields); err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestIdentifiersThatAreMissingOrMistyped(t *testing.T) {
	const types = "identifier.type must be m.id.user, m.id.thirdparty or m.id.phone"
	for _, c := range []struct {
		name   string
		fields object
		want   error
		text   string
	}{
		{"nothing", nil, domain.ErrMissingParam, "Missing parameter: identifier"},
		{"null", object{"identifier": nil, "user": nil}, domain.ErrMissingParam, "Missing parameter: identifier"},
		{"a string", object{"identifier": "alice"}, domain.ErrInvalidParam, "identifier must be an object"},
		{"a mistyped one beside a legacy user", object{"identifier": []any{}, "user": "alice"}, domain.ErrInvalidParam, "identifier must be an object"},
		{"empty", object{"identifier": object{}}, domain.ErrMissingParam, "Missing parameter: identifier.type"},
		{"user without a type", object{"identifier": object{"user": "alice"}}, domain.ErrMissingParam, "Missing parameter: identifier.type"},
		{"type a list", object{"identifier": object{"type": []any{"m.id.user"}}}, domain.ErrInvalidParam, "identifier.type must be a string"},
		{"type empty", object{"identifier": object{"type": ""}}, domain.ErrInvalidParam, types},
		{"type unknown", object{"identifier": object{"type": "m.id.User", "user": "alice"}}, domain.ErrInvalidParam, types},
		{"no user", object{"identifier": object{"type": "m.id.user", "address": "alice"}}, domain.ErrMissingParam, "Missing parameter: identifier.user"},
		{"user null", object{"identifier": object{"type": "m.id.user", "user": nil}}, domain.ErrMissingParam, "Missing parameter: identifier.user"},
		{"user an object", object{"identifier": object{"type": "m.id.user", "user": object{}}}, domain.ErrInvalidParam, "identifier.user must be a string"},
		{"no medium", object{"identifier": object{"type": "m.id.thirdparty", "address": "a@b"}}, domain.ErrMissingParam, "Missing parameter: identifier.medium"},
		{"no address", object{"identifier": object{"medium": "email"}}, domain.ErrMissingParam, "Missing parameter: identifier.address"},
		{"no country", object{"identifier": object{"type": "m.id.phone", "phone": "1"}}, domain.ErrMissingParam, "Missing parameter: identifier.country"},
		{"no phone", object{"identifier": object{"type": "m.id.phone", "country": "GB", "number": "1"}}, domain.ErrMissingParam, "Missing parameter: identifier.phone"},
		{"phone a number", object{"identifier": object{"type": "m.id.phone", "country": "GB", "phone": 1}}, domain.ErrInvalidParam, "identifier.phone must be a string"},
		{"legacy user a number", object{"user": 1}, domain.ErrInvalidParam, "user must be a string"},
		{"legacy address alone", object{"address": "a@b"}, domain.ErrMissingParam, "Missing parameter: medium"},
		{"legacy medium a bool", object{"medium": true, "address": "a@b"}, domain.ErrInvalidParam, "medium must be a string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := identifier.Read(c.fields)
			if !errors.Is(err, c.want) || err.Error() != c.text || got != (identifier.Identifier{}) {
				t.Errorf("got %+v, %v; want %q", got, err, c.text)
			}
		})
	}
}
