package httpapi_test

import (
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/domain"
)

// RFC 7009, 2.
func TestRevokingATokenEndsItsSessionAndNoOther(t *testing.T) {
	for name, pick := range map[string]func(access, refresh string) string{
		"access token":  func(access, _ string) string { return access },
		"refresh token": func(_, refresh string) string { return refresh },
	} {
		t.Run(name, func(t *testing.T) {
			d := delegatedDoor()
			access, refresh := d.loginRefreshable(t)
			other := d.login(t, "alice", "OTHER")
			for _, time := range []string{"once", "twice"} {
				if a := d.ask(t, revokePath, pick(access, refresh)); a.status != 200 || a.text != "{}" {
					t.Errorf("%s: %d %s", time, a.status, a.text)
				}
			}
			d.wantSaid(t, "the access token", access, nothing)
			if a := d.refresh(t, refresh); a.status != 401 {
				t.Errorf("the refresh token: %d %s", a.status, a.text)
			}
			devices, err := d.store.Repositories().Devices.List(t.Context(), "@alice:example.org")
			if err != nil || len(devices) != 1 {
				t.Errorf("devices %v, %v", devices, err)
			}
			if a := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+other); a.status != 200 {
				t.Errorf("the other device: %d %s", a.status, a.text)
			}
		})
	}
}

func TestWhoMayDoNothingElseMayBeLoggedOutByTheHomeserver(t *testing.T) {
	d := delegatedDoor()
	token := d.login(t, "alice", "D")
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
	if a := d.ask(t, revokePath, token); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Locked = false })
	d.wantSaid(t, "afterwards", token, nothing)
}

func TestATokenWithoutASessionIsAsGoodAsRevoked(t *testing.T) {
	const sender domain.UserID = "@irc:example.org"
	d := delegatedDoor(func(a *httpapi.API) {
		services := domain.Appservices{{ID: "irc", Token: domain.Token("as of irc").Hash(), Sender: sender}}
		a.Revoke.Logout.Authenticate.Appservices = services
	})
	tokens := []string{
		"", "rubbish", "as of irc", homeserversSecret,
		string(domain.NewToken(domain.AccessToken, domain.NewSessionID())), string(domain.NewToken(domain.LoginToken, domain.NewSessionID())),
	}
	for _, deactivated := range []bool{false, true} {
		for _, token := range tokens {
			if a := d.ask(t, revokePath, token); a.status != 200 || a.text != "{}" {
				t.Errorf("%q: %d %s", token, a.status, a.text)
			}
		}
		if !deactivated {
			user := domain.User{ID: sender, Deactivated: true, CreatedAt: time.UnixMilli(1)}
			if err := d.store.Repositories().Users.Create(t.Context(), user); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestARevocationIsALogout(t *testing.T) {
	d := delegatedDoor()
	token := d.login(t, "alice", "D")
	d.ask(t, revokePath, token)
	d.ask(t, revokePath, token)
	lines := d.log.entries(t, "request")
	for i, want := range []map[string]any{
		{"event": "logout", "result": "ok", "user": "@alice:example.org", "device": "D", "detail": nil},
		{"event": "logout", "result": "ok", "user": nil, "device": nil, "detail": "no session"},
	} {
		for name, value := range want {
			if got := lines[1+i][name]; got != value {
				t.Errorf("line %d: %s is %v, want %v", i+1, name, got, value)
			}
		}
	}
}
