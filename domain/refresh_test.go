package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

var (
	start = time.UnixMilli(1000)
	old   = domain.Pair{Access: domain.TokenHash{1}, Refresh: domain.TokenHash{2}, RefreshExpires: start.Add(time.Minute)}
	next  = domain.Pair{Access: domain.TokenHash{3}, Refresh: domain.TokenHash{4}, AccessExpires: start.Add(time.Hour)}
	after = domain.Pair{Access: domain.TokenHash{5}, Refresh: domain.TokenHash{6}}
)

func TestRenewKeepsWhatALostAnswerNeeds(t *testing.T) {
	login := domain.SignIn{Pair: old}.Session()
	want := domain.Session{
		Pair: next, PreviousAccess: old.Access, PreviousRefresh: old.Refresh, PreviousRefreshExpires: old.RefreshExpires,
	}
	renewed, err := login.Renew(domain.User{}, domain.Renewal{Token: old.Refresh, Pair: next, At: start})
	if diff := cmp.Diff(want, renewed); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	want.Pair = after
	again, err := renewed.Renew(domain.User{}, domain.Renewal{Token: old.Refresh, Pair: after, At: start})
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Fatalf("again: %v\n%s", err, diff)
	}
}

func TestRenewRefuses(t *testing.T) {
	session := domain.Session{Pair: next, PreviousAccess: old.Access, PreviousRefresh: old.Refresh, PreviousRefreshExpires: old.RefreshExpires}
	confirmed := session
	confirmed.Confirmed = true
	locked, gone := domain.User{Locked: true}, domain.User{Deactivated: true, Locked: true}
	for _, c := range []struct {
		name    string
		session domain.Session
		user    domain.User
		token   domain.TokenHash
		at      time.Time
		want    error
	}{
		{"nothing", session, domain.User{}, old.Refresh, start, nil},
		{"a spent token", confirmed, domain.User{}, old.Refresh, start, domain.ErrNotFound},
		{"a spent token of a locked user", confirmed, locked, old.Refresh, start, domain.ErrNotFound},
		{"an access token", session, domain.User{}, next.Access, start, domain.ErrNotFound},
		{"no token", domain.Session{}, domain.User{}, domain.TokenHash{}, start, domain.ErrNotFound},
		{"a locked user", session, locked, next.Refresh, start, domain.ErrUserLocked},
		{"a deactivated user", session, gone, old.Refresh, start, domain.ErrUserDeactivated},
		{"an expired token", session, domain.User{}, old.Refresh, start.Add(time.Minute), domain.ErrExpiredToken},
		{"an expired token of a locked user", session, locked, old.Refresh, start.Add(time.Minute), domain.ErrUserLocked},
	} {
		got, err := c.session.Renew(c.user, domain.Renewal{Token: c.token, Pair: after, At: c.at})
		if !errors.Is(err, c.want) || err != nil && got != (domain.Session{}) {
			t.Errorf("%s: %+v, %v; want %v", c.name, got, err, c.want)
		}
	}
}
