package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const moment = time.Millisecond

// far is a time that does not come.
var far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// later is so long after noon.
func later(d time.Duration) time.Time { return noon.Add(d) }

// lasting is a pair whose tokens expire.
func lasting(name string, access, refresh time.Time) domain.Pair {
	p := pair(name)
	p.AccessExpires, p.RefreshExpires = access, refresh
	return p
}

var lifetimePromises = []promise{
	{"an access token expires to the millisecond, and is stale then", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", later(time.Minute), time.Time{})
		t.signIn(in)
		t.wantLive(later(time.Minute-moment), "a")
		t.wantStale(later(time.Minute), "a")
		t.wantStale(later(1000*time.Hour), "a")
		t.refreshAt(later(2*time.Minute), "a", lasting("a/b", later(3*time.Minute), time.Time{}), later(3*time.Minute))
		t.wantLive(later(3*time.Minute-moment), "a/b")
		t.wantStale(later(3*time.Minute), "a/b")
	}},
	{"tokens without an end do not expire", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.wantLive(far, "a")
		t.refreshAt(far, "a", pair("a/b"), time.Time{})
		t.wantLive(far, "a/b")
	}},
	{"a refresh token expires to the millisecond, and its device lives", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", time.Time{}, later(time.Minute))
		t.signIn(in)
		expired := renewal("a", "a/b")
		expired.At = later(time.Minute)
		t.wantRefreshRefused(expired, domain.ErrExpiredToken)
		t.wantLive(later(time.Hour), "a")
		t.refreshAt(later(time.Minute-moment), "a", pair("a/b"), time.Time{})
	}},
	{"a refresh token that is exchanged again expires when it would have", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", time.Time{}, later(time.Minute))
		t.signIn(in)
		t.refreshAt(later(time.Second), "a", pair("a/lost"), time.Time{})
		t.refreshAt(later(time.Minute-moment), "a", pair("a/b"), time.Time{})
		expired := renewal("a", "a/c")
		expired.At = later(time.Minute)
		t.wantRefreshRefused(expired, domain.ErrExpiredToken)
		t.wantLive(later(time.Hour), "a/b")
	}},
	{"no token outlives its session", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair, in.SessionEnds = pair("a"), later(time.Hour)
		t.signIn(in)
		t.wantLive(later(time.Hour-moment), "a")
		t.wantStale(later(time.Hour), "a")
		t.refreshAt(later(time.Minute), "a", lasting("a/b", later(2*time.Minute), later(3*time.Minute)), later(2*time.Minute))
		t.refreshAt(later(2*time.Minute), "a/b", lasting("a/c", later(2*time.Hour), later(2*time.Hour)), later(time.Hour))
		t.refreshAt(later(3*time.Minute), "a/c", pair("a/d"), later(time.Hour))
		t.wantLive(later(time.Hour-moment), "a/d")
		t.wantStale(later(time.Hour), "a/d")
		expired := renewal("a/d", "a/e")
		expired.At = later(time.Hour)
		t.wantRefreshRefused(expired, domain.ErrExpiredToken)
	}},
	{"a login begins a new session, with an end of its own", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.SessionEnds = later(time.Minute)
		t.signIn(in)
		t.signIn(refreshable(alice, "d", "b"))
		t.refreshAt(later(time.Hour), "b", pair("b/c"), time.Time{})
		t.wantLive(later(2*time.Hour), "b/c")
	}},
	{"the use of an expired token is none", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		t.refreshAt(noon, "a", lasting("a/b", later(time.Minute), time.Time{}), later(time.Minute))
		t.wantStale(later(time.Minute), "a/b")
		t.refreshAt(later(time.Minute), "a", pair("a/c"), time.Time{})
		t.wantStale(noon, "a/b")
	}},
	{"an expired token can end its session", func(t *trial) {
		in := login(alice, "d", "a")
		in.AccessExpires = noon
		t.signIn(in)
		t.wantStale(noon, "a")
		if _, err := t.Sessions.Delete(t.Context(), session("a")); err != nil {
			t.Fatal(err)
		}
		t.wantDevices(alice)
	}},
	{"times of tokens are kept to the millisecond, in UTC", func(t *trial) {
		t.signIn(refreshable(alice, "d", "a"))
		odd := later(time.Minute).In(time.FixedZone("east", 5*3600)).Add(999 * time.Microsecond)
		t.refreshAt(noon, "a", lasting("a/b", odd, odd), later(time.Minute))
		t.wantStale(later(time.Minute), "a/b")
	}},
}

// wantLive wants the access token to be good at the time.
func (t *trial) wantLive(now time.Time, access string) {
	t.Helper()
	bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), now)
	if err != nil || bearer.Stale {
		t.Fatalf("token %s at %v: stale %t, %v", access, now, bearer.Stale, err)
	}
}

// refreshAt exchanges the refresh token of a pair at a time, and wants success
// and an access token that expires.
func (t *trial) refreshAt(now time.Time, old string, next domain.Pair, expires time.Time) {
	t.Helper()
	out, err := t.Sessions.Refresh(t.Context(), domain.Renewal{Token: refreshKey(old), Pair: next, At: now})
	if err != nil {
		t.Fatalf("refresh of %s at %v: %v", old, now, err)
	}
	t.wantEqual(out.AccessExpires, expires)
}
