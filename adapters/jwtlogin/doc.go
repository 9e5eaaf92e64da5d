// Package jwtlogin verifies the credentials of the login type
// org.matrix.login.jwt: JSON Web Tokens (RFC 7519) that somebody else has
// signed, and whose subject wants to sign in.
//
// From a token to claims it is a row of checks, in checks.go, and the first
// that fails refuses. Roughly: the token is read strictly; the provider is
// found that speaks for its issuer; one key of that provider, and of no other,
// is chosen; the signature is verified; the claims are held against the
// provider's rules; the subject becomes a localpart. [Verifier.Verify] and
// [Verifier.Explain] walk the same row.
//
// Logout tokens of the same providers go through a row of their own, in logout.go.
//
// Only the arithmetic of signatures is left to a library. Reading, choosing the
// key and judging claims are done here, because RFC 8725 wants them stricter
// than libraries are. The texts of all refusals are in refusals.go; they hold
// nothing of the token.
package jwtlogin
