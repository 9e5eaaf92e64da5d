// Package identifier reads whom a client means (Matrix specification,
// client-server API, "Identifier types"), for every login type that asks for it:
// they must agree, or one account would be limited, or reserved, under one
// spelling and free under another.
//
// It is no adapter but a reader that several adapters share.
package identifier

import "github.com/seed-31b6c987/doorward/domain"

// A Type says in which way somebody is meant.
type Type string

// The types of the specification.
const (
	User       Type = "m.id.user"
	ThirdParty Type = "m.id.thirdparty"
	Phone      Type = "m.id.phone"
)

// An Identifier says who is meant. Its texts are as the client sent them.
type Identifier struct {
	Type            Type
	User            string // for User: a user id, or its localpart
	Medium, Address string // for ThirdParty; the address need not be canonical
	Country, Number string // for Phone
}

// Read reads the identifier from the fields of a login, or of a stage of
// User-Interactive Authentication: from "identifier", or, as clients did before
// there was one, from "user", or "medium" and "address", beside it. Fields that
// are null are absent. "identifier" wins, and one with a medium or an address and
// without a type is a third-party id, as in an example of the specification.
//
// It returns [domain.ErrMissingParam] or [domain.ErrInvalidParam] with a text
// that names the field.
func Read(fields map[string]any) (Identifier, error) {
	value := fields["identifier"]
	if value == nil {
		return readLegacy(fields)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return Identifier{}, invalid("identifier must be an object")
	}
	r := reader{fields: object, path: "identifier."}
	if object["type"] == nil && r.hasAddress() {
		return r.identifier(ThirdParty)
	}
	return r.identifier(Type(r.text("type")))
}

func readLegacy(fields map[string]any) (Identifier, error) {
	r := reader{fields: fields}
	switch {
	case fields["user"] != nil:
		return r.identifier(User)
	case r.hasAddress():
		return r.identifier(ThirdParty)
	}
	return Identifier{}, domain.Missing("identifier")
}

// A reader takes texts out of an object and keeps the first error.
type reader struct {
	fields map[string]any
	path   string // of the object, with a dot at its end
	err    error
}

// identifier takes the fields that the type asks for.
func (r *reader) identifier(kind Type) (Identifier, error) {
	id := Identifier{Type: kind}
	switch kind {
	case User:
		id.User = r.text("user")
	case ThirdParty:
		id.Medium, id.Address = r.text("medium"), r.text("address")
	case Phone:
		id.Country, id.Number = r.text("country"), r.text("phone")
	default:
		r.fail(invalid(r.path + "type must be m.id.user, m.id.thirdparty or m.id.phone"))
	}
	if r.err != nil {
		return Identifier{}, r.err
	}
	return id, nil
}

func (r *reader) hasAddress() bool {
	return r.fields["medium"] != nil || r.fields["address"] != nil
}

func (r *reader) text(name string) string {
	value := r.fields[name]
	text, ok := value.(string)
	switch {
	case value == nil:
		r.fail(domain.Missing(r.path + name))
	case !ok:
		r.fail(invalid(r.path + name + " must be a string"))
	}
	return text
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func invalid(text string) error {
	return domain.Refuse(domain.ErrInvalidParam, "invalid_param", text)
}
