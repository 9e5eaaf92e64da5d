package gormstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A scriptedLog is a change log that says what a test wants.
type scriptedLog struct {
	dialect
	answer func() (users []domain.UserID, all bool, err error)
}

func (l scriptedLog) changes(context.Context) (changeLog, error) { return l, nil }
func (l scriptedLog) close()                                     {}
func (l scriptedLog) next(context.Context) ([]domain.UserID, bool, error) {
	return l.answer()
}

// A look tells what was committed before it began, however late it is over.
func TestTheCacheIsTrustedFromWhenALookBegan(t *testing.T) {
	for _, c := range []struct {
		took, asked time.Duration
		want        bool
	}{
		{0, 0, true},
		{0, trustLimit - 1, true},
		{0, trustLimit, false},
		{trustLimit - 1, trustLimit - 1, true},
		{trustLimit, trustLimit, false},
		{9 * time.Second, 9 * time.Second, false},
	} {
		start := time.Unix(1, 0)
		now := start
		looks := 0
		s := Store{cache: newTokenCache(8, func() time.Time { return now }), dialect: scriptedLog{
			answer: func() ([]domain.UserID, bool, error) {
				if looks++; looks > 1 {
					return nil, false, errors.New("the end")
				}
				now = now.Add(c.took)
				return nil, false, nil
			},
		}}
		key := domain.TokenKey{Session: domain.TokenHash{1}, Token: domain.TokenHash{2}}
		s.cache.keep(key, domain.Bearer{}, s.cache.lookUp())
		if err := s.lookOn(t.Context(), func() {}); err == nil || looks != 2 {
			t.Fatal(looks, err)
		}
		now = start.Add(c.asked)
		if _, ok := s.cache.find(key, now); ok != c.want {
			t.Errorf("took %v, asked after %v: known %v", c.took, c.asked, ok)
		}
	}
}

// What a look says is forgotten before the cache is trusted for it.
func TestALookForgetsWhomItIsTold(t *testing.T) {
	alice, bob := domain.TokenKey{Session: domain.TokenHash{1}}, domain.TokenKey{Session: domain.TokenHash{2}}
	for _, c := range []struct {
		users []domain.UserID
		all   bool
		want  int // how many are still known
	}{{want: 2}, {users: []domain.UserID{"@alice:example.org"}, want: 1}, {all: true, want: 0}} {
		s := Store{cache: newTokenCache(8, time.Now)}
		s.cache.trust(0)
		s.cache.keep(alice, domain.Bearer{User: domain.User{ID: "@alice:example.org"}}, s.cache.lookUp())
		s.cache.keep(bob, domain.Bearer{User: domain.User{ID: "@bob:example.org"}}, s.cache.lookUp())
		err := s.look(t.Context(), scriptedLog{answer: func() ([]domain.UserID, bool, error) { return c.users, c.all, nil }})
		known := 0
		for _, key := range []domain.TokenKey{alice, bob} {
			if _, ok := s.cache.find(key, time.Now()); ok {
				known++
			}
		}
		if err != nil || known != c.want {
			t.Errorf("%+v: %d, %v", c, known, err)
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
