package config

// wipes is what comes of a session that ends by itself in delegated mode.
const wipes = "the homeserver answers what has expired without soft_logout, and clients forget their keys then"

// warnOfDelegation warns of what is weak, or half of what is needed, while a
// homeserver delegates.
func (r *reading) warnOfDelegation() {
	c := r.config
	if !c.Homeserver.Delegated() {
		r.warnOfNoKind()
		return
	}
	if isPlainElsewhere(c.Homeserver.URL) {
		r.warning("homeserver.url", "the secret goes to another machine unencrypted; keep to https, or to a network that is private")
	}
	if c.PublicBaseURL == "" {
		r.warning("public_base_url", "is empty, so that /.well-known/matrix/client is not served; clients find it nowhere else")
	}
	if len(c.HTTP.TrustedProxies) == 0 {
		r.warning("http.trusted_proxies", "is empty, but clients come through a proxy that parts their requests between the homeserver and here; "+
			"without its address all of them share one")
	}
	if c.Database.URL.Reveal() == memoryURL {
		r.warning("database.url", "%s forgets everybody at a restart, and the homeserver does not: it goes on knowing devices that nobody can log out", memoryURL)
	}
	r.warnOfEndings()
}

// warnOfNoKind warns of settings that mean nothing because one is missing. Whoever
// writes kind: none means it.
func (r *reading) warnOfNoKind() {
	if _, given := r.config.origins["homeserver.kind"]; given {
		return
	}
	for _, path := range []string{"homeserver.url", "homeserver.secret", "homeserver.issuer"} {
		if _, given := r.config.origins[path]; given {
			r.warning("homeserver", "kind is missing, so that no homeserver delegates; write kind: %s, %s or %s", Synapse, Palpo, None)
			return
		}
	}
}

// warnOfEndings warns of sessions that end by themselves.
func (r *reading) warnOfEndings() {
	s := r.config.Sessions
	if s.AccessTokenLifetime > 0 {
		r.warning("sessions.access_token_lifetime", "%s; set it to 0s, or let all clients refresh their tokens", wipes)
	}
	switch {
	case s.SessionLifetime > 0:
		r.warning("sessions.session_lifetime", "ends sessions by itself, as refresh_token_lifetime does: %s", wipes)
	case s.RefreshTokenLifetime > 0:
		r.warning("sessions.refresh_token_lifetime", "ends sessions by itself, as session_lifetime does: %s", wipes)
	}
	for i, p := range r.config.JWT.Providers {
		if p.SessionEndsWithToken {
			r.warning(providerPath(i)+".session_ends_with_token", "ends sessions by itself: %s", wipes)
		}
	}
}
