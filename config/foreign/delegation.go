package foreign

import (
	"cmp"
	"net"
	"net/url"
	"strings"
)

// What is to be done where another service signed people in, whose place
// Doorward takes.
const (
	takesPlace = "Doorward takes the place of the service that signed people in: see whether homeserver.url is where the homeserver answers, " +
		"homeserver.issuer is the URL of Doorward, and http.listen is where the homeserver asks; " +
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
		asksAt(mas, d, "endpoint", "let it name Doorward's http.listen")
		if url := top.text("public_baseurl"); strings.HasPrefix(url, "https://") {
			d.set("homeserver", "issuer", yamlText(url), "public_baseurl")
		}
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
		asksAt(s, d, "introspection_endpoint", "let it name /oauth2/introspect at Doorward's http.listen")
		s.warn(map[string]string{
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
	d.delegated = true
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

// serves writes where the other server's API is: from now on Doorward's, unless
// that server goes on answering there.
func (d *draft) serves(address, from string) {
	if !d.delegated {
		d.set("http", "listen", yamlText(address), from)
		return
	}
	host, port, _ := net.SplitHostPort(address)
	d.set("homeserver", "url", yamlText("http://"+net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port)+"/"), from)
}

// asksAt writes that Doorward answers where the homeserver asked the service of
// before, if that was on the same machine. Otherwise advice says what to decide.
func asksAt(s *section, d *draft, name, advice string) {
	asked := s.text(name)
	if asked == "" {
		s.asked[name] = true
		s.decide(name, "%s", advice)
		return
	}
	u, err := url.Parse(asked)
	if err == nil && u.Scheme == "http" && u.Port() != "" && isThisMachine(u.Hostname()) {
		d.set("http", "listen", yamlText(u.Host), s.at(name))
		return
	}
	s.decide(name, "%s", advice)
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
