//go:build synapse

package synapse

import (
	"fmt"
	"slices"
	"strings"
)

func logoutOfAll(p *pair) {
	phone, tablet, other := p.login("anna", "PHONE"), p.login("anna", "TABLET"), p.login("berta", "PHONE")
	p.wantIn(phone, "anna", "PHONE")
	p.wantIn(tablet, "anna", "TABLET")
	p.wantHere("POST", "/logout/all", phone, "")
	p.wantOut("the device that asked", phone)
	p.wantOut("another device", tablet)
	p.wantIn(other, "berta", "PHONE")
	p.wantDevices(p.login("anna", "LAPTOP"), "LAPTOP")
}

// register makes an account with a password, and returns the access token.
func (p *pair) register(name, password string) string {
	p.Helper()
	body := fmt.Sprintf(`"username":%q,"password":%q,"device_id":"PHONE"`, name, password)
	return p.confirmed("/register", "", body, `"type":"m.login.dummy"`).text("access_token")
}

// confirmed sends a request, and again with a stage of User-Interactive
// Authentication.
func (p *pair) confirmed(path, token, members, stage string) answer {
	p.Helper()
	a := p.here("POST", path, token, "{"+members+"}")
	if a.status != 401 || a.text("session") == "" {
		p.Fatalf("%s without a confirmation: %s", path, a)
	}
	if members != "" {
		members += ","
	}
	return p.wantHere("POST", path, token, fmt.Sprintf(`{%s"auth":{%s,"session":%q}}`, members, stage, a.text("session")))
}

func byPassword(name, password string) string {
	return fmt.Sprintf(`"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":%q`, name, password)
}

func (p *pair) byJWT(localpart string) string {
	p.Helper()
	return fmt.Sprintf(`"type":"org.matrix.login.jwt","token":%q`, p.mint(localpart))
}

func aNewPassword(p *pair) {
	phone := p.register("carla", "old secret of carla")
	p.wantIn(phone, "carla", "PHONE")
	tablet := p.wantHere("POST", "/login", "", `{"device_id":"TABLET",`+byPassword("carla", "old secret of carla")+"}").text("access_token")
	p.wantIn(tablet, "carla", "TABLET")
	p.confirmed("/account/password", phone, `"new_password":"new secret of carla","logout_devices":true`,
		byPassword("carla", "old secret of carla"))
	p.wantIn(phone, "carla", "PHONE")
	p.wantOut("another device", tablet)
	p.wantDevices(phone, "PHONE")
}

func deletedDevices(p *pair) {
	phone := p.login("dora", "PHONE")
	others := map[string]string{"TABLET": "", "LAPTOP": "", "KIOSK": ""}
	for device := range others {
		others[device] = p.login("dora", device)
		p.wantIn(others[device], "dora", device)
	}
	p.confirmed("/delete_devices", phone, `"devices":["TABLET","LAPTOP"]`, p.byJWT("dora"))
	p.wantOut("a device that is deleted", others["TABLET"])
	p.wantOut("another", others["LAPTOP"])
	p.wantIn(others["KIOSK"], "dora", "KIOSK")
	p.wantDevices(phone, "PHONE", "KIOSK")
}

// user is what Synapse tells Doorward of a user.
func (p *pair) user(localpart string) answer {
	p.Helper()
	return p.wantThere("GET", "/_synapse/mas/query_user?localpart="+localpart, secret, "")
}

func anAccountThatEnds(p *pair) {
	phone := p.login("emma", "PHONE")
	p.wantIn(phone, "emma", "PHONE")
	p.wantHere("PUT", "/_synapse/admin/v2/users/"+id("emma"), adminToken, `{"displayname":"Emma"}`)
	p.confirmed("/account/deactivate", phone, `"erase":true`, p.byJWT("emma"))
	p.wantOut("a user who is at an end", phone)
	if u := p.user("emma"); u.object["is_deactivated"] != true || u.object["display_name"] != nil {
		p.Errorf("Synapse knows %s", u)
	}
	p.want("another login", p.here("POST", "/login", "", p.jwtLogin("emma", "PHONE")), 403, "M_USER_DEACTIVATED")
}

// What an operator ends at the command line.
func endedByCommand(p *pair) {
	for command, ends := range map[string][]string{
		"device delete heidi PHONE": {"PHONE"}, "user logout heidi": {"PHONE", "TABLET"},
	} {
		tokens := map[string]string{"PHONE": p.login("heidi", "PHONE"), "TABLET": p.login("heidi", "TABLET")}
		for device, token := range tokens {
			p.wantIn(token, "heidi", device)
		}
		p.door.run(p.T, strings.Fields(command)...)
		for device, token := range tokens {
			if slices.Contains(ends, device) {
				p.wantOut(command, token)
			} else {
				p.wantIn(token, "heidi", device)
			}
		}
	}
}
