package keys

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// maxKeys is how many keys a set may hold that is fetched.
const maxKeys = 100

// readRemote reads a JWK set that was fetched. Other than in a file, which its
// operator can mend, a key that may not be relied on is left out, and ignored
// says why (RFC 7517, section 5). What is no set at all is an error. A set
// without a usable key is none: whoever takes their last key back means it.
func readRemote(text []byte, algorithms []string) (usable []domain.Key, ignored []string, err error) {
	set, err := strictjson.ParseObject(text)
	if err != nil {
		return nil, nil, fmt.Errorf("it is no JWK set: %w", err)
	}
	entries, ok := set["keys"].([]any)
	switch {
	case !ok:
		return nil, nil, errors.New("it is no JWK set: its member keys is no list")
	case len(entries) > maxKeys:
		return nil, nil, fmt.Errorf("it has %d keys; at most %d are read", len(entries), maxKeys)
	}
	var found []namedKey
	for i, entry := range entries {
		members, ok := entry.(map[string]any)
		if !ok {
			return nil, nil, fmt.Errorf("it is no JWK set: key %d is no object", i+1)
		}
		name := fmt.Sprintf("key %d", i+1)
		if kid := jwk(members).text("kid"); kid != "" {
			name = fmt.Sprintf("%s (kid %.64q)", name, kid)
		}
		key, problem := publicEntry(members, algorithms)
		if problem != "" {
			ignored = append(ignored, name+" "+problem)
			continue
		}
		found = append(found, namedKey{key, name})
	}
	usable, twice := distinct(found)
	return usable, append(ignored, twice...), nil
}

// publicEntry reads a key that anyone may see, or says why it is ignored.
func publicEntry(entry jwk, algorithms []string) (key domain.Key, problem string) {
	switch {
	case entry.malformed() != "":
		return key, entry.malformed()
	case entry.otherPurpose() != "":
		return key, "is not meant for this: " + entry.otherPurpose()
	case entry.kind() == "oct":
		return key, "is a shared secret, which everybody can read there"
	}
	key = domain.Key{ID: entry.text("kid"), Algorithm: entry.text("alg")}
	if key.Material, problem = entry.material(); problem != "" {
		return key, problem
	}
	if problem = flaw(key.Material); problem != "" {
		return key, problem
	}
	switch names := key.Usable(); {
	case len(names) == 0:
		return key, "does not fit its alg " + key.Algorithm
	case len(algorithms) == 0:
		key.Algorithm = names[0]
	case len(filter(algorithms, key.Fits)) == 0:
		return key, "fits none of the algorithms " + list(algorithms)
	}
	return key, ""
}

// distinct leaves out the keys that share a "kid": no token can say which of them
// it means.
func distinct(found []namedKey) (usable []domain.Key, ignored []string) {
	for i, key := range found {
		j := slices.IndexFunc(found, func(other namedKey) bool { return other.ID != "" && other.ID == key.ID && other.name != key.name })
		if j >= 0 {
			ignored = append(ignored, found[i].name+" has the kid of "+found[j].name+"; a kid names one key")
			continue
		}
		usable = append(usable, key.Key)
	}
	return usable, ignored
}
