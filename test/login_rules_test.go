package test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// "GET /login": what is accepted is listed, and nothing else.
func TestApplicationServicesAreListedWhereThereAreSome(t *testing.T) {
	const entry = `{"type":"m.login.application_service"}`
	onEveryVariant(t, bridged(t, plain), func(t *testing.T, d *door) {
		if a := d.do(t, "GET", loginPath, "", ""); a.status != 200 || strings.Count(a.raw, entry) != 1 {
			t.Errorf("got %s", a)
		}
	})
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		if a := d.do(t, "GET", loginPath, "", ""); a.status != 200 || strings.Contains(a.raw, "application_service") {
			t.Errorf("got %s", a)
		}
	})
}

// Application service API, "Registration": a namespace holds users of this server,
// whatever else its expression matches, from their beginning on.
func TestANamespaceHoldsUsersOfThisServer(t *testing.T) {
	onEveryVariant(t, bridged(t, plain), func(t *testing.T, d *door) {
		for _, id := range []domain.UserID{"@alice:example.org", "@x_irc_:example.org"} {
			if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		if a := d.loginOfService(t, botToken, "alice"); a.status != 200 { // the bot has @.*
			t.Errorf("got %s", a)
		}
		for _, user := range []string{"@alice:other.org", "@alice:example.org:8448", "@alice:EXAMPLE.org"} {
			wantAnswer(t, user, d.loginOfService(t, botToken, user), 403, "M_EXCLUSIVE")
			wantAnswer(t, user, d.do(t, "GET", "/_matrix/client/v3/account/whoami?user_id="+percent(user), botToken, ""), 403, "M_FORBIDDEN")
		}
		wantAnswer(t, "in the middle", d.loginOfService(t, bridgeToken, "x_irc_"), 403, "M_EXCLUSIVE")
	})
}

// "m.login.token": what is wrong with the rest of the body does not cost the
// token, and a login that is refused does not either.
func TestALoginTokenSurvivesALoginThatIsRefused(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		token := d.mustGetLoginToken(t, alice)
		for body, errcode := range map[string]string{
			`"device_id":""`: "M_INVALID_PARAM", `"device_id":1`: "M_BAD_JSON", `"refresh_token":"true"`: "M_BAD_JSON",
			`"initial_device_display_name":"` + strings.Repeat("x", 101) + `"`: "M_TOO_LARGE",
		} {
			wantAnswer(t, body, d.do(t, "POST", loginPath, "", `{"type":"m.login.token","token":"`+token+`",`+body+`}`), 400, errcode)
		}
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		wantAnswer(t, "while locked", d.loginByToken(t, token), 401, "M_USER_LOCKED")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = false })
		wantAnswer(t, "at last", d.loginByToken(t, token), 200, "")
	})
}
