package domain

import "fmt"

// A BadStatus is the error for an application service that was reached and did
// not answer that all is well (Matrix specification, client-server API,
// "Homeserver → Application Service ping").
type BadStatus struct {
	Status int
	// Body is the beginning of what it answered, for nobody but the application
	// service.
	Body string
}

// Error implements error. It says nothing of the body.
func (b *BadStatus) Error() string {
	return fmt.Sprintf("the application service answered with status %d", b.Status)
}

// Unwrap lets errors.Is find the kind.
func (b *BadStatus) Unwrap() error { return ErrBadStatus }
