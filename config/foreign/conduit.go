package foreign

import (
	"strings"
	"time"
)

// conduitNames are what Palpo and Tuwunel, which both descend from Conduit,
// name differently.
type conduitNames struct {
	secrets     []string // of JWTs: the first that is there counts
	enabledJWT  bool     // whether the section alone switches JWTs on
	appservices string
}

// conduit converts what Palpo and Tuwunel have in common.
func conduit(top *section, d *draft, names conduitNames) {
	if name := top.text("server_name"); name != "" {
		d.set("", "server_name", yamlText(name), top.at("server_name"))
	} else {
		top.refuse("server_name", "is missing")
	}
	wellKnown := top.sub("well_known")
	if url := wellKnown.text("client"); url != "" {
		d.set("", "public_base_url", yamlText(url), wellKnown.at("client"))
	}
	wellKnown.rest(Ignored, "not Doorward's")
	d.set("database", "url", "sqlite:doorward.db", "or postgres://USER@HOST:5432/NAME")
	if top.has("jwt") {
		conduitJWT(top.sub("jwt"), d, names)
	}
	conduitRegistration(top, d)
	if lifetime, ok := top.span("login_token_ttl", time.Millisecond); ok {
		setLoginToken(top, d, "login_token_ttl", lifetime)
	}
	if top.text("emergency_password") != "" {
		top.ignore("emergency_password", "for an account in need there is doorward user set-password")
	}
	if top.has(names.appservices) {
		top.asked[names.appservices] = true
		top.decide(names.appservices, "list the files of that folder in appservices")
	}
	if len(top.texts("forbidden_usernames")) > 0 {
		top.decide("forbidden_usernames", "Doorward forbids no names by a pattern; claim them for an application service, exclusively")
	}
}

// conduitRegistration writes who may make an account. Without a token it is open
// only where the long switch says so.
func conduitRegistration(top *section, d *draft) {
	const openSwitch = "yes_i_am_very_very_sure_i_want_an_open_registration_server_prone_to_abuse"
	enabled, open := top.flag("allow_registration", false), top.flag(openSwitch, false)
	token, file := top.text("registration_token"), top.text("registration_token_file")
	tokens := enabled && (token != "" || file != "" || !open)
	switch {
	case enabled && token != "":
		top.decide("registration_token", "make it again with the admin API: registration tokens are in the database here")
	case enabled && file != "":
		top.decide("registration_token_file", "make its tokens again with the admin API: registration tokens are in the database here")
	case enabled && !open:
		top.decide("allow_registration", "nothing says what people are asked for; they need a registration token here, which the admin API makes")
	case enabled:
		top.decide(openSwitch, "anybody can make accounts; registration.tokens_required keeps strangers out")
	}
	d.set("registration", "enabled", yamlFlag(enabled), top.origin("allow_registration"))
	d.set("registration", "tokens_required", yamlFlag(tokens), top.origin("registration_token"))
	d.set("registration", "guests", yamlFlag(top.flag("allow_guest_registration", false)), top.origin("allow_guest_registration"))
}

// formats are the values of jwt.format, with the setting that takes such keys.
var formats = map[string]keySource{
	"HMAC":    {setting: "secret", algorithms: sharedSecret},
	"B64HMAC": {setting: "secret_base64", algorithms: sharedSecret}, // in the documents
	"HMACB64": {setting: "secret_base64", algorithms: sharedSecret}, // in the code
	"ECDSA":   {setting: "public_key", algorithms: []string{"ES256", "ES384", "ES512"}},
	"EDDSA":   {setting: "public_key", algorithms: []string{"EdDSA"}},
}

// conduitJWT writes the provider of the section jwt.
func conduitJWT(s *section, d *draft, names conduitNames) {
	if !s.flag("enable", names.enabledJWT) {
		s.rest(Ignored, "JWT logins are not enabled, so there is no provider")
		return
	}
	rule := tokenRule{secret: names.secrets[0], issuers: "issuer", audiences: "audience", leeway: time.Minute}
	secret := ""
	for _, name := range names.secrets {
		if v := s.text(name); v != "" && secret == "" {
			rule.secret, secret = name, v
		} else if v != "" {
			s.refuse(name, "%s is there too; leave one of them out", s.at(rule.secret))
		}
	}
	source, algorithm := conduitKeys(s, rule.secret, secret)
	rule.provider(s, d, source, algorithm)
	rule.lists(s, d, s.texts("issuer"), s.texts("audience"))
	var required []string
	for _, claim := range []string{"exp", "nbf"} {
		if s.flag("require_"+claim, false) {
			required = append(required, claim)
		}
		if !s.flag("validate_"+claim, true) {
			s.refuse("validate_"+claim, "false lets tokens pass outside of their time; there is no way to switch the check off. "+
				"Set it to true, and let the tokens have a right %s or none", claim)
		}
	}
	if !s.flag("validate_signature", true) {
		s.refuse("validate_signature", "false lets anybody sign in as anyone; there is no way to switch the check off. Set it to true")
	}
	if len(required) > 0 {
		d.set("jwt.providers", "require", yamlTexts(required), s.at("require_exp")+", require_nbf")
	}
	d.set("jwt.providers", "register_user", yamlFlag(s.flag("register_user", true)), s.origin("register_user"))
	d.set("jwt.providers", "link_existing", "true", linksOfBefore)
	s.decide("enable", whileStrangers)
	s.rest(Decide, "is no setting that is known here; see whether it protects something")
}

// conduitKeys returns the keys of the section jwt and their algorithm.
func conduitKeys(s *section, name, secret string) (keySource, string) {
	format, algorithm := s.text("format"), s.text("algorithm")
	if format == "" {
		format = "HMAC"
	}
	if algorithm == "" {
		algorithm = "HS256"
	}
	source, known := formats[format]
	source.value = yamlText(secret)
	isPEM := strings.Contains(secret, pemStart)
	switch {
	case !known:
		s.refuse("format", "%s is unknown; there are HMAC, B64HMAC, HMACB64, ECDSA and EDDSA", shown(format))
		return source, algorithm
	case isBlank(secret):
		s.refuse(name, "is empty, so that anybody could sign; give the secret that the tokens are signed with, or the public key in PEM")
	case source.setting == "public_key" && !isPEM:
		s.refuse(name, "is no PEM, which the format %s needs", format)
	case source.setting == "public_key":
		source.value = yamlBlock(secret)
	case isPEM:
		s.refuse(name, "is a key in PEM and no shared secret; with the format %s everybody who knows it could sign", format)
		return source, algorithm
	}
	checkAlgorithm(s, algorithm, source)
	return source, algorithm
}
