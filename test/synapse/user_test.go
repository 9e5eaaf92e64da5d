//go:build synapse

package synapse

import (
	"fmt"
	"strings"
	"time"
)

// Whoever made an account before authentication was delegated gets it back with a
// token, and nobody can register over it.
func aUserOfSynapses(p *pair) {
	const before = `{"localpart":"gerda","set_displayname":"Gerda of old"}`
	p.want("made there", p.there("POST", "/_synapse/mas/provision_user", secret, before), 201, "")
	p.want("registration over it", p.here("POST", "/register", "",
		`{"username":"gerda","password":"a secret of a stranger","auth":{"type":"m.login.dummy"}}`), 400, "M_USER_IN_USE")
	phone := p.login("gerda", "PHONE")
	p.wantIn(phone, "gerda", "PHONE")
	if name := p.user("gerda").text("display_name"); name != "Gerda of old" {
		p.Errorf("she is called %q now", name)
	}
}

// aUserWhoIsLocked is out when Synapse has forgotten what it was told of the token:
// while others go on, this waits for it.
func aUserWhoIsLocked(p *pair) {
	phone := p.login("lisa", "PHONE")
	p.wantIn(phone, "lisa", "PHONE")
	p.wantHere("PUT", "/_synapse/admin/v2/users/"+id("lisa"), adminToken, `{"locked":true}`)
	locked := time.Now()
	p.want("a login", p.here("POST", "/login", "", p.jwtLogin("lisa", "TABLET")), 401, "M_USER_LOCKED")
	if lisa := p.synapseAdmin("lisa"); lisa.object["locked"] != true {
		p.Errorf("Synapse knows %s", lisa)
	}
	p.Parallel()
	p.within(keeps-time.Since(locked), "a user who is locked is out", func() bool {
		return p.there("GET", "/account/whoami", phone, "").text("errcode") == "M_UNKNOWN_TOKEN"
	})
	p.wantHere("PUT", "/_synapse/admin/v2/users/"+id("lisa"), adminToken, `{"locked":false}`)
	p.wantIn(p.login("lisa", "TABLET"), "lisa", "TABLET")
	if lisa := p.synapseAdmin("lisa"); lisa.object["locked"] != false {
		p.Errorf("Synapse knows %s", lisa)
	}
}

func names(p *pair) {
	phone := p.login("nina", "PHONE")
	if said := p.door.run(p.T, "user", "add", "olga", "--display-name", "Olga O."); !strings.Contains(said, id("olga")) {
		p.Errorf("user add says %q", said)
	}
	p.wantName(phone, "olga", "Olga O.")
	p.wantName(phone, "nina", "nina")
	for _, called := range []string{"Nina N.", "", "Ñina"} {
		p.wantHere("PUT", "/_synapse/admin/v2/users/"+id("nina"), adminToken, fmt.Sprintf(`{"displayname":%q}`, called))
		p.wantName(phone, "nina", called)
	}
	p.wantIn(p.login("o/d=d+n.a-m_e", "PHONE"), "o/d=d+n.a-m_e", "PHONE")
}

// wantName wants Synapse to tell everybody how a user is called. It has no profile of
// one who is called nothing.
func (p *pair) wantName(token, localpart, want string) {
	p.Helper()
	if a := p.there("GET", "/profile/"+id(localpart), token, ""); a.text("displayname") != want || (a.status == 404) != (want == "") {
		p.Errorf("%s is called %s, want %q", localpart, a, want)
	}
}
