package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

var (
	start   = time.UnixMilli(1000)
	session = domain.TokenHash{9}
	old     = domain.Pair{Access: domain.TokenHash{1}, Refresh: domain.TokenHash{2}, RefreshExpires: start.Add(time.Minute)}
	next    = domain.Pair{Access: domain.TokenHash{3}, Refresh: domain.TokenHash{4}, AccessExpires: start.Add(time.Hour)}
	after   = domain.Pair{Access: domain.TokenHash{5}, Refresh: domain.TokenHash{6}}
)

// of is the key of a token of the session.
func of(token domain.TokenHash) domain.TokenKey {
	return domain.TokenKey{Session: session, Token: token}
}

func TestRenewKeepsWhatALostAnswerNeeds(t *testing.T) {
	login := domain.SignIn{SessionID: session, Pair: old}.Session()
	want := domain.Session{ID: session, Pair: next, PreviousRefresh: old.Refresh, PreviousRefreshExpires: old.RefreshExpires}
	renewed, err := login.Renew(domain.User{}, domain.Renewal{Token: of(old.Refresh), Pair: next, At: start})
	if diff := cmp.Diff(want, renewed); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	want.Pair = after
	again, err := renewed.Renew(domain.User{}, domain.Renewal{Token: of(old.Refresh), Pair: after, At: start})
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Fatalf("again: %v\n%s", err, diff)
	}
}

func TestRenewLeavesTheEndOfTheSessionWhereItIs(t *testing.T) {
	end := start.Add(time.Minute)
	login := domain.SignIn{SessionID: session, Pair: old, SessionEnds: end}.Session()
	late := domain.Pair{Access: domain.TokenHash{3}, AccessExpires: end.Add(1), Refresh: domain.TokenHash{4}}
	renewed, err := login.Renew(domain.User{}, domain.Renewal{Token: of(old.Refresh), Pair: late, At: start})
	if err != nil || renewed.Ends != end || renewed.AccessExpires != end || renewed.RefreshExpires != end {
		t.Errorf("%+v, %v; want the end %v", renewed, err, end)
	}
}

func TestRenewRefuses(t *testing.T) {
	open := domain.Session{ID: session, Pair: next, PreviousRefresh: old.Refresh, PreviousRefreshExpires: old.RefreshExpires}
	confirmed := open
	confirmed.Confirmed = true
	first := domain.Session{ID: session, Pair: domain.Pair{Access: next.Access}}
	locked, gone := domain.User{Locked: true}, domain.User{Deactivated: true, Locked: true}
	for _, c := range []struct {
		name    string
		session domain.Session
		user    domain.User
		token   domain.TokenKey
		at      time.Time
		want    error
	}{
		{"nothing", open, domain.User{}, of(old.Refresh), start, nil},
		{"a spent token", confirmed, domain.User{}, of(old.Refresh), start, domain.ErrNotFound},
		{"a spent token of a locked user", confirmed, locked, of(old.Refresh), start, domain.ErrNotFound},
		{"an access token", open, domain.User{}, of(next.Access), start, domain.ErrNotFound},
		{"a token of another session", open, domain.User{}, domain.TokenKey{Session: after.Access, Token: next.Refresh}, start, domain.ErrNotFound},
		{"no token of no session", domain.Session{}, domain.User{}, domain.TokenKey{}, start, domain.ErrNotFound},
		{"no token of a session without one", first, domain.User{}, of(domain.TokenHash{}), start, domain.ErrNotFound},
		{"a locked user", open, locked, of(next.Refresh), start, domain.ErrUserLocked},
		{"a deactivated user", open, gone, of(old.Refresh), start, domain.ErrUserDeactivated},
		{"an expired token", open, domain.User{}, of(old.Refresh), start.Add(time.Minute), domain.ErrExpiredToken},
		{"an expired token of a locked user", open, locked, of(old.Refresh), start.Add(time.Minute), domain.ErrUserLocked},
	} {
		got, err := c.session.Renew(c.user, domain.Renewal{Token: c.token, Pair: after, At: c.at})
		if !errors.Is(err, c.want) || err != nil && got != (domain.Session{}) {
			t.Errorf("%s: %+v, %v; want %v", c.name, got, err, c.want)
		}
	}
}
