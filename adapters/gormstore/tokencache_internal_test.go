package gormstore

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-31b6c987/doorward/domain"
)

// An echo tells what was committed before it was sent, however late it comes.
func TestTheCacheIsTrustedFromWhenTheEchoWasSent(t *testing.T) {
	now := time.Unix(1, 0)
	cache := newTokenCache(8, func() time.Time { return now })
	key := domain.TokenKey{Session: domain.TokenHash{1}, Token: domain.TokenHash{2}}
	cache.keep(key, domain.Bearer{}, cache.lookUp())
	l := tokenListener{cache: cache}
	for _, c := range []struct {
		sent, heard, asked time.Duration
		want               bool
	}{
		{0, 0, 0, true},
		{0, 0, trustLimit - 1, true},
		{0, 0, trustLimit, false},
		{time.Second, time.Second + trustLimit - 1, time.Second + trustLimit - 1, true},
		{2 * time.Second, 2*time.Second + trustLimit, 2*time.Second + trustLimit, false},
		{3 * time.Second, 9 * time.Second, 9 * time.Second, false},
		{10 * time.Second, 10 * time.Second, 10 * time.Second, true},
	} {
		l.sent = c.sent
		now = time.Unix(1, 0).Add(c.heard)
		l.hear(nil, &pgconn.Notification{Channel: echoChannel + "1"})
		now = time.Unix(1, 0).Add(c.asked)
		if _, ok := cache.find(key, now); ok != c.want {
			t.Errorf("sent at %v, heard at %v, asked at %v: known %v", c.sent, c.heard, c.asked, ok)
		}
	}
}

// A cache that nobody has trusted yet knows nothing.
func TestACacheIsNotTrustedFromTheStart(t *testing.T) {
	cache := newTokenCache(8, time.Now)
	key := domain.TokenKey{}
	cache.keep(key, domain.Bearer{}, cache.lookUp())
	if _, ok := cache.find(key, time.Time{}); ok {
		t.Error("it is")
	}
}

// Two who forget the same user at once leave the later mark, in whatever order they
// come to it.
func TestAMarkIsNeverLowered(t *testing.T) {
	cache := newTokenCache(8, time.Now)
	mark := cache.markOf("@alice:example.org")
	raise(mark, 7)
	raise(mark, 6)
	if got := mark.Load(); got != 7 {
		t.Errorf("it is %d", got)
	}
}
