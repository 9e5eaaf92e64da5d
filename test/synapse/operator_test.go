//go:build synapse

package synapse

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

const (
	// keeps is how long Synapse keeps what it was told of a token, and some more.
	keeps = 130 * time.Second
	// arrives is how soon what could not be told at once is told.
	arrives = 60 * time.Second
)

// administrator returns a token with which Synapse lets its holder administer.
func (p *pair) administrator() string {
	p.Helper()
	device := rand.Text()
	token := p.login("root", device)
	p.door.run(p.T, "user", "set-admin", "root")
	p.wantIn(token, "root", device)
	return token
}

// synapseAdmin is what Synapse tells administrators of a user.
func (p *pair) synapseAdmin(localpart string) answer {
	p.Helper()
	return p.wantThere("GET", "/_synapse/admin/v2/users/"+id(localpart), p.administrator(), "")
}

// An account that is given back arrives by itself, though Synapse cannot take it in
// the first seconds on a database.
func givenBack(p *pair) {
	phone := p.login("hanna", "PHONE")
	p.wantIn(phone, "hanna", "PHONE")
	p.door.run(p.T, "user", "deactivate", "hanna")
	p.wantOut("a user who was deactivated", phone)
	if p.user("hanna").object["is_deactivated"] != true {
		p.Error("Synapse does not know that she is deactivated")
	}
	began := time.Now()
	p.door.run(p.T, "user", "reactivate", "hanna")
	p.within(arrives, "the reactivation arrives", func() bool { return p.user("hanna").object["is_deactivated"] == false })
	p.Logf("a user was given back within %s", time.Since(began).Round(time.Millisecond))
	p.wantOut("the old token", phone)
	p.wantIn(p.login("hanna", "PHONE"), "hanna", "PHONE")
}

func anAdministrator(p *pair) {
	nobody := p.login("paula", "PHONE")
	const users = "/_synapse/admin/v2/users?guests=false"
	p.want("who is no administrator", p.there("GET", users, nobody, ""), 403, "M_FORBIDDEN")
	root := p.administrator()
	if all := p.wantThere("GET", users, root, ""); !strings.Contains(all.raw, id("paula")) {
		p.Errorf("an administrator sees %s", all)
	}
	p.door.run(p.T, "user", "set-admin", "--remove", "root")
	p.want("who is no administrator any more", p.there("GET", users, p.login("root", "PHONE"), ""), 403, "M_FORBIDDEN")
}

func newEncryptionKeys(p *pair) {
	phone := p.login("quinn", "PHONE")
	upload := func() answer {
		key := make([]byte, 32)
		rand.Read(key)
		name := base64.RawStdEncoding.EncodeToString(key)
		return p.there("POST", "/keys/device_signing/upload", phone,
			fmt.Sprintf(`{"master_key":{"user_id":%q,"usage":["master"],"keys":{"ed25519:%s":%q}}}`, id("quinn"), name, name))
	}
	p.want("the first keys", upload(), 200, "")
	p.want("other keys", upload(), 401, "")
	p.door.run(p.T, "user", "allow-cross-signing-reset", "quinn")
	p.want("other keys, allowed", upload(), 200, "")
}

// whatWentApart is what an operator has after one side was restored from a backup. On
// a young database it takes more than one attempt to mend it.
func whatWentApart(p *pair) {
	phone, tablet := p.login("rosa", "PHONE"), p.login("rosa", "TABLET")
	p.wantIn(phone, "rosa", "PHONE")
	p.wantIn(tablet, "rosa", "TABLET")
	p.wantIn(p.login("sven", "PHONE"), "sven", "PHONE")
	for _, call := range []struct {
		name, body string
		status     int
	}{
		{"delete_device", `{"localpart":"rosa","device_id":"TABLET"}`, 204},
		{"upsert_device", `{"localpart":"rosa","device_id":"UNKNOWN"}`, 201},
		{"delete_user", `{"localpart":"sven","erase":false}`, 200},
	} {
		p.want(call.name, p.there("POST", "/_synapse/mas/"+call.name, secret, call.body), call.status, "")
	}
	p.wantDevices(phone, "PHONE", "UNKNOWN")
	var said string
	p.within(arrives, "homeserver sync succeeds", func() bool {
		more, err := p.door.command(p.T, "homeserver", "sync")
		said += more + "\n"
		return err == nil
	})
	p.wantDevices(phone, "PHONE", "TABLET")
	p.wantIn(tablet, "rosa", "TABLET")
	if p.user("sven").object["is_deactivated"] != false || !strings.Contains(said, id("sven")+" was deactivated there, is reactivated\n") {
		p.Errorf("homeserver sync says:\n%s", said)
	}
	if again := p.door.run(p.T, "homeserver", "sync"); strings.Contains(again, "@") {
		p.Errorf("homeserver sync, again, says:\n%s", again)
	}
}
