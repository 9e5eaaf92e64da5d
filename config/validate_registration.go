package config

import "regexp"

// minSharedSecret is the least length of registration.shared_secret, in bytes.
const minSharedSecret = 16

var (
	// opaqueID is the grammar of opaque identifiers (Appendices, Opaque
	// Identifiers).
	opaqueID = regexp.MustCompile(`^[0-9A-Za-z._~-]{1,255}$`)
	// language is a language and perhaps a region (RFC 5646, 2.2).
	language = regexp.MustCompile(`^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$`)
)

func (r *reading) validateRegistration() {
	secret := r.config.Registration.SharedSecret.Reveal()
	if secret != "" && len(secret) < minSharedSecret {
		r.invalid("registration.shared_secret", "is shorter than %d bytes", minSharedSecret)
	}
	r.validateTerms()
}

// validateTerms checks the policies, and what must agree between them.
func (r *reading) validateTerms() {
	type text struct{ id, language string }
	texts, versions := map[text]string{}, map[string]Policy{}
	for i, p := range r.config.Registration.Terms {
		at := item("registration.terms", i)
		if r.bad[at] {
			continue // it is no section at all
		}
		r.validatePolicy(p, at)
		if first, twice := texts[text{p.ID, p.Language}]; twice {
			r.invalid(at+".language", "is the language of %s, which has the same id", first)
		} else {
			texts[text{p.ID, p.Language}] = at
		}
		if other, known := versions[p.ID]; known && other.Version != p.Version {
			r.invalid(at+".version", "is not the version of this id in other languages")
		} else {
			versions[p.ID] = p
		}
	}
}

func (r *reading) validatePolicy(p Policy, at string) {
	for _, id := range []struct{ name, value string }{{"id", p.ID}, {"version", p.Version}} {
		switch {
		case id.value == "":
			r.invalid(at+"."+id.name, "is missing")
		case !opaqueID.MatchString(id.value):
			r.invalid(at+"."+id.name, "has other characters than 0-9, A-Z, a-z and ._~-, or is longer than 255")
		}
	}
	if !language.MatchString(p.Language) {
		r.invalid(at+".language", "is no language, as in en or pt-BR")
	}
	if p.Name == "" {
		r.invalid(at+".name", "is missing")
	}
	if !isWebURL(p.URL) {
		r.invalid(at+".url", "is no URL, as in https://example.org/terms.html")
	}
}
