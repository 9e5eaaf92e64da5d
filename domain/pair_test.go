package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestNoTokenOutlivesTheEnd(t *testing.T) {
	var never time.Time
	early, late := time.UnixMilli(1000), time.UnixMilli(2000)
	for _, c := range []struct{ expires, end, want time.Time }{
		{never, never, never}, {early, never, early}, {never, early, early},
		{early, late, early}, {late, early, early}, {early, early, early},
	} {
		got := domain.Pair{AccessExpires: c.expires, RefreshExpires: c.expires}.Until(c.end)
		if got.AccessExpires != c.want || got.RefreshExpires != c.want {
			t.Errorf("%v until %v: got %v", c.expires, c.end, got)
		}
	}
}

func TestExpiryIsToTheMillisecond(t *testing.T) {
	expires := time.UnixMilli(1000)
	for _, c := range []struct {
		expires, now time.Time
		want         bool
	}{
		{expires, time.UnixMicro(999_999), false},
		{expires, time.UnixMicro(1_000_000), true},
		{expires.Add(999 * time.Microsecond), time.UnixMilli(1000), true},
		{expires, expires.In(time.FixedZone("east", 3600)), true},
		{time.Time{}, time.UnixMilli(1 << 40), false},
		{time.UnixMilli(0), time.UnixMilli(0), true},
	} {
		if got := domain.Expired(c.expires, c.now); got != c.want {
			t.Errorf("%v at %v: %t", c.expires, c.now, got)
		}
	}
}

func TestIssuedTokensAreThoseThatStoresKnow(t *testing.T) {
	at := time.UnixMilli(1000)
	session := domain.NewSessionID()
	l := domain.Lifetimes{Access: time.Hour, RefreshableAccess: time.Minute, Refresh: time.Second}
	for _, c := range []struct {
		refreshable     bool
		access, refresh time.Time
	}{
		{false, at.Add(time.Hour), time.Time{}},
		{true, at.Add(time.Minute), at.Add(time.Second)},
	} {
		got := l.Issue(session, c.refreshable, at)
		if got.Pair.Access != got.Access.Hash() || got.Pair.AccessExpires != c.access || got.Pair.RefreshExpires != c.refresh {
			t.Errorf("%+v", got.Pair)
		}
		if got.Session != session.Hash() || got.Access.Session() != session || c.refreshable && got.Refresh.Session() != session {
			t.Errorf("refreshable %t: tokens of another session", c.refreshable)
		}
		if strings.HasPrefix(string(got.Refresh), "dwr_") != c.refreshable ||
			(got.Pair.Refresh == got.Refresh.Hash()) != c.refreshable || (got.Pair.Refresh == domain.TokenHash{}) == c.refreshable {
			t.Errorf("refreshable %t: %+v", c.refreshable, got.Pair)
		}
	}
}

func TestTokensAndSessionsWithoutALifetimeNeverExpire(t *testing.T) {
	at := time.UnixMilli(1000)
	pair := domain.Lifetimes{}.Issue(domain.NewSessionID(), true, at).Pair
	if !pair.AccessExpires.IsZero() || !pair.RefreshExpires.IsZero() || !(domain.Lifetimes{}).SessionEnd(at).IsZero() {
		t.Errorf("%+v", pair)
	}
	if got := (domain.Lifetimes{Session: time.Hour}).SessionEnd(at); got != at.Add(time.Hour) {
		t.Errorf("a session of an hour ends at %v", got)
	}
}
