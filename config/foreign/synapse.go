package foreign

import (
	"strings"
	"time"
)

// synapse converts a homeserver.yaml.
func synapse(top *section, d *draft) {
	if name := top.text("server_name"); name != "" {
		d.set("", "server_name", yamlText(name), "server_name")
	} else {
		top.refuse("server_name", "is missing")
	}
	if url := top.text("public_baseurl"); url != "" {
		d.set("", "public_base_url", yamlText(url), "public_baseurl")
	}
	synapseDelegation(top, d)
	synapseListeners(top, d)
	synapseDatabase(top, d)
	synapseJWT(top.sub("jwt_config"), d)
	synapsePasswords(top.sub("password_config"), d)
	synapseLoginToken(top.sub("login_via_existing_session"), d)
	synapseRegistration(top, d)
	synapseSessions(top, d)
	synapseLimits(top, d)
	top.warn(synapseDecisions, Decide)
	top.warn(synapseHarmless, Ignored)
	top.rest(Ignored, "not Doorward's")
}

var synapseTokens = tokenRule{secret: "secret", issuers: "issuer", audiences: "audiences", leeway: 120 * time.Second}

// synapseJWT writes the provider of jwt_config.
func synapseJWT(s *section, d *draft) {
	if !s.flag("enabled", false) {
		s.rest(Ignored, "JWT logins are not enabled, so there is no provider")
		return
	}
	secret := s.text("secret")
	source := keySource{"secret", yamlText(secret), sharedSecret}
	switch {
	case strings.Contains(secret, pemStart):
		source = keySource{"public_key", yamlBlock(secret), publicKey}
	case isBlank(secret):
		s.refuse("secret", "is empty, so that anybody could sign; give the secret that the tokens are signed with, or the public key in PEM")
	}
	algorithm := s.text("algorithm")
	if algorithm == "" {
		s.refuse("algorithm", "is missing")
	} else {
		checkAlgorithm(s, algorithm, source)
	}
	synapseTokens.provider(s, d, source, algorithm)
	var issuers []string
	if s.has("issuer") {
		issuers = []string{s.text("issuer")}
	}
	audiences := s.texts("audiences")
	if s.has("audiences") && len(audiences) == 0 {
		s.refuse("audiences", "is empty, with which Synapse refuses every token; leave it out, or list what tokens have in aud")
	}
	synapseTokens.lists(s, d, issuers, audiences)
	for _, name := range []string{"subject_claim", "display_name_claim"} {
		if claim := s.text(name); claim != "" {
			d.set("jwt.providers", name, yamlText(claim), s.at(name))
			if strings.Contains(claim, ".") {
				s.decide(name, "has a dot, which reaches into an object here: a.b is the member b of a")
			}
		}
	}
	d.set("jwt.providers", "register_user", "true", "as at Synapse, which always creates who is new")
	d.set("jwt.providers", "link_existing", "true", linksOfBefore)
	s.decide("enabled", whileStrangers)
	s.rest(Decide, "is no setting that is known here; see whether it protects something")
}

// linksOfBefore is why accounts may be linked: the other server remembered only
// names.
const linksOfBefore = "the accounts that are taken over are those of the same names"

// whileStrangers is what that means for servers on which strangers register.
const whileStrangers = "link_existing gives an account to whoever's token first has its name, as there; " +
	"where strangers can register, set it to false once the users of before have signed in"

// synapsePasswords writes who signs in with a password.
func synapsePasswords(s *section, d *draft) {
	enabled := true
	if v, ok := s.value("enabled").(string); ok && v == "only_for_reauth" {
		enabled = false
		s.decide("enabled", "only_for_reauth lets passwords confirm and not sign in; here they do neither when they are off")
	} else {
		enabled = s.flag("enabled", true)
	}
	if !s.flag("localdb_enabled", true) {
		enabled = false
		s.decide("localdb_enabled", "passwords were checked by a module; Doorward has none, so that nobody signs in with one")
	}
	d.set("password", "enabled", yamlFlag(enabled), s.origin("enabled"))
	if pepper := s.text("pepper"); pepper != "" {
		d.set("password", "pepper", yamlText(pepper), s.at("pepper"))
	}
	if s.sub("policy").flag("enabled", false) {
		s.decide("policy", "Doorward has no rules for new passwords; those that there are stay as they are")
	}
	s.rest(Decide, "is no setting that is known here; see whether it protects something")
}

// synapseLoginToken writes whether a client brings in another one. It is off at
// Synapse unless enabled.
func synapseLoginToken(s *section, d *draft) {
	d.set("login_token", "enabled", yamlFlag(s.flag("enabled", false)), s.origin("enabled"))
	if lifetime, ok := s.span("token_timeout", time.Millisecond); ok {
		setLoginToken(s, d, "token_timeout", lifetime)
	}
	if !s.flag("require_ui_auth", true) {
		s.ignore("require_ui_auth", "it is always confirmed here")
	}
	s.rest(Ignored, "not Doorward's")
}

// setLoginToken writes the lifetime of login tokens if Doorward takes it.
func setLoginToken(s *section, d *draft, name string, lifetime time.Duration) {
	if lifetime < time.Second || lifetime > 10*time.Minute {
		s.decide(name, "is not from a second to ten minutes; login_token.lifetime has its default")
		return
	}
	d.set("login_token", "lifetime", yamlSpan(lifetime), s.at(name))
}

func yamlFlag(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
