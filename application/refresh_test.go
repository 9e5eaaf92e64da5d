package application_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// open signs alice in at a time, with lifetimes, and returns what can be done then.
func open(t *testing.T, lifetimes domain.Lifetimes, refreshable bool, now *time.Time) (application.LoginResult, application.Refresh, application.Authenticate) {
	t.Helper()
	d := newDoor(says{claims: domain.Claims{Localpart: "alice", Register: true}})
	clock := func() time.Time { return *now }
	d.login.Rules.Lifetimes, d.login.Now = lifetimes, clock
	req := request()
	req.Refreshable = refreshable
	got, err := d.login.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return got, application.Refresh{Sessions: d.Sessions, Limiter: d.login.Limiter, Rules: d.login.Rules, Now: clock}, d.authenticate()
}

func TestTokensLastAsLongAsIsConfigured(t *testing.T) {
	for _, c := range []struct {
		name           string
		lifetimes      domain.Lifetimes
		refreshable    bool
		login, refresh time.Duration // how long the access token is good; the refresh is 3 minutes later
	}{
		{"for ever", domain.Lifetimes{}, false, 0, 0},
		{"for ever, refreshable", domain.Lifetimes{}, true, 0, 0},
		{"without a refresh token", domain.Lifetimes{Access: time.Hour, RefreshableAccess: time.Minute}, false, time.Hour, 0},
		{"with a refresh token", domain.Lifetimes{Access: time.Hour, RefreshableAccess: time.Minute}, true, time.Minute, time.Minute},
		{"no longer than the session", domain.Lifetimes{Access: time.Hour, Session: 10 * time.Minute}, false, 10 * time.Minute, 0},
		{"no longer than the session, refreshed", domain.Lifetimes{RefreshableAccess: time.Hour, Session: 10 * time.Minute}, true, 10 * time.Minute, 7 * time.Minute},
		{"as long as the session", domain.Lifetimes{Session: 10 * time.Minute}, true, 10 * time.Minute, 7 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at.Add(999 * time.Microsecond)
			got, refresh, authenticate := open(t, c.lifetimes, c.refreshable, &now)
			if got.ExpiresIn != c.login || (got.RefreshToken != "") != c.refreshable {
				t.Fatalf("login: good for %v, refreshable: %t", got.ExpiresIn, got.RefreshToken != "")
			}
			if _, err := authenticate.Do(t.Context(), shows(got.AccessToken)); err != nil {
				t.Error(err)
			}
			if !c.refreshable {
				return
			}
			now = now.Add(3 * time.Minute)
			next, err := refresh.Do(t.Context(), string(got.RefreshToken), "")
			if err != nil || next.ExpiresIn != c.refresh || next.Bearer.Device != got.Device || next.Bearer.User != got.User {
				t.Errorf("refresh: good for %v, of %+v, %v", next.ExpiresIn, next.Bearer, err)
			}
			if _, err := authenticate.Do(t.Context(), shows(got.AccessToken)); err != domain.ErrExpiredToken {
				t.Errorf("the access token before: %v", err)
			}
		})
	}
}

func TestWhatEndsRefreshing(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		name      string
		lifetimes domain.Lifetimes
		later     time.Duration
		want      error
	}{
		{"nothing", domain.Lifetimes{Refresh: minute, Session: minute}, minute - 1, nil},
		{"the refresh token's end", domain.Lifetimes{Refresh: minute}, minute, domain.ErrExpiredToken},
		{"the session's end", domain.Lifetimes{Refresh: 2 * minute, Session: minute}, minute, domain.ErrExpiredToken},
	} {
		now := at
		got, refresh, _ := open(t, c.lifetimes, true, &now)
		now = now.Add(c.later)
		if _, err := refresh.Do(t.Context(), string(got.RefreshToken), ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestARefreshThatFailsSaysWhy(t *testing.T) {
	now := at
	got, refresh, _ := open(t, domain.Lifetimes{}, true, &now)
	for name, token := range map[string]string{
		"rubbish": "rubbish", "none": "", "an access token": string(got.AccessToken),
		"another": string(domain.NewToken(domain.RefreshToken, domain.NewSessionID())),
	} {
		if _, err := refresh.Do(t.Context(), token, ""); !errors.Is(err, domain.ErrUnknownToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := refresh.Do(ctx, string(got.RefreshToken), ""); !errors.Is(err, context.Canceled) || errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("a fault of the store: %v", err)
	}
}
