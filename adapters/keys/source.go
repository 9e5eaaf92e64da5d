// Package keys is where verification keys come from. It reads what the
// configuration says of a provider's keys (a shared secret, a public key or a
// certificate in PEM, or a JWK set), and lets nothing pass that would make a
// signature worth less than it looks: weak keys, secrets that stand in
// documents, private keys in the wrong place, algorithms that do not fit.
//
// Everything is checked before the first login, and every fault is reported at
// once. Errors and warnings name keys by their place and their "kid" and hold
// nothing of the keys themselves.
package keys

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Source is what the configuration says of a provider's keys: one of the
// four texts, each as a value and never the name of a file.
type Source struct {
	// Secret is a shared secret for HS256, HS384 or HS512, taken byte by byte.
	Secret string
	// SecretBase64 is the same in base64 (RFC 4648, sections 4 and 5), with or
	// without padding. Line breaks are skipped.
	SecretBase64 string
	// PublicKey is one PEM block: a public key (SPKI or PKCS #1) or a
	// certificate, of which only the key counts.
	PublicKey string
	// JWKS is a JWK set (RFC 7517, section 5).
	JWKS string
	// Algorithms are the only ones that are accepted; empty: each key's usual
	// one.
	Algorithms []string
	// AllowWeakSecret turns the faults of a shared secret that is too short, or
	// known to the public, into warnings. The empty secret stays a fault.
	AllowWeakSecret bool
}

// A Fault is one thing that is wrong with a [Source]. It may be shown to anyone
// who may see the configuration: it holds nothing of a key itself.
type Fault struct {
	// Field is the setting: "secret", "secret_base64", "public_key",
	// "jwks_file" or "algorithms".
	Field string
	// Problem says what is wrong and what to do, as a sentence about "it" (what
	// the setting holds) or about one of several keys.
	Problem string
}

// Error implements error.
func (f *Fault) Error() string { return f.Field + ": " + f.Problem }

// Load reads and checks a source. The error joins every fault there is, each a
// [*Fault] (see errors.Join).
func Load(source Source) (*Static, error) {
	l := &loader{Source: source, allowed: slices.Clone(source.Algorithms)}
	l.checkNames()
	l.read()
	if l.complete {
		l.checkFit()
		l.checkSecrets()
		l.checkChoice()
	}
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return &Static{keys: domain.KeySet{Keys: l.domainKeys()}, algorithms: l.allowed, warnings: l.warnings}, nil
}

// A loader gathers what is found out about a source.
type loader struct {
	Source
	field    string // the setting that holds the keys
	keys     []namedKey
	allowed  []string // the allow-list of algorithms
	complete bool     // no key had to be left out for a fault of its own
	faults   []error
	warnings []string
}

// A namedKey is a key and what to call it before people.
type namedKey struct {
	domain.Key
	name string
}

// read takes the keys from the one text that is there.
func (l *loader) read() {
	var given []string
	for _, text := range []struct {
		field, value string
		read         func()
	}{
		{"secret", l.Secret, l.readSecret},
		{"secret_base64", l.SecretBase64, l.readSecretBase64},
		{"public_key", l.PublicKey, l.readPublicKey},
		{"jwks_file", l.JWKS, l.readSet},
	} {
		if text.value == "" {
			continue
		}
		given = append(given, text.field)
		if len(given) > 1 {
			l.faults = append(l.faults, &Fault{text.field, "there is " + given[0] + " already; keys come from one place only"})
			continue
		}
		l.field = text.field
		before := len(l.faults)
		text.read()
		l.complete = len(l.faults) == before
	}
	if len(given) == 0 {
		l.faults = append(l.faults, &Fault{"secret", "there is no key: set one of secret, secret_base64, public_key " +
			"and jwks_file; an empty secret is never accepted"})
	}
	if len(l.allowed) == 0 {
		l.allowed = usual(l.keys)
	}
}

// fault notes what is wrong with the keys.
func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, &Fault{l.field, fmt.Sprintf(format, args...)})
}

// warn notes what is no fault, but should be known.
func (l *loader) warn(format string, args ...any) {
	l.warnings = append(l.warnings, l.field+": "+fmt.Sprintf(format, args...))
}

func (l *loader) domainKeys() []domain.Key {
	all := make([]domain.Key, 0, len(l.keys))
	for _, key := range l.keys {
		all = append(all, key.Key)
	}
	return all
}
