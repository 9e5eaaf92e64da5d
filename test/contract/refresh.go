package contract

import (
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
	return domain.Renewal{Token: refreshKey(old), Pair: pair(next), At: noon}
}

// refreshKey is the key of the refresh token of a pair.
func refreshKey(name string) domain.TokenKey {
	return domain.TokenKey{Session: session(name), Token: token(name + " refresh")}
}

var refreshPromises = []promise{
	{"Refresh gives the device new tokens and says whose they are", func(t *trial) {
		user := t.signIn(refreshable(alice, "d", "a")).User
		t.signIn(refreshable(alice, "e", "other device"))
		got, err := t.Sessions.Refresh(t.Context(), renewal("a", "a/b"))
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Renewed{Bearer: domain.Bearer{User: user, Device: "d"}})
		t.wantBearer("a/b", alice, "d")
		t.wantBearer("other device", alice, "e")
		t.wantDevices(alice, "d", "e")
		t.refresh("a/b", "a/c")
		t.wantBearer("a/c", alice, "d")
	}},
	{"every access token that a session had is stale, however long ago that was", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/b")
		t.wantStale(noon, "a")
		t.wantBearer("a/b", alice, "d")
		t.refresh("a/b", "a/lost")
		t.refresh("a/b", "a/c")
		t.refresh("a/c", "a/d")
		t.refresh("a/d", "a/e")
		t.wantStale(noon, "a", "a/b", "a/lost", "a/c", "a/d")
		t.wantBearer("a/e", alice, "d")
	}},
	{"a stale token is that of its user and device", func(t *trial) {
		user := t.signIn(refreshable(alice, "d", "a")).User
		t.refresh("a", "a/b")
		got, err := t.Sessions.ByAccessToken(t.Context(), key("a"), noon)
		if err != nil {
			t.Fatal(err)
		}
		t.wantEqual(got, domain.Bearer{User: user, Device: "d", Stale: true})
	}},
	{"a refresh token can be exchanged again until the new access token is used", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/lost")
		t.refresh("a", "a/lost, too")
		t.refresh("a", "a/b")
		t.wantUnknown("a/lost", "a/lost, too")
		t.wantStale(noon, "a", "a/lost", "a/lost, too")
		t.refresh("a", "a/b")
		t.wantBearer("a/b", alice, "d")
		t.wantUnknown("a")
		t.wantBearer("a/b", alice, "d")
	}},
	{"the use of a stale token is not that of the new one", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/lost")
		t.refresh("a", "a/b")
		t.wantStale(noon, "a", "a/lost", "a/never given out")
		t.refresh("a", "a/c")
	}},
	{"a refresh token can be exchanged again until the new refresh token is used", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refresh("a", "a/b")
		t.refresh("a/b", "a/lost")
		t.wantUnknown("a")
		t.refresh("a/b", "a/c")
		t.wantUnknown("a", "a/lost")
		t.wantBearer("a/c", alice, "d")
		t.wantUnknown("a/b")
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
		bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), now)
		if err != nil || !bearer.Stale {
			t.Fatalf("token %s at %v: stale %t, %v", access, now, bearer.Stale, err)
		}
	}
}
