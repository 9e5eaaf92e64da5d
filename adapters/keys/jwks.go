package keys

import (
	"fmt"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// readSet reads a JWK set. Keys for another purpose, or of a kind that is not
// known, are left out with a warning (RFC 7517, section 5). A key that could be
// meant, but may not be relied on, is a fault.
func (l *loader) readSet() {
	set, err := strictjson.ParseObject([]byte(l.JWKS))
	if err != nil {
		l.fault("it is no JWK set: %v", err)
		return
	}
	entries, ok := set["keys"].([]any)
	if !ok {
		l.fault("it is no JWK set: its member keys is no list")
		return
	}
	before := len(l.faults)
	names := map[string]string{} // of the keys, by kid
	for i, entry := range entries {
		name := fmt.Sprintf("key %d", i+1)
		key, ok := entry.(map[string]any)
		if !ok {
			l.fault("%s is no object", name)
			continue
		}
		l.readEntry(name, key, names)
	}
	if len(l.keys) == 0 && len(l.faults) == before {
		l.fault("it holds no key that verifies signatures")
	}
	l.refuseMixture()
}

func (l *loader) readEntry(name string, key jwk, names map[string]string) {
	if problem := key.malformed(); problem != "" {
		l.fault("%s %s", name, problem)
		return
	}
	kid := key.text("kid")
	if kid != "" {
		name = fmt.Sprintf("%s (kid %.64q)", name, kid)
		if first, twice := names[kid]; twice {
			l.fault("%s has the kid of %s; a kid names one key", name, first)
			return
		}
		names[kid] = name
	}
	if reason := key.otherPurpose(); reason != "" {
		l.warn("%s is ignored: %s", name, reason)
		return
	}
	l.add(name, key, domain.Key{ID: kid, Algorithm: key.text("alg")})
}

// add takes the key, unless it may not be relied on.
func (l *loader) add(name string, key jwk, read domain.Key) {
	var problem string
	read.Material, problem = key.material()
	if problem == "" {
		problem = flaw(read.Material)
	}
	if problem == "" && len(read.Usable()) == 0 {
		problem = "does not fit its alg " + read.Algorithm
	}
	if problem != "" {
		l.fault("%s %s", name, problem)
		return
	}
	if secret, ok := read.Material.([]byte); ok && l.refuseSecret(name, secret) {
		return
	}
	l.keys = append(l.keys, namedKey{read, name})
}

// refuseMixture prevents a secret from standing in a document that is made to
// be read by everyone.
func (l *loader) refuseMixture() {
	secrets := 0
	for _, key := range l.keys {
		if _, ok := key.Material.([]byte); ok {
			secrets++
		}
	}
	if secrets > 0 && secrets < len(l.keys) {
		l.fault("it holds shared secrets (kty oct) beside public keys; whoever may read these must not see those: leave only one kind")
	}
}
