package foreign

// What is to be done where another service signed people in, whose place
// Doorward takes.
const (
	takesPlace = "Doorward takes the place of the service that signed people in: set homeserver.url to where the homeserver answers, " +
		"homeserver.issuer to the URL of Doorward, and http.listen to an address that is not the homeserver's; " +
		"what that service knows, such as passwords, does not come over"
	didNot = "the homeserver itself let nobody sign in or register; see whether password, registration and login_token are as you want them"
)

// synapseDelegation writes the homeserver if Synapse delegates authentication.
func synapseDelegation(top *section, d *draft) {
	mas, old := top.sub("matrix_authentication_service"), top.sub("experimental_features").sub("msc3861")
	now, before := mas.flag("enabled", false), old.flag("enabled", false)
	switch {
	case now && before:
		old.refuse("enabled", "%s is there too; leave one of them out", mas.at("enabled"))
	case now:
		delegates(mas, d, "enabled", "synapse")
		secretOf(mas, d, "homeserver", "secret", "secret", "secret_path")
		mas.asked["endpoint"] = true
		mas.decide("endpoint", "let it name Doorward's http.listen")
	case before:
		delegates(old, d, "enabled", "synapse")
		secretOf(old, d, "homeserver", "secret", "admin_token", "admin_token_path")
		pages(old, d)
		old.decide("enabled", "Synapse asks by OAuth clients then, of which Doorward knows none: replace it by matrix_authentication_service, "+
			"with homeserver.secret as its secret and Doorward's http.listen as its endpoint")
	}
	mas.rest(Ignored, "of no use here")
	old.rest(Ignored, "of no use here")
}

// palpoDelegation writes the homeserver if Palpo delegates authentication.
func palpoDelegation(top *section, d *draft) {
	s, admin := top.sub("delegated_auth"), top.sub("admin")
	if s.flag("enable", false) {
		delegates(s, d, "enable", "palpo")
		if secret := admin.text("mas_secret"); secret != "" {
			d.set("homeserver", "secret", yamlText(secret), admin.at("mas_secret"))
		}
		pages(s, d)
		s.warn(map[string]string{
			"introspection_endpoint":  "let it name /oauth2/introspect at Doorward's http.listen",
			"password_login_endpoint": "clients log in here, so that Palpo needs none; take it out there",
		}, Decide)
	} else {
		admin.warn(map[string]string{"mas_secret": "programs that administer Doorward use admin.api_token"}, Decide)
	}
	s.rest(Ignored, "of no use here")
	admin.rest(Ignored, "not Doorward's")
}

// delegates writes that a homeserver of the kind delegates authentication.
func delegates(s *section, d *draft, name, kind string) {
	d.set("homeserver", "kind", kind, s.at(name))
	s.decide(name, takesPlace)
	s.decide(name, didNot)
}

// pages writes where people found the service, as far as it is said.
func pages(s *section, d *draft) {
	for _, name := range []string{"issuer", "account_management_url"} {
		if url := s.text(name); url != "" {
			d.set("homeserver", name, yamlText(url), s.at(name))
		}
	}
}
