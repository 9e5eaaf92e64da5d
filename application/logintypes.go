package application

import "github.com/seed-31b6c987/doorward/ports"

// LoginTypes says who verifies which login type, in the order in which clients
// are shown them. A type that is not in it is not offered and not accepted.
type LoginTypes []LoginType

// A LoginType is one way to sign in.
type LoginType struct {
	// Name is the type in the login request, such as "org.matrix.login.jwt".
	Name string
	// Verifier decides on credentials of the type.
	Verifier ports.TokenVerifier
	// Offered says whether the type is offered and accepted at present; nil: always.
	Offered func() bool
	// Interactive says whether the type is a stage of User-Interactive
	// Authentication too, at present; nil: never.
	Interactive func() bool
	// Flow are the members of the type's entry in GET /login beside its name.
	Flow map[string]any
}

// Always is for what does not change while the server runs.
func Always() bool { return true }

// Verifier returns who verifies credentials of the named type.
func (t LoginTypes) Verifier(name string) (ports.TokenVerifier, bool) {
	for i := range t {
		if t[i].Name == name && t[i].isOffered() {
			return t[i].Verifier, true
		}
	}
	return nil, false
}

// Offered returns those that are offered at present.
func (t LoginTypes) Offered() LoginTypes {
	return t.those(LoginType.isOffered)
}

func (lt LoginType) isOffered() bool { return lt.Offered == nil || lt.Offered() }

// Interactive returns those that are stages of User-Interactive Authentication at
// present.
func (t LoginTypes) Interactive() LoginTypes {
	return t.Offered().those(func(lt LoginType) bool { return lt.Interactive != nil && lt.Interactive() })
}

func (t LoginTypes) those(meant func(LoginType) bool) (some LoginTypes) {
	for _, lt := range t {
		if meant(lt) {
			some = append(some, lt)
		}
	}
	return some
}
