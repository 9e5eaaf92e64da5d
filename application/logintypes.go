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
	// Interactive says that the type is a stage of User-Interactive Authentication
	// too.
	Interactive bool
	// Flow are the members of the type's entry in GET /login beside its name.
	Flow map[string]any
}

// Verifier returns who verifies credentials of the named type.
func (t LoginTypes) Verifier(name string) (ports.TokenVerifier, bool) {
	for _, lt := range t {
		if lt.Name == name {
			return lt.Verifier, true
		}
	}
	return nil, false
}

// Interactive returns those that are stages of User-Interactive Authentication.
func (t LoginTypes) Interactive() LoginTypes {
	var stages LoginTypes
	for _, lt := range t {
		if lt.Interactive {
			stages = append(stages, lt)
		}
	}
	return stages
}
