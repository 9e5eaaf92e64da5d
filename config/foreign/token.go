package foreign

import (
	"strings"
	"time"
)

// A keySource is where a provider's keys stand, and what signs with them.
type keySource struct {
	setting, value string // Doorward's setting, as YAML
	algorithms     []string
}

var (
	sharedSecret = []string{"HS256", "HS384", "HS512"}
	publicKey    = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)

const pemStart = "-----BEGIN "

// isBlank says whether a secret consists of nothing that makes a difference.
func isBlank(secret string) bool {
	return strings.Trim(secret, " \t\r\n\x00") == ""
}

// A tokenRule is what the three programs call by names of their own.
type tokenRule struct {
	secret, issuers, audiences string // the settings' names
	leeway                     time.Duration
}

// provider writes the provider of a section that has its keys in a source.
func (rule tokenRule) provider(s *section, d *draft, source keySource, algorithm string) {
	d.set("jwt.providers", "name", "imported", "for logs; never changed again once people have signed in")
	d.set("jwt.providers", source.setting, source.value, s.at(rule.secret))
	d.set("jwt.providers", "algorithms", yamlTexts([]string{algorithm}), s.origin("algorithm"))
	d.set("jwt.providers", "leeway", yamlSpan(rule.leeway), "how far clocks may differ; fixed there")
}

// checkAlgorithm refuses what is no algorithm, what nobody may use, and what
// does not go with the keys.
func checkAlgorithm(s *section, algorithm string, source keySource) {
	fits := func(list []string) bool {
		for _, name := range list {
			if name == algorithm {
				return true
			}
		}
		return false
	}
	switch {
	case strings.EqualFold(strings.TrimSpace(algorithm), "none"):
		s.refuse("algorithm", "none means that tokens have no signature, so that anybody could write one")
	case !fits(sharedSecret) && !fits(publicKey):
		s.refuse("algorithm", "%s is unknown; there are %s and %s", shown(algorithm), strings.Join(sharedSecret, ", "), strings.Join(publicKey, ", "))
	case !fits(source.algorithms) && source.setting == "public_key":
		s.refuse("algorithm", "%s needs a shared secret, but there is a public key, with which everybody could sign then; a public key goes with %s",
			algorithm, strings.Join(publicKey, ", "))
	case !fits(source.algorithms):
		s.refuse("algorithm", "%s needs a public key in PEM, but there is a shared secret, which goes with %s", algorithm, strings.Join(sharedSecret, ", "))
	}
}

// lists writes the accepted issuers and audiences.
func (rule tokenRule) lists(s *section, d *draft, issuers, audiences []string) {
	for _, list := range []struct {
		setting, from string
		texts         []string
	}{{"issuers", rule.issuers, issuers}, {"audiences", rule.audiences, audiences}} {
		for _, text := range list.texts {
			if text == "" {
				s.refuse(list.from, "holds an empty text, which says nothing about a token; leave it out")
			}
		}
		if len(list.texts) > 0 {
			d.set("jwt.providers", list.setting, yamlTexts(list.texts), s.at(list.from))
		}
	}
}
