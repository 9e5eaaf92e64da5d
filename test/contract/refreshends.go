package contract

import (
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

var refreshEndPromises = []promise{
	{"tokens of a login need no first use", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.signIn(refreshable(alice, "d", "b"))
		t.wantUnknown("a")
		t.refresh("b", "b/c")
	}},
	{"SignIn on a device ends all that its earlier session had", func(t *trial) {
		for _, in := range []domain.SignIn{login(alice, "d", "new"), refreshable(alice, "d", "new")} {
			t.refreshOften("a")
			t.signIn(in)
			t.wantUnknown("a", "a/b", "a/c", "a/lost", "a/d")
			t.wantDead("a", "a/b", "a/c", "a/lost", "a/d")
			t.wantBearer("new", alice, "d")
		}
		t.refresh("new", "new/er")
	}},
	{"a session ends with all that it had, however it ends", func(t *trial) {
		for name, end := range t.endings() {
			user := t.refreshOften("a")
			t.signIn(refreshable(bob, "d", "his "+name))
			bearer, err := end(t.Context(), session("a"))
			if err != nil {
				t.Fatal(name, err)
			}
			if bearer != (domain.Bearer{}) {
				t.wantEqual(bearer, domain.Bearer{User: user, Device: "d"})
			}
			t.wantDevices(alice)
			t.wantUnknown("a", "a/b", "a/c", "a/lost", "a/d")
			t.wantDead("a", "a/b", "a/c", "a/lost", "a/d")
			t.refresh("his "+name, "his "+name+"/next")
		}
	}},
	{"Refresh refuses users who may not be used, deactivated before locked, and writes nothing", func(t *trial) {
		user := t.signIn(refreshable(alice, "d", "a")).User
		t.refresh("a", "a/b")
		for _, change := range []domain.User{{Locked: true}, {Deactivated: true}, {Locked: true, Deactivated: true}} {
			changed := user
			changed.Locked, changed.Deactivated = change.Locked, change.Deactivated
			t.update(changed)
			for _, name := range []string{"a", "a/b"} {
				t.wantRefreshRefused(renewal(name, "a/c"), changed.MayUse())
			}
			t.wantUnknown("a/spent")
		}
		t.update(user)
		t.wantStale(noon, "a/c")
		t.refresh("a", "a/b")
		t.wantBearer("a/b", alice, "d")
	}},
	{"Refresh wants a refresh token of the session, and nothing else", func(t *trial) {
		t.signIn(login(alice, "d", "a"))
		t.signIn(refreshable(alice, "e", "b"))
		for name, token := range map[string]domain.TokenKey{
			"nothing":                             {},
			"an access token without a refresh":   key("a"),
			"an access token":                     key("b"),
			"a token that nobody has":             refreshKey("other"),
			"no token of a session without one":   {Session: session("a")},
			"no token of a session with one":      {Session: session("b")},
			"a refresh token without its session": {Token: token("b refresh")},
			"a refresh token of another session":  {Session: session("a"), Token: token("b refresh")},
		} {
			_, err := t.Sessions.Refresh(t.Context(), domain.Renewal{Token: token, Pair: pair("b/c"), At: noon})
			if !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.wantBearer("a", alice, "d")
		t.wantBearer("b", alice, "e")
	}},
}

// refreshOften signs alice in on "d" and refreshes until "d" is the current pair
// of the session.
func (t *trial) refreshOften(name string) domain.User {
	t.Helper()
	user := t.signIn(refreshable(alice, "d", name)).User
	t.refresh(name, name+"/b")
	t.refresh(name+"/b", name+"/c")
	t.refresh(name+"/c", name+"/lost")
	t.refresh(name+"/c", name+"/d")
	return user
}
