package foreign

import (
	"net"
	"strconv"
	"time"
)

// tuwunel converts a tuwunel.toml, which has everything in the table global.
func tuwunel(top *section, d *draft) {
	global := top.sub("global")
	tuwunelAddress(global, d)
	conduit(global, d, conduitNames{
		secrets:     []string{"key", "secret"},
		appservices: "appservice_dir",
	})
	if global.sub("jwt").flag("enable", false) {
		global.sub("jwt").decide("enable", "a token also confirmed what clients ask to have confirmed, for the user that it names; "+
			"here a fresh one of the same user does so with allow_uia: true")
	}
	d.set("password", "enabled", yamlFlag(global.flag("login_with_password", true)), global.origin("login_with_password"))
	token := global.flag("login_via_token", true)
	session := global.flag("login_via_existing_session", true)
	d.set("login_token", "enabled", yamlFlag(token && session), global.origin("login_via_existing_session"))
	sharedSecretOf(global, d, "registration_shared_secret", "registration_shared_secret_file")
	tuwunelSessions(global, d)
	global.warn(tuwunelDecisions, Decide)
	global.warn(tuwunelHarmless, Ignored)
	global.rest(Ignored, "not Doorward's")
	top.rest(Ignored, "not Doorward's")
}

// tuwunelAddress writes where the API is served. Each of address and port is one
// or a list.
func tuwunelAddress(s *section, d *draft) {
	hosts, ports := s.oneOrMore("address"), s.oneOrMore("port")
	if s.text("unix_socket_path") != "" {
		s.decide("unix_socket_path", "Doorward listens on no Unix socket; give it an address in http.listen")
	}
	if len(hosts) == 0 && len(ports) == 0 {
		return
	}
	if len(hosts) > 1 {
		s.decide("address", "Doorward listens on one address")
	}
	if len(ports) > 1 {
		s.decide("port", "Doorward listens on one port")
	}
	host, port := "127.0.0.1", "8008"
	if len(hosts) > 0 {
		host = oneHost(hosts)
	}
	if len(ports) > 0 {
		port = ports[0]
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		s.refuse("port", "is no port")
	}
	d.set("http", "listen", yamlText(net.JoinHostPort(host, port)), "global.address, port")
}

// oneOrMore returns the texts and whole numbers of a setting that is one of
// them or a list.
func (s *section) oneOrMore(name string) []string {
	v := s.value(name)
	list, isList := v.([]any)
	if !isList && v != nil {
		list = []any{v}
	}
	var texts []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			texts = append(texts, item)
		case int64:
			texts = append(texts, strconv.FormatInt(item, 10))
		default:
			s.refuse(name, "wants text or a number, or a list of them")
		}
	}
	return texts
}

// tuwunelSessions writes how long people stay signed in.
func tuwunelSessions(s *section, d *draft) {
	if span, ok := s.span("access_token_ttl", time.Second); ok && span > 0 {
		setLifetime(s, d, "refreshable_access_token_lifetime", "access_token_ttl", span)
	}
	span, ok := s.span("refresh_token_ttl", time.Second)
	idle := s.flag("refresh_token_idle_only", true)
	switch {
	case !ok || span == 0:
	case idle:
		setLifetime(s, d, "refresh_token_lifetime", "refresh_token_ttl", span)
	default:
		setLifetime(s, d, "session_lifetime", "refresh_token_ttl", span)
	}
}

var tuwunelDecisions = map[string]string{
	"database_path":                        "is Tuwunel's database, and Doorward has one of its own; nothing comes over from it",
	"ldap":                                 "Doorward asks no directory; let something that does mint JWTs",
	"identity_provider":                    "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"oidc_native_auth":                     "Doorward is no OpenID provider",
	"registration_terms":                   "write the documents anew in registration.terms",
	"appservice":                           "write a registration file of each of them, and list it in appservices",
	"mas_secret":                           "programs that administer Doorward use admin.api_token",
	"ip_source":                            "name your proxies in http.trusted_proxies; only their X-Forwarded-For is believed",
	"ip_source_trusted_subnets":            "list in http.trusted_proxies only the proxies among them",
	"grant_admin_to_first_user":            "make administrators with doorward user set-admin",
	"admins_list":                          "make them administrators with doorward user set-admin",
	"refresh_token_hard_logout":            "a session that has ended is a soft logout",
	"tls":                                  "Doorward speaks no TLS; put a proxy before it",
	"auto_deactivate_banned_room_attempts": "Doorward knows no rooms, so that it deactivates nobody for them",
}

var tuwunelHarmless = map[string]string{
	"openid_token_ttl":            "Doorward chooses how long OpenID tokens live",
	"argon2_m_cost":               "Doorward chooses how passwords are hashed",
	"argon2_t_cost":               "Doorward chooses how passwords are hashed",
	"argon2_p_cost":               "Doorward chooses how passwords are hashed",
	"access_control_allow_origin": "browsers may ask from everywhere, as the specification wants; a token is needed anyway",
	"refresh_token_reuse_grace":   "a refresh token is good until the new one is used",
	"refresh_token_reuse_revoke":  "a refresh token is good until the new one is used",
	"log":                         "see log.level and log.format",
}
