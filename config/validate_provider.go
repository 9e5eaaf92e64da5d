package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

var providerName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// minMaxStale is the least jwks_max_stale: a fetch may fail once.
const minMaxStale = time.Minute

// providerPath is the path of a provider.
func providerPath(i int) string { return item("jwt.providers", i) }

// checkSources demands one source of keys of each provider. It comes before
// files are read, which makes two values of one.
func (r *reading) checkSources() {
	for i, p := range r.config.JWT.Providers {
		at := providerPath(i)
		sources := []struct {
			name, value string
		}{
			{"secret", p.Secret.Reveal()},
			{"secret_file", p.SecretFile},
			{"secret_base64", p.SecretBase64.Reveal()},
			{"secret_base64_file", p.SecretBase64File},
			{"public_key", p.PublicKey},
			{"public_key_file", p.PublicKeyFile},
			{"jwks_file", p.JWKSFile},
			{"jwks_url", p.JWKSURL},
			{"discovery_url", p.DiscoveryURL},
		}
		var all, given []string
		for _, s := range sources {
			all = append(all, s.name)
			if s.value != "" || r.bad[at+"."+s.name] {
				given = append(given, s.name)
			}
		}
		switch {
		case r.bad[at]:
		case len(given) == 0:
			r.note(r.config.Fault(at, "has no keys; give one of %s", strings.Join(all, ", ")))
		case len(given) > 1:
			r.invalid(at+"."+given[1], "there is %s too; a provider has its keys from one place", given[0])
		}
	}
}

// validateProviders checks the providers, and what must differ between them.
func (r *reading) validateProviders() {
	names, issuers, open := map[string]string{}, map[string]string{}, ""
	for i, p := range r.config.JWT.Providers {
		at := providerPath(i)
		if r.bad[at] {
			continue // it is no section at all
		}
		r.validateProvider(p, at)
		if first, twice := names[p.Name]; twice {
			r.invalid(at+".name", "is the name of %s already", first)
		}
		names[p.Name] = at
		if len(p.Issuers) == 0 && !r.bad[at+".issuers"] {
			if open != "" {
				r.invalid(at+".issuers", "is empty, as at %s; at most one provider may have no issuers", open)
			}
			open = at
		}
		for j, issuer := range p.Issuers {
			path, normal := item(at+".issuers", j), normalIssuer(issuer)
			if first, twice := issuers[normal]; twice {
				r.invalid(path, "is the same issuer as %s; an issuer belongs to one provider, once", first)
			}
			issuers[normal] = path
		}
	}
}

func (r *reading) validateProvider(p Provider, at string) {
	switch {
	case p.Name == "":
		r.invalid(at+".name", "is missing")
	case !providerName.MatchString(p.Name):
		r.invalid(at+".name", "has other characters than a-z, 0-9, - and _, begins with - or _, or is longer than 63")
	}
	r.texts(at+".algorithms", p.Algorithms)
	r.texts(at+".audiences", p.Audiences)
	r.texts(at+".require", p.Require)
	for j, issuer := range p.Issuers {
		if issuer == "" {
			r.invalid(item(at+".issuers", j), "is empty")
		}
	}
	if p.JWKSMaxStale < minMaxStale {
		r.invalid(at+".jwks_max_stale", "is less than %v; keys are looked for every 30 seconds", minMaxStale)
	}
	r.span(at+".leeway", p.Leeway)
	r.span(at+".max_age", p.MaxAge)
	r.span(at+".max_lifetime", p.MaxLifetime)
	if !isClaimPath(p.SubjectClaim) {
		r.invalid(at+".subject_claim", "is no path of a claim, as in sub or user.name")
	}
	r.oneOf(at+".localpart", p.Localpart, "reject", "escape")
	r.validateIdentity(p, at)
}

// texts checks a list of texts: none is empty, none stands twice.
func (r *reading) texts(path string, list []string) {
	for i, text := range list {
		switch {
		case text == "":
			r.invalid(item(path, i), "is empty")
		case slices.Contains(list[:i], text):
			r.invalid(item(path, i), "stands twice in the list")
		}
	}
}

func isClaimPath(s string) bool {
	return !slices.Contains(strings.Split(s, "."), "")
}

// normalIssuer is the same for issuers that a reader could take for each other:
// the case of scheme and host, the default port and slashes at the end make no
// difference. Tokens are compared with what is configured, byte by byte.
func normalIssuer(issuer string) string {
	trimmed := strings.TrimRight(issuer, "/")
	u, err := url.Parse(trimmed)
	if err != nil || u.Host == "" {
		return trimmed
	}
	u.Host = strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			u.Host = strings.TrimSuffix(u.Host, port)
		}
	}
	return u.String()
}
