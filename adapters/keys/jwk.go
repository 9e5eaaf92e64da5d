package keys

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// A jwk is the members of a JSON Web Key (RFC 7517, section 4).
type jwk map[string]any

// text returns a member that is a string; empty: there is none.
func (k jwk) text(name string) string {
	text, _ := k[name].(string)
	return text
}

// malformed says why nobody should rely on the key, whatever its purpose.
func (k jwk) malformed() string {
	for _, name := range []string{"kty", "crv", "kid", "use", "alg"} {
		if _, there := k[name]; there && k.text(name) == "" {
			return "has a member " + name + " that is no text, or an empty one"
		}
	}
	if k.text("kty") == "" {
		return "has no kty"
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "priv"} {
		if _, there := k[name]; there {
			return "is a private key; keep it where the tokens are minted, and leave only its public members here"
		}
	}
	if ops, there := k["key_ops"]; there {
		if _, ok := ops.([]any); !ok {
			return "has a member key_ops that is no list"
		}
	}
	return ""
}

// otherPurpose says why the key is not meant for signatures that we can verify.
func (k jwk) otherPurpose() string {
	if use := k.text("use"); use != "" && use != "sig" {
		return fmt.Sprintf("its use is %.20q and not sig", use)
	}
	if ops, there := k["key_ops"].([]any); there && !slices.Contains(ops, any("verify")) {
		return "its key_ops do not include verify"
	}
	if alg := k.text("alg"); alg != "" && !known(alg) {
		return fmt.Sprintf("its alg is %.20q; there are %s", alg, list(knownNames()))
	}
	if _, ok := shapes[k.kind()]; !ok {
		return fmt.Sprintf("its kind is %.40q; %s", k.kind(), supportedKeys)
	}
	return ""
}

// shapes are the kinds of keys that are supported, by kty and crv, with what
// makes one (RFC 7518, section 6; RFC 8037, section 2).
var shapes = map[string]string{
	"RSA":         "n and e",
	"EC P-256":    "x and y of 32 bytes each, a point of the curve",
	"EC P-384":    "x and y of 48 bytes each, a point of the curve",
	"EC P-521":    "x and y of 66 bytes each, a point of the curve",
	"OKP Ed25519": "x of 32 bytes, a point that not everyone can sign for",
	"oct":         "k",
}

func (k jwk) kind() string {
	switch kty := k.text("kty"); kty {
	case "EC", "OKP":
		return kty + " " + k.text("crv")
	default:
		return kty
	}
}

// material reads the key itself, and nothing else of its members: go-jose knows
// many more than we want to depend on.
func (k jwk) material() (key any, problem string) {
	bare := jwk{}
	for _, name := range []string{"kty", "crv", "n", "e", "x", "y", "k"} {
		if value, there := k[name]; there {
			bare[name] = value
		}
	}
	var parsed jose.JSONWebKey
	text, err := json.Marshal(bare)
	if err == nil {
		err = parsed.UnmarshalJSON(text)
	}
	if err != nil {
		return nil, fmt.Sprintf("is no %s key; it takes %s, in base64url without padding", k.kind(), shapes[k.kind()])
	}
	return parsed.Key, ""
}
