package keys

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A RemoteSource is what the configuration says of a provider's keys that are
// fetched: one of the two addresses.
type RemoteSource struct {
	// Provider is whose keys they are, for the log.
	Provider string
	// JWKS is the URL of a JWK set (RFC 7517, section 5).
	JWKS string
	// Discovery is the URL of the document that names the JWK set (OpenID Connect
	// Discovery 1.0, section 4), with all of its path.
	Discovery string
	// Issuers are the provider's, of which Discovery must name one; empty: any.
	Issuers []string
	// Algorithms are the only ones that are accepted; empty: each key's "alg", or
	// else its usual one.
	Algorithms []string
	// MaxStale is how long keys are good after they were last seen published.
	MaxStale time.Duration
}

// IsZero says whether no key is fetched.
func (s RemoteSource) IsZero() bool { return s.JWKS == "" && s.Discovery == "" }

// Field returns the setting of the address.
func (s RemoteSource) Field() string {
	if s.Discovery != "" {
		return "discovery_url"
	}
	return "jwks_url"
}

// Check returns every fault of the source, as [Load] does, with the fields
// "jwks_url", "discovery_url" and "algorithms". It fetches nothing.
func (s RemoteSource) Check() error {
	var faults []error
	for _, address := range []struct{ field, url string }{{"jwks_url", s.JWKS}, {"discovery_url", s.Discovery}} {
		if address.url == "" {
			continue
		}
		if err := checkAddress(address.url); err != nil {
			faults = append(faults, &Fault{address.field, err.Error()})
		}
	}
	l := &loader{Source: Source{Algorithms: s.Algorithms}}
	l.checkNames()
	for _, name := range s.Algorithms {
		if known(name) && !slices.Contains(asymmetric(), name) {
			l.algorithmFault("%s needs a shared secret, and keys that are fetched are public; there are %s", name, list(asymmetric()))
		}
	}
	return errors.Join(append(faults, l.faults...)...)
}

// Allowed returns the allow-list of algorithms. Which of them a key verifies is
// up to the key.
func (s RemoteSource) Allowed() []string {
	if len(s.Algorithms) > 0 {
		return slices.Clone(s.Algorithms)
	}
	return asymmetric()
}

// equal says whether the sources are the same in everything.
func (s RemoteSource) equal(other RemoteSource) bool {
	return s.Provider == other.Provider && s.JWKS == other.JWKS && s.Discovery == other.Discovery &&
		s.MaxStale == other.MaxStale && slices.Equal(s.Issuers, other.Issuers) && slices.Equal(s.Algorithms, other.Algorithms)
}

func asymmetric() []string {
	var names []string
	for _, a := range domain.Algorithms() {
		if a.SecretSize == 0 {
			names = append(names, a.Name)
		}
	}
	return names
}

// checkAddress says why keys may not be fetched from a URL: whoever can change
// what is on its way can sign in as anyone.
func checkAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("is no URL as in https://login.example.org/keys")
	case u.User != nil:
		return errors.New("has a user in it; keys are fetched without one")
	case u.Fragment != "":
		return errors.New("has a fragment (#), which is never sent")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("is no https URL; http is only for this machine itself, as in http://127.0.0.1:8080/keys")
	}
	return nil
}

// isLoopback says whether a host is this machine by its name alone.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// discovered reads what a discovery document says: whose keys there are, and
// where.
func (s RemoteSource) discovered(text []byte) (issuer, address string, err error) {
	issuer, address, err = readDiscovery(text)
	if err != nil {
		return "", "", err
	}
	if len(s.Issuers) > 0 && !slices.Contains(s.Issuers, issuer) {
		return "", "", fmt.Errorf("the discovery document is that of the issuer %.200q, which is not in issuers", issuer)
	}
	if err := checkAddress(address); err != nil {
		return "", "", fmt.Errorf("jwks_uri in the discovery document %w", err)
	}
	// Nobody elsewhere tells us to ask this machine.
	if strings.HasPrefix(address, "http:") && !strings.HasPrefix(s.Discovery, "http:") {
		return "", "", errors.New("jwks_uri in the discovery document is no https URL")
	}
	return issuer, address, nil
}
