package config

import "cmp"

// The kinds of homeservers that delegate authentication, and the absence of one.
const (
	None    = "none"
	Synapse = "synapse"
	Palpo   = "palpo"
)

// Homeserver is the homeserver that delegates authentication: it asks here whose
// an access token is, and hears from here of users and devices. Of a Kind of
// [None] the other settings mean nothing, and are not checked.
type Homeserver struct {
	// Kind is [None], [Synapse] or [Palpo].
	Kind string `yaml:"kind"`
	// URL is where the homeserver is told: an http or https URL without user, query
	// and fragment. What follows its path is the API's.
	URL string `yaml:"url"`
	// Secret is what both sides prove themselves by, as a bearer token: 32 characters
	// at least.
	Secret     Secret `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
	// Issuer is what this service is called in its metadata (RFC 8414, 2), published
	// as it is written: an https URL without user, query and fragment; http only on
	// this machine itself.
	Issuer string `yaml:"issuer"`
	// AccountManagementURL is where people manage their account, by http or https;
	// empty: see [Homeserver.AccountManagement].
	AccountManagementURL string `yaml:"account_management_url"`
}

// Delegated says whether there is a homeserver that delegates authentication.
func (h Homeserver) Delegated() bool { return h.Kind == Synapse || h.Kind == Palpo }

// AccountManagement returns where people manage their account: by default at the
// issuer.
func (h Homeserver) AccountManagement() string { return cmp.Or(h.AccountManagementURL, h.Issuer) }
