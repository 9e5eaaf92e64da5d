package contract

import (
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// pair are the tokens of a name: an access token and a refresh token.
func pair(name string) domain.Pair {
	return domain.Pair{Access: token(name), Refresh: token(name + " refresh")}
}

// refreshable is a login with a refresh token.
func refreshable(user domain.UserID, device domain.DeviceID, name string) domain.SignIn {
	in := login(user, device, name)
	in.Pair = pair(name)
	return in
}

// renewal exchanges the refresh token of one pair for the next.
func renewal(old, next string) domain.Renewal {
	return domain.Renewal{Token: token(old + " refresh"), Pair: pair(next), At: noon}
}

var refreshPromises = []promise{
	{"Refresh gives the device new tokens and says whose they are", func(t *trial) {
		user := t.signIn(refreshable(alice, "d", "a")).User
		t.signIn(refreshable(alice, "e", "other device"))
		got, err := t.Sessions.Refresh(t.Context(), renewal("a", "b"))
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Renewed{Bearer: domain.Bearer{User: user, Device: "d"}})
		t.wantBearer("b", alice, "d")
		t.wantBearer("other device", alice, "e")
		t.wantDevices(alice, "d", "e")
		t.refresh("b", "c")
		t.wantBearer("c", alice, "d")
	}},
	{"the access token before a refresh is stale, those before that are nobody's", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "b")
		t.wantStale(noon, "a")
		t.wantBearer("b", alice, "d")
		t.wantStale(noon, "a")
		t.refresh("b", "c")
		t.wantStale(noon, "b")
		t.wantDead("a")
	}},
	{"a refresh token can be exchanged again until the new access token is used", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "lost")
		t.refresh("a", "lost, too")
		t.refresh("a", "b")
		t.wantUnknown("lost", "lost, too")
		t.wantDead("lost", "lost, too")
		t.wantStale(noon, "a")
		t.refresh("a", "b")
		t.wantBearer("b", alice, "d")
		t.wantUnknown("a")
		t.wantBearer("b", alice, "d")
	}},
	{"a refresh token can be exchanged again until the new refresh token is used", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "b")
		t.refresh("b", "lost")
		t.wantUnknown("a")
		t.refresh("b", "c")
		t.wantUnknown("a", "lost")
		t.wantBearer("c", alice, "d")
		t.wantUnknown("b")
	}},
	{"tokens of a login need no first use", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.signIn(refreshable(alice, "d", "b"))
		t.wantUnknown("a")
		t.refresh("b", "c")
	}},
	{"SignIn on a device ends all that its earlier session had", func(t *trial) {
		for _, in := range []domain.SignIn{login(alice, "d", "new"), refreshable(alice, "d", "new")} {
			t.signIn(refreshable(alice, "d", "a"))
			t.refresh("a", "b")
			t.refresh("b", "c")
			t.signIn(in)
			t.wantUnknown("a", "b", "c")
			t.wantDead("a", "b", "c")
			t.wantBearer("new", alice, "d")
		}
		t.refresh("new", "newer")
	}},
	{"a stale token can end its session, or all of its user", func(t *trial) {
		for name, end := range map[string]tokenCall{"Delete": t.Sessions.Delete, "DeleteAll": t.Sessions.DeleteAll} {
			user := t.signIn(refreshable(alice, "d", "a")).User
			t.refresh("a", "b")
			t.wantStale(noon, "a")
			got, err := end(t.Context(), token("a"))
			if err != nil {
				t.Fatal(name, err)
			}
			t.wantEqual(got, domain.Bearer{User: user, Device: "d"})
			t.wantDevices(alice)
			t.wantUnknown("a", "b")
			t.wantDead("a", "b")
		}
	}},
	{"refresh tokens end with their device, and others do not", func(t *trial) {
		for name, end := range map[string]tokenCall{"Delete": t.Sessions.Delete, "DeleteAll": t.Sessions.DeleteAll} {
			t.signIn(refreshable(alice, "d", name))
			t.signIn(refreshable(bob, "d", "his"+name))
			if _, err := end(t.Context(), token(name)); err != nil {
				t.Fatal(name, err)
			}
			t.wantUnknown(name)
			t.refresh("his"+name, "his next"+name)
		}
	}},
	{"Refresh refuses users who may not be used, deactivated before locked, and writes nothing", func(t *trial) {
		user := t.signIn(refreshable(alice, "d", "a")).User
		t.refresh("a", "b")
		for _, change := range []domain.User{{Locked: true}, {Deactivated: true}, {Locked: true, Deactivated: true}} {
			changed := user
			changed.Locked, changed.Deactivated = change.Locked, change.Deactivated
			t.update(changed)
			for _, name := range []string{"a", "b"} {
				t.wantRefreshRefused(renewal(name, "c"), changed.MayUse())
			}
			t.wantUnknown("spent")
		}
		t.update(user)
		t.wantDead("c")
		t.refresh("a", "b")
		t.wantBearer("b", alice, "d")
	}},
	{"an access token is no refresh token, and neither is no token", func(t *trial) {
		t.signIn(login(alice, "d", "a"))
		t.signIn(refreshable(alice, "e", "b"))
		for _, hash := range []domain.TokenHash{{}, token("a"), token("b"), token("other")} {
			r := renewal("a", "c")
			r.Token = hash
			t.wantRefreshRefused(r, domain.ErrNotFound)
		}
		t.wantDead("a refresh", "b refresh", "c")
		t.wantBearer("a", alice, "d")
		t.wantBearer("b", alice, "e")
	}},
	{"Refresh to tokens of another device fails and writes nothing", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.signIn(refreshable(bob, "e", "b"))
		if _, err := t.Sessions.Refresh(t.Context(), renewal("a", "b")); err == nil || errors.Is(err, domain.ErrNotFound) {
			t.Fatalf("two devices have one token: %v", err)
		}
		t.wantBearer("a", alice, "d")
		t.wantBearer("b", bob, "e")
		t.refresh("a", "c")
	}},
}

// refresh exchanges the refresh token of a pair and wants success.
func (t *trial) refresh(old, next string) domain.Renewed {
	t.Helper()
	out, err := t.Sessions.Refresh(t.Context(), renewal(old, next))
	if err != nil {
		t.Fatalf("refresh of %s: %v", old, err)
	}
	return out
}

// wantUnknown wants the refresh tokens of these pairs to be nobody's, or spent.
func (t *trial) wantUnknown(names ...string) {
	t.Helper()
	for _, name := range names {
		t.wantRefreshRefused(renewal(name, "never given out"), domain.ErrNotFound)
	}
}

func (t *trial) wantRefreshRefused(r domain.Renewal, want error) {
	t.Helper()
	out, err := t.Sessions.Refresh(t.Context(), r)
	t.wantError(err, want)
	t.wantEqual(out, domain.Renewed{})
}

// wantStale wants the access tokens to be stale at the time.
func (t *trial) wantStale(now time.Time, tokens ...string) {
	t.Helper()
	for _, access := range tokens {
		bearer, err := t.Sessions.ByAccessToken(t.Context(), token(access), now)
		if err != nil || !bearer.Stale {
			t.Fatalf("token %s at %v: stale %t, %v", access, now, bearer.Stale, err)
		}
	}
}
