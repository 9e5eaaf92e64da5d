package test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// limited is plain, with tokens that expire.
const limited = plain + `
sessions:
  access_token_lifetime: 1h
  refreshable_access_token_lifetime: 1m
  refresh_token_lifetime: 10m
  session_lifetime: 15m
`

const (
	refreshPath = "/_matrix/client/v3/refresh"
	logoutPath  = "/_matrix/client/v3/logout"
)

// A held is what a client has of a session.
type held struct{ access, refresh string }

// mustLoginRefreshable logs alice in on a device, with a refresh token.
func (d *door) mustLoginRefreshable(t *testing.T, device string) held {
	t.Helper()
	return d.mustHold(t, d.login(t, jwt(claims{"sub": "alice"}), `"refresh_token":true`, fmt.Sprintf(`"device_id":%q`, device)))
}

func (d *door) refresh(t *testing.T, token string) answer {
	t.Helper()
	return d.do(t, "POST", refreshPath, "", fmt.Sprintf(`{"refresh_token":%q}`, token))
}

func (d *door) mustRefresh(t *testing.T, token string) held {
	t.Helper()
	return d.mustHold(t, d.refresh(t, token))
}

func (d *door) mustHold(t *testing.T, a answer) held {
	t.Helper()
	h := held{a.text("access_token"), a.text("refresh_token")}
	if a.status != 200 || !strings.HasPrefix(h.access, "dwa_") || !strings.HasPrefix(h.refresh, "dwr_") {
		t.Fatalf("got %s", a)
	}
	return h
}

// wantUsable wants the access token to be alice's.
func (d *door) wantUsable(t *testing.T, access, device string) {
	t.Helper()
	if a := d.whoami(t, access); a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != device {
		t.Errorf("whoami: %s", a)
	}
}

// wantEnd wants a 401 that ends the session at the client, or with soft only
// the use of its tokens.
func wantEnd(t *testing.T, what string, a answer, soft bool) {
	t.Helper()
	if a.status != 401 || a.text("errcode") != "M_UNKNOWN_TOKEN" || (a.body["soft_logout"] == true) != soft {
		t.Errorf("%s: got %s; soft_logout was to be %t", what, a, soft)
	}
}

func TestRefreshTokensAreExchangedInTurn(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		first := d.mustLoginRefreshable(t, "PHONE")
		a := d.refresh(t, first.refresh)
		second := d.mustHold(t, a)
		if second.access == first.access || second.refresh == first.refresh || fmt.Sprint(a.body["expires_in_ms"]) != "300000" {
			t.Errorf("got %s", a)
		}
		wantEnd(t, "the access token before", d.whoami(t, first.access), true)
		d.wantUsable(t, second.access, "PHONE")
		wantEnd(t, "the spent refresh token", d.refresh(t, first.refresh), false)
		third := d.mustRefresh(t, second.refresh)
		wantEnd(t, "the oldest access token", d.whoami(t, first.access), true)
		wantEnd(t, "the access token before", d.whoami(t, second.access), true)
		d.wantUsable(t, third.access, "PHONE")
		if devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org"); err != nil || len(devices) != 1 {
			t.Errorf("devices: %v, %v", devices, err)
		}
	})
}

func TestARefreshWhoseAnswerWasLostIsAskedForAgain(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		first := d.mustLoginRefreshable(t, "PHONE")
		lost := d.mustRefresh(t, first.refresh)
		second := d.mustRefresh(t, first.refresh)
		wantEnd(t, "the lost access token", d.whoami(t, lost.access), true)
		wantEnd(t, "the lost refresh token", d.refresh(t, lost.refresh), false)
		third := d.mustRefresh(t, second.refresh)
		wantEnd(t, "a token whose successor refreshed", d.refresh(t, first.refresh), false)
		again := d.mustRefresh(t, second.refresh)
		wantEnd(t, "the branch that was not taken", d.refresh(t, third.refresh), false)
		d.wantUsable(t, again.access, "PHONE")
		wantEnd(t, "a token whose successor was used", d.refresh(t, second.refresh), false)
	})
}

func TestRefreshingNeedsNothingButTheRefreshToken(t *testing.T) {
	onEveryVariant(t, limited, func(t *testing.T, d *door) {
		now := d.setClock()
		alice := d.mustLoginRefreshable(t, "PHONE")
		bob := d.mustLogin(t, jwt(claims{"sub": "bob"}), `"device_id":"HIS"`)
		*now = now.Add(2 * time.Minute)
		for _, access := range []string{"", "rubbish", alice.access, bob} {
			body := fmt.Sprintf(`{"refresh_token":%q}`, alice.refresh)
			alice = d.mustHold(t, d.do(t, "POST", refreshPath+"?user_id=@bob:example.org&device_id=HIS", access, body))
			d.wantUsable(t, alice.access, "PHONE")
		}
	})
}

func TestTokensExpireAsConfiguredAndTheClientKeepsItsData(t *testing.T) {
	onEveryVariant(t, limited, func(t *testing.T, d *door) {
		now := d.setClock()
		plainly := d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"TABLET"`)
		if _, there := plainly.body["refresh_token"]; there || fmt.Sprint(plainly.body["expires_in_ms"]) != "900000" {
			t.Errorf("without a refresh token: %s", plainly)
		}
		first := d.mustLoginRefreshable(t, "PHONE")
		*now = now.Add(time.Minute - time.Millisecond)
		d.wantUsable(t, first.access, "PHONE")
		*now = now.Add(time.Millisecond)
		wantEnd(t, "the expired access token", d.whoami(t, first.access), true)
		second := d.mustRefresh(t, first.refresh)
		d.wantUsable(t, second.access, "PHONE")
		*now = now.Add(10 * time.Minute)
		wantEnd(t, "the expired refresh token", d.refresh(t, second.refresh), true)

		again := d.mustLoginRefreshable(t, "PHONE")
		wantEnd(t, "the refresh token of the session before", d.refresh(t, second.refresh), false)
		*now = now.Add(9 * time.Minute)
		again = d.mustRefresh(t, again.refresh)
		*now = now.Add(6*time.Minute - time.Second)
		a := d.refresh(t, again.refresh)
		if last := d.mustHold(t, a); fmt.Sprint(a.body["expires_in_ms"]) != "1000" {
			t.Errorf("a second before the end of the session: %s", a)
		} else {
			*now = now.Add(time.Second)
			wantEnd(t, "the access token of a session that is over", d.whoami(t, last.access), true)
			wantEnd(t, "the refresh token of a session that is over", d.refresh(t, last.refresh), true)
			if a := d.do(t, "POST", logoutPath, last.access, ""); a.status != 200 {
				t.Errorf("logout with an expired token: %s", a)
			}
			wantEnd(t, "after the logout", d.refresh(t, last.refresh), false)
		}
		if a := d.do(t, "POST", logoutPath+"/all", plainly.text("access_token"), ""); a.status != 200 {
			t.Errorf("logout of all with an expired token: %s", a)
		}
	})
}

func TestWhatEndsASessionEndsItsRefreshToken(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for what, end := range map[string]func(h held) answer{
			"logout":                func(h held) answer { return d.do(t, "POST", logoutPath, h.access, "") },
			"logout of all":         func(h held) answer { return d.do(t, "POST", logoutPath+"/all", h.access, "") },
			"a login on the device": func(held) answer { return d.login(t, jwt(claims{"sub": "alice"}), `"device_id":"PHONE"`) },
			"logout of all from elsewhere": func(held) answer {
				return d.do(t, "POST", logoutPath+"/all", d.mustLoginRefreshable(t, "X").access, "")
			},
			"logout with the token before": func(h held) answer { d.mustRefresh(t, h.refresh); return d.do(t, "POST", logoutPath, h.access, "") },
			"logout of all with that before": func(h held) answer {
				d.mustRefresh(t, h.refresh)
				return d.do(t, "POST", logoutPath+"/all", h.access, "")
			},
		} {
			h := d.mustLoginRefreshable(t, "PHONE")
			if a := end(h); a.status != 200 {
				t.Errorf("%s: %s", what, a)
			}
			wantEnd(t, what+", the refresh token", d.refresh(t, h.refresh), false)
			wantEnd(t, what+", the access token", d.whoami(t, h.access), false)
		}
	})
}

func TestLockedAndDeactivatedUsersCannotRefresh(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		h := d.mustLoginRefreshable(t, "PHONE")
		update := func(locked, deactivated bool) {
			d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Deactivated = locked, deactivated })
		}
		update(true, false)
		if a := d.refresh(t, h.refresh); a.status != 401 || a.text("errcode") != "M_USER_LOCKED" || a.body["soft_logout"] != true {
			t.Errorf("locked: %s", a)
		}
		update(false, true)
		wantEnd(t, "deactivated", d.refresh(t, h.refresh), false)
		update(false, false)
		d.wantUsable(t, d.mustRefresh(t, h.refresh).access, "PHONE")
	})
}

func TestNoTokenIsOfAnotherKind(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		h := d.mustLoginRefreshable(t, "PHONE")
		good := jwt(claims{"sub": "alice"})
		wantEnd(t, "a refresh token as access token", d.whoami(t, h.refresh), false)
		wantEnd(t, "a refresh token at the logout", d.do(t, "POST", logoutPath, h.refresh, ""), false)
		for what, token := range map[string]string{"an access token": h.access, "a JWT": good, "60 kB": strings.Repeat("x", 60_000)} {
			wantEnd(t, what+" as refresh token", d.refresh(t, token), false)
		}
		for _, token := range []string{h.refresh, h.access} {
			refusal{"", "", 403, "M_FORBIDDEN", ""}.check(t, d.login(t, token))
		}
		d.wantUsable(t, h.access, "PHONE")
		d.mustRefresh(t, h.refresh)
	})
}

func TestRefreshesAtOnceLeaveOneSession(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		first := d.mustLoginRefreshable(t, "PHONE")
		got := make([]held, 20)
		each(len(got), func(i int) {
			if a := d.refresh(t, first.refresh); a.status == 200 {
				got[i] = held{a.text("access_token"), a.text("refresh_token")}
			} else if a.status != 401 {
				t.Errorf("got %s", a)
			}
		})
		alive, branches := 0, 0
		for _, h := range got {
			if h.access != "" && d.whoami(t, h.access).status == 200 {
				alive++
			}
		}
		wantEnd(t, "the first token", d.refresh(t, first.refresh), false)
		for _, h := range got {
			if h.refresh != "" && d.refresh(t, h.refresh).status == 200 {
				branches++
			}
		}
		if alive != 1 || branches != 1 {
			t.Errorf("%d access tokens and %d refresh tokens are alive; want one each", alive, branches)
		}
	})
}

func TestALogoutAgainstRefreshesLeavesNothing(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		for range 5 {
			first := d.mustLoginRefreshable(t, "PHONE")
			got := make([]held, 10)
			each(len(got), func(i int) {
				var a answer
				if i == 0 {
					a = d.do(t, "POST", logoutPath, first.access, "")
				} else {
					a = d.refresh(t, first.refresh)
					got[i] = held{a.text("access_token"), a.text("refresh_token")}
				}
				if a.status != 200 && a.status != 401 {
					t.Errorf("got %s", a)
				}
			})
			for _, h := range append(got, first) {
				if h.access != "" {
					wantEnd(t, "access token", d.whoami(t, h.access), false)
					wantEnd(t, "refresh token", d.refresh(t, h.refresh), false)
				}
			}
		}
	})
}

// each calls do n times at once.
func each(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
