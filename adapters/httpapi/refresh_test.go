package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/domain"
)

const refreshPath = "/_matrix/client/v3/refresh"

// clockedDoor is a door with lifetimes of tokens, and a clock that can be set.
func clockedDoor(lifetimes domain.Lifetimes) (d door, now *time.Time) {
	now = new(time.Time)
	*now = time.UnixMilli(1_700_000_000_000)
	clock := func() time.Time { return *now }
	return newDoor(func(a *httpapi.API) {
		a.Login.Now, a.Refresh.Now, a.Authenticate.Now = clock, clock, clock
		a.Login.Rules.Lifetimes, a.Refresh.Rules.Lifetimes = lifetimes, lifetimes
	}), now
}

// loginRefreshable signs alice in and returns her tokens.
func (d door) loginRefreshable(t testing.TB) (access, refresh string) {
	t.Helper()
	a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice","device_id":"D","refresh_token":true}`)
	return tokensIn(t, a)
}

func (d door) refresh(t testing.TB, token string, headers ...string) answered {
	t.Helper()
	return d.do(t, "POST", refreshPath, `{"refresh_token":"`+token+`"}`, headers...)
}

func tokensIn(t testing.TB, a answered) (access, refresh string) {
	t.Helper()
	access, _ = a.body["access_token"].(string)
	refresh, _ = a.body["refresh_token"].(string)
	if a.status != 200 || access == "" || refresh == "" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	return access, refresh
}

func TestRefreshAnswersTokensThatWork(t *testing.T) {
	d, _ := clockedDoor(domain.Lifetimes{RefreshableAccess: time.Minute})
	_, first := d.loginRefreshable(t)
	for _, path := range []string{refreshPath, "/_matrix/client/unstable/org.matrix.msc2918/refresh"} {
		a := d.do(t, "POST", path, `{"refresh_token":"`+first+`","x":1}`,
			"Content-Type: text/plain", "Authorization: Bearer rubbish")
		access, refresh := tokensIn(t, a)
		want := map[string]any{"access_token": access, "refresh_token": refresh, "expires_in_ms": 60000.0}
		if diff := cmp.Diff(want, a.body); diff != "" {
			t.Errorf("refresh (-want +got):\n%s", diff)
		}
		who := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+access)
		if who.body["user_id"] != "@alice:example.org" || who.body["device_id"] != "D" {
			t.Errorf("whoami %d %s", who.status, who.text)
		}
		first = refresh
	}
}

func TestRefreshRefuses(t *testing.T) {
	d := newDoor()
	access, spent := d.loginRefreshable(t)
	_, current := tokensIn(t, d.refresh(t, spent))
	tokensIn(t, d.refresh(t, current))
	for name, c := range map[string]struct {
		body    string
		status  int
		errcode string
	}{
		"missing":         {`{}`, 400, "M_MISSING_PARAM"},
		"null":            {`{"refresh_token":null}`, 400, "M_MISSING_PARAM"},
		"a number":        {`{"refresh_token":1}`, 400, "M_BAD_JSON"},
		"a list":          {`{"refresh_token":["` + current + `"]}`, 400, "M_BAD_JSON"},
		"twice":           {`{"refresh_token":"x","refresh_token":"` + current + `"}`, 400, "M_BAD_JSON"},
		"no JSON":         {`refresh_token=` + current, 400, "M_NOT_JSON"},
		"nothing":         {``, 400, "M_NOT_JSON"},
		"empty":           {`{"refresh_token":""}`, 401, "M_UNKNOWN_TOKEN"},
		"rubbish":         {`{"refresh_token":"' OR 1=1 --"}`, 401, "M_UNKNOWN_TOKEN"},
		"NUL":             {`{"refresh_token":"\u0000"}`, 400, "M_BAD_JSON"},
		"long rubbish":    {`{"refresh_token":"` + strings.Repeat("x", 60_000) + `"}`, 401, "M_UNKNOWN_TOKEN"},
		"an access token": {`{"refresh_token":"` + access + `"}`, 401, "M_UNKNOWN_TOKEN"},
		"another":         {`{"refresh_token":"` + string(domain.NewToken(domain.RefreshToken, domain.NewSessionID())) + `"}`, 401, "M_UNKNOWN_TOKEN"},
		"spent":           {`{"refresh_token":"` + spent + `"}`, 401, "M_UNKNOWN_TOKEN"},
	} {
		a := d.do(t, "POST", refreshPath, c.body)
		if _, soft := a.body["soft_logout"]; a.status != c.status || a.errcode() != c.errcode || soft {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	tokensIn(t, d.refresh(t, current))
}

func TestWhenTokensExpireTheirClientKeepsItsData(t *testing.T) {
	d, now := clockedDoor(domain.Lifetimes{Access: time.Hour, RefreshableAccess: time.Minute, Refresh: 2 * time.Minute})
	soft := func(what string, a answered) {
		t.Helper()
		if a.status != 401 || a.errcode() != "M_UNKNOWN_TOKEN" || a.body["soft_logout"] != true {
			t.Errorf("%s: %d %s", what, a.status, a.text)
		}
	}
	a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of bob"}`)
	if a.body["expires_in_ms"] != 3600000.0 || a.body["refresh_token"] != nil {
		t.Errorf("%s", a.text)
	}
	access, refresh := d.loginRefreshable(t)
	whoami := func(access string) answered { return d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+access) }
	*now = now.Add(time.Minute)
	soft("an expired access token", whoami(access))
	next, _ := tokensIn(t, d.refresh(t, refresh))
	soft("an access token that was refreshed", whoami(access))
	*now = now.Add(time.Minute)
	soft("an expired refresh token", d.refresh(t, refresh))
	if a := d.do(t, "POST", "/_matrix/client/v3/logout", "", "Authorization: Bearer "+next); a.status != 200 {
		t.Errorf("logout with an expired token: %d %s", a.status, a.text)
	}
	for what, a := range map[string]answered{"access": whoami(next), "refresh": d.refresh(t, refresh)} {
		if a.status != 401 || a.errcode() != "M_UNKNOWN_TOKEN" || a.body["soft_logout"] != nil {
			t.Errorf("the %s token after the logout: %d %s", what, a.status, a.text)
		}
	}
}

func TestALockedUserCannotRefreshAndADeactivatedOneIsUnknown(t *testing.T) {
	d := newDoor()
	_, refresh := d.loginRefreshable(t)
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
	if a := d.refresh(t, refresh); a.status != 401 || a.errcode() != "M_USER_LOCKED" || a.body["soft_logout"] != true {
		t.Errorf("locked: %d %s", a.status, a.text)
	}
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
	if a := d.refresh(t, refresh); a.status != 401 || a.errcode() != "M_UNKNOWN_TOKEN" || a.body["soft_logout"] != nil {
		t.Errorf("deactivated: %d %s", a.status, a.text)
	}
}

func TestARefreshIsLoggedWithoutItsTokens(t *testing.T) {
	d := newDoor()
	_, refresh := d.loginRefreshable(t)
	access, next := tokensIn(t, d.refresh(t, refresh))
	lines := d.log.entries(t, "request")
	if last := lines[len(lines)-1]; last["user"] != "@alice:example.org" || last["device"] != "D" || last["route"] != refreshPath {
		t.Errorf("%v", last)
	}
	for _, secret := range []string{refresh, access, next} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
