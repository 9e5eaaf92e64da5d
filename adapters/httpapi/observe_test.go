package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// logged returns the log line of the only request.
func logged(t *testing.T, d door) map[string]any {
	t.Helper()
	entries := d.log.entries(t, "request")
	if len(entries) != 1 {
		t.Fatalf("%d lines: %s", len(entries), d.log)
	}
	return entries[0]
}

func TestARequestIsOneLine(t *testing.T) {
	clock := time.Unix(1e9, 0)
	for _, c := range []struct {
		name, method, path, body string
		want                     map[string]any
	}{
		{"login", "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice","device_id":"D"}`, map[string]any{
			"level": "INFO", "method": "POST", "route": loginPath, "status": 200.0,
			"login_type": "org.example.badge", "user": "@alice:example.org", "device": "D", "user_created": true,
			"event": "login", "result": "ok", "provider": "gate", "key_id": "k1", "subject": "alice",
		}},
		{"refused login", "POST", loginPath, `{"type":"org.example.badge","token":"old badge"}`, map[string]any{
			"level": "INFO", "method": "POST", "route": loginPath, "status": 403.0,
			"login_type": "org.example.badge", "reason": "expired_badge",
			"event": "login", "result": "refused", "provider": "gate", "key_id": "k1", "subject": "Al",
		}},
		{"login of an unknown type", "POST", loginPath, `{"type":"my password is hunter2"}`, map[string]any{
			"level": "INFO", "method": "POST", "route": loginPath, "status": 400.0,
			"login_type": "unknown", "reason": "unknown_login_type", "event": "login", "result": "refused",
		}},
		{"login out of order", "POST", loginPath, `{"type":"org.example.badge","token":"broken badge"}`, map[string]any{
			"level": "ERROR", "method": "POST", "route": loginPath, "status": 500.0,
			"login_type": "org.example.badge", "reason": "internal", "cause": "reader on fire",
			"event": "login", "result": "failed",
		}},
		{"flows", "GET", loginPath + "?x=y", "", map[string]any{
			"level": "INFO", "method": "GET", "route": loginPath, "status": 200.0,
		}},
		{"unknown path", "GET", "/_matrix/client/v3/hunter2", "", map[string]any{
			"level": "INFO", "method": "GET", "route": "unmatched", "status": 404.0, "reason": "unrecognized",
		}},
		{"unknown method", "HUNTER2", loginPath, "", map[string]any{
			"level": "INFO", "method": "OTHER", "route": loginPath, "status": 405.0, "reason": "unrecognized",
		}},
		{"health", "GET", "/health", "", map[string]any{
			"level": "DEBUG", "method": "GET", "route": "/health", "status": 200.0,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(func(a *httpapi.API) {
				a.Now = func() time.Time { clock = clock.Add(time.Second); return clock }
			})
			a := d.do(t, c.method, c.path, c.body)
			got := logged(t, d)
			delete(got, "time")
			c.want["msg"], c.want["id"] = "request", a.header.Get("X-Request-Id")
			c.want["took"], c.want["address"] = float64(time.Second), "192.0.2.1"
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRoutineCanStayUnloggedAndNothingElse(t *testing.T) {
	for unlogged, want := range map[float64][]any{
		0: {200.0, 200.0, 401.0, 200.0},
		1: {200.0, 401.0, 200.0}, // whoami is not among them
	} {
		d := newDoor(func(a *httpapi.API) { a.Settings.Unlogged = unlogged })
		token := d.login(t, "alice", "D")
		d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token)
		d.do(t, "GET", whoamiPath, "")
		d.do(t, "POST", "/_matrix/client/v3/logout", "", "Authorization: Bearer "+token)
		var got []any
		for _, entry := range d.log.entries(t, "request") {
			got = append(got, entry["status"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("unlogged %v (-want +got):\n%s", unlogged, diff)
		}
	}
}

func TestWhoAsksIsLogged(t *testing.T) {
	d := newDoor()
	token := d.login(t, "alice", "D")
	d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token)
	d.do(t, "POST", "/_matrix/client/v3/logout", "", "Authorization: Bearer "+token)
	for _, entry := range d.log.entries(t, "request") {
		if entry["user"] != "@alice:example.org" || entry["device"] != "D" {
			t.Errorf("%v", entry)
		}
	}
}

// The answer to a stage that was refused is a challenge, which does not say why.
func TestWhyAStageWasRefusedIsLogged(t *testing.T) {
	const path = "/_matrix/client/v3/devices/D"
	d := newDoor()
	authorization := "Authorization: Bearer " + d.login(t, "alice", "D")
	session := d.do(t, "DELETE", path, "{}", authorization).body["session"]
	d.do(t, "DELETE", path, fmt.Sprintf(`{"auth":{"type":"org.example.badge","session":%q,"token":"old badge"}}`, session), authorization)
	entries := d.log.entries(t, "request")
	first, second := entries[len(entries)-2], entries[len(entries)-1]
	if first["status"] != 401.0 || second["status"] != 401.0 || second["reason"] != "expired_badge" || first["reason"] == second["reason"] {
		t.Errorf("%v\n%v", first, second)
	}
}

func TestAPanicIsAnsweredLoggedAndCounted(t *testing.T) {
	d := newDoor()
	a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"bomb"}`)
	if want := `{"errcode":"M_UNKNOWN","error":"Internal server error"}`; a.status != 500 || a.text != want {
		t.Errorf("%d %s", a.status, a.text)
	}
	if d.saw.panics != 1 {
		t.Errorf("%d panics counted", d.saw.panics)
	}
	id := a.header.Get("X-Request-Id")
	stacks := d.log.entries(t, "panic")
	if len(stacks) != 1 || stacks[0]["id"] != id || !strings.Contains(fmt.Sprint(stacks[0]["stack"]), "badges.Verify") {
		t.Errorf("%v", stacks)
	}
	if got := logged(t, d); got["id"] != id || got["cause"] != "panic: bang" || got["status"] != 500.0 {
		t.Errorf("%v", got)
	}
	d.login(t, "alice", "D")
}

func TestTheObserverSeesFewValues(t *testing.T) {
	d := newDoor()
	token := d.login(t, "alice", "D")
	for _, body := range []string{
		`{"type":"org.example.badge","token":"old badge"}`,
		`{"type":"org.example.badge","token":"no badge"}`,
		`{"type":"org.example.badge","token":"unreachable"}`,
		`{"type":"no such type"}`,
		`{"type":"org.example.badge","device_id":1}`,
		`not JSON`,
	} {
		d.do(t, "POST", loginPath, body)
	}
	d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token)
	d.do(t, "XYZZY", "/no/such/path", "")

	wantLogins := []attempt{
		{"org.example.badge", "gate", "ok", ""},
		{"org.example.badge", "gate", "refused", "expired_badge"},
		{"org.example.badge", "", "refused", "forbidden"},
		{"org.example.badge", "", "failed", "unavailable"},
		{"unknown", "", "refused", "unknown_login_type"},
		{"unknown", "", "refused", "bad_json"},
		{"unknown", "", "refused", "not_json"},
	}
	if diff := cmp.Diff(wantLogins, d.saw.logins); diff != "" {
		t.Errorf("logins (-want +got):\n%s", diff)
	}
	wantRequests := []request{
		{"POST", loginPath, 200}, {"POST", loginPath, 403}, {"POST", loginPath, 403}, {"POST", loginPath, 503},
		{"POST", loginPath, 400}, {"POST", loginPath, 400}, {"POST", loginPath, 400},
		{"GET", whoamiPath, 200}, {"OTHER", "unmatched", 404},
	}
	if diff := cmp.Diff(wantRequests, d.saw.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAClientThatWentAwayIsNoFault(t *testing.T) {
	d := newDoor()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.send(t, httptest.NewRequestWithContext(ctx, "POST", loginPath,
		strings.NewReader(`{"type":"org.example.badge","token":"waits for the client"}`)))
	got := logged(t, d)
	if got["level"] != "INFO" || got["status"] != 499.0 || got["reason"] != "client_gone" {
		t.Errorf("%v", got)
	}
	if want := []attempt{{"org.example.badge", "", "failed", "client_gone"}}; !cmp.Equal(want, d.saw.logins) {
		t.Errorf("%v", d.saw.logins)
	}
}

func TestTheObserverMayBeMissing(t *testing.T) {
	d := newDoor(func(a *httpapi.API) { a.Observer = nil })
	if a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"bomb"}`); a.status != 500 {
		t.Errorf("%d", a.status)
	}
	d.login(t, "alice", "D")
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	d := newDoor()
	secrets := []string{"badge of alice", "old badge", "broken badge", "hunter2", "SECRETTYPE", "SECRETNAME", "SECRETPATH"}
	token := d.login(t, "alice", "D")
	secrets = append(secrets, token)
	for _, body := range []string{
		`{"type":"org.example.badge","token":"old badge","password":"hunter2"}`,
		`{"type":"org.example.badge","token":"broken badge"}`,
		`{"type":"org.example.badge","token":"bomb","password":"hunter2"}`,
		`{"type":"SECRETTYPE","token":"hunter2"}`,
		`{"SECRETNAME":1,"SECRETNAME":2}`,
		`hunter2`, `"hunter2`, `{"type":"org.example.badge","token":["hunter2"]}`,
		`{"type":"org.example.badge","token":"hunter2","device_id":"` + strings.Repeat("hunter2", 99) + `"}`,
	} {
		d.do(t, "POST", loginPath+"?access_token=hunter2&SECRETNAME", body, "Authorization: Bearer "+token, "Cookie: hunter2", "X-Request-Id: hunter2")
	}
	for _, target := range []string{
		whoamiPath + "?access_token=" + token, whoamiPath + "?access_token=hunter2", "/SECRETPATH/" + token,
		"/_matrix/client/v3/login/SECRETPATH", "/_matrix/client/versions?access_token=hunter2",
	} {
		d.do(t, "GET", target, "", "Referer: https://x/?t="+token, "User-Agent: hunter2")
		d.do(t, "SECRETNAME", target, "")
	}
	d.do(t, "POST", "/_matrix/client/v3/logout/all?access_token="+token, "hunter2")

	log := d.log.String()
	if len(d.log.entries(t, "request")) < 20 || !strings.Contains(log, "@alice:example.org") {
		t.Fatalf("there is too little in the log to find anything in:\n%s", log)
	}
	for _, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}

func TestAFaultOfTheStoreIsNeverAVerdictOnTheToken(t *testing.T) {
	for _, err := range []error{domain.ErrUnavailable, errors.New("disk on fire"), context.DeadlineExceeded} {
		d := newDoor(func(a *httpapi.API) {
			a.Authenticate = application.Authenticate{Sessions: brokenSessions{err: err}, Now: time.Now}
		})
		a := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+string(domain.NewToken(domain.AccessToken, domain.NewSessionID())))
		if a.status < 500 || a.errcode() != "M_UNKNOWN" || strings.Contains(a.text, "fire") {
			t.Errorf("%v: %d %s", err, a.status, a.text)
		}
	}
}
