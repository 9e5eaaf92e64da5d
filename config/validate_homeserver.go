package config

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// validateHomeserver checks how the homeserver and this service know each other,
// and what cannot be while it delegates. An operator may switch it off and leave
// the rest as it is.
func (r *reading) validateHomeserver() {
	h := r.config.Homeserver
	r.oneOf("homeserver.kind", h.Kind, Synapse, Palpo, None)
	if !h.Delegated() {
		return
	}
	if !isBaseURL(h.URL) {
		r.invalid("homeserver.url", "is no URL as in http://127.0.0.1:8018/, without user, query and fragment")
	} else if leadsTo(h.URL, r.config.HTTP.Listen) {
		r.invalid("homeserver.url", "leads to http.listen, where this server itself answers; it is the homeserver's own URL")
	}
	switch secret := h.Secret.Reveal(); {
	case secret != "":
		r.bearer("homeserver.secret", secret)
	case !r.bad["homeserver.secret_file"]:
		r.invalid("homeserver.secret", "is missing; give it or secret_file, with the secret that the homeserver has")
	}
	switch {
	case h.Issuer == "":
		r.invalid("homeserver.issuer", "is missing; it is the URL that this service is known by, as in https://auth.example.org/")
	case !isBaseURL(h.Issuer):
		r.invalid("homeserver.issuer", "is no URL as in https://auth.example.org/, without user, query and fragment")
	case isPlainElsewhere(h.Issuer):
		r.invalid("homeserver.issuer", "begins with http://, which is only for this machine itself; write https://")
	}
	if h.AccountManagementURL != "" && !isWebURL(h.AccountManagementURL) {
		r.invalid("homeserver.account_management_url", "is no URL, as in https://account.example.org/; leave it out for that of the issuer")
	}
	r.validateDelegation()
}

// validateDelegation refuses what is right only without a homeserver that
// delegates.
func (r *reading) validateDelegation() {
	if r.config.Registration.Guests {
		r.invalid("registration.guests", "is not for a homeserver.kind of %s, which would take a guest for a user; set it to false", r.config.Homeserver.Kind)
	}
}

// leadsTo says whether a URL leads to an address on which this server listens, as
// far as the two say it themselves.
func leadsTo(s, listen string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	host, port, err := net.SplitHostPort(listen)
	if err != nil || cmp.Or(u.Port(), usual) != port {
		return false
	}
	there := u.Hostname()
	return strings.EqualFold(there, host) || isLoopback(there) && (isEverywhere(host) || isLoopback(host) && (isName(there) || isName(host)))
}

// isEverywhere says whether who listens at a host listens at all addresses.
func isEverywhere(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

// isName says whether a host is no address, but stands for some.
func isName(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil
}

// isPlainElsewhere says whether what is sent to a URL leaves this machine
// unencrypted.
func isPlainElsewhere(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "http" && !isLoopback(u.Hostname())
}

// isLoopback says whether a host is this machine by its name alone.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}
