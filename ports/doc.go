// Package ports says what the application needs from outside, one file a
// promise. The comments are the specification: the suites in test/contract
// hold every implementation to them, and whoever writes another one runs the
// same suites.
//
// What holds for every method here: it may be called concurrently; it returns
// the context's error, or one that wraps it, if the context ends first; an
// implementation that cannot reach what it depends on returns
// domain.ErrUnavailable within five seconds, never an error that would speak
// ill of whoever asked; no error holds a secret.
package ports
