// Package httpapi serves the use cases as a part of the Matrix client-server
// API: login, logout, whoami and discovery; and to a homeserver that delegates
// authentication, as introspection. It is the only package that serves HTTP, and
// the only one that knows Echo.
//
// [New] makes the whole API; [NewServer] listens with limits that slow or
// hostile clients cannot stretch. A homeserver that embeds Doorward mounts the
// handler of New beside its own and protects its own endpoints with
// [RequireUser].
//
// A handler reads the request, calls one use case and writes its result, or
// returns the error. What a client sees of an error is decided in one place,
// the table in errors.go.
package httpapi
