package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var expiryPromises = []promise{
	{"ByAccessToken says when the access token expires, to the millisecond, also if it has", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", later(time.Minute).In(time.FixedZone("east", 5*3600)).Add(999*time.Microsecond), later(time.Hour))
		t.signIn(in)
		t.wantExpires("a", noon, later(time.Minute))
		t.wantExpires("a", later(time.Hour), later(time.Minute))
		t.refreshAt(noon, "a", lasting("a/b", later(2*time.Minute), time.Time{}), later(2*time.Minute))
		for range 2 { // the first use, and another
			t.wantExpires("a/b", noon, later(2*time.Minute))
		}
	}},
	{"an access token without an end expires with its session, or never", func(t *trial) {
		in := login(alice, "d", "a")
		in.SessionEnds = later(time.Hour)
		t.signIn(in)
		t.wantExpires("a", noon, later(time.Hour))
		t.signIn(login(alice, "e", "b"))
		t.wantExpires("b", noon, time.Time{})
	}},
	{"when a token would have expired that another replaced, nobody says", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", later(time.Minute), time.Time{})
		t.signIn(in)
		t.refreshAt(noon, "a", lasting("a/b", later(time.Minute), time.Time{}), later(time.Minute))
		for range 2 {
			bearer, err := t.Sessions.ByAccessToken(t.Context(), key("a"), noon)
			t.wantError(err, nil)
			t.wantEqual(bearer, domain.Bearer{User: t.user(alice), Device: "d", Stale: true})
			t.wantBearer("a/b", alice, "d")
		}
	}},
}

// wantExpires wants ByAccessToken to say of a token at a time when it expires.
func (t *trial) wantExpires(access string, now, want time.Time) {
	t.Helper()
	bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), now)
	t.wantError(err, nil)
	t.wantEqual(bearer.Expires, want)
}
