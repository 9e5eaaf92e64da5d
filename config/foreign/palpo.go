package foreign

import "net"

// palpo converts a palpo.toml.
func palpo(top *section, d *draft) {
	palpoDelegation(top, d)
	palpoListeners(top, d)
	conduit(top, d, conduitNames{
		secrets:     []string{"secret"},
		enabledJWT:  true,
		appservices: "appservice_registration_dir",
	})
	d.set("login_token", "enabled", yamlFlag(top.flag("login_via_existing_session", true)), top.origin("login_via_existing_session"))
	setLimit(top.sub("rc_login"), d, "login_address", "burst", 0.003, 5)
	setLimit(top.sub("rc_registration"), d, "registration", "burst", 0.17, 3)
	top.warn(palpoDecisions, Decide)
	top.warn(palpoHarmless, Ignored)
	top.rest(Ignored, "not Doorward's")
}

// palpoListeners writes where the API is served.
func palpoListeners(top *section, d *draft) {
	for i, l := range top.subs("listeners") {
		address := l.text("address")
		host, port, err := net.SplitHostPort(address)
		switch {
		case address == "":
		case err != nil:
			l.refuse("address", "is no address and port, as in 127.0.0.1:8008")
		case i > 0:
			l.decide("address", "Doorward serves clients at one address; let the proxy send those of this listener there")
		default:
			d.serves(net.JoinHostPort(oneHost([]string{host}), port), l.at("address"))
		}
		if i == 0 && l.flag("x_forwarded", false) {
			trustProxies(l, d, host)
		}
		if tls := l.sub("tls"); l.has("tls") && tls.flag("enable", true) {
			l.decide("tls", "Doorward speaks no TLS; put a proxy before it")
		}
		l.rest(Ignored, "not Doorward's")
	}
}

var palpoDecisions = map[string]string{
	"db":                                   "is Palpo's database, and Doorward has one of its own; nothing comes over from it",
	"oidc":                                 "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"ldap":                                 "Doorward asks no directory; let something that does mint JWTs",
	"refresh_token_ttl":                    "lifetimes are set in sessions.refresh_token_lifetime; without it a refresh token does not end",
	"session_ttl":                          "lifetimes are set in sessions.session_lifetime and sessions.access_token_lifetime; without them sessions do not end",
	"rc_password":                          "wrong passwords are limited by rate_limits.login_failed, which has its default",
	"auto_deactivate_banned_room_attempts": "Doorward knows no rooms, so that it deactivates nobody for them",
}

var palpoHarmless = map[string]string{
	"native_token_cache_ttl": "a session that has ended has ended everywhere",
	"openid_token_ttl":       "Doorward chooses how long OpenID tokens live",
	"allowed_origins":        "browsers may ask from everywhere, as the specification wants; a token is needed anyway",
	"logger":                 "see log.level and log.format",
	"rc_message":             "messages are not Doorward's",
}
