package test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Client-server API, "POST /v1/appservice/{appserviceId}/ping".
func TestAnApplicationServiceIsPinged(t *testing.T) {
	var seen *http.Request
	var body string
	answer := http.StatusOK
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		seen, body = r, string(text)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(answer)
		io.WriteString(w, `{"errcode":"M_UNKNOWN_TOKEN"}`)
	}))
	defer service.Close()
	const pingPath = "/_matrix/client/v1/appservice/irc%2F1/ping"
	onEveryVariant(t, served(t, service.URL+"/bridge/"), func(t *testing.T, d *door) {
		alice := d.mustLogin(t, corp("alice"))
		for _, path := range []string{pingPath, "/_matrix/client/unstable/fi.mau.msc2659/appservice/irc%2F1/ping"} {
			seen = nil
			a := d.do(t, "POST", path, irc, `{"transaction_id":"one\n\"two"}`)
			if _, ok := a.body["duration_ms"].(float64); a.status != 200 || !ok || len(a.body) != 1 {
				t.Errorf("%s: got %s", path, a)
			}
			if seen == nil || seen.Method != "POST" || seen.URL.String() != "/bridge/_matrix/app/v1/ping" || seen.Header.Get("Authorization") != "Bearer hs of irc" ||
				seen.Header.Get("Content-Type") != "application/json" || body != `{"transaction_id":"one\n\"two"}` {
				t.Errorf("%s: it was sent %+v, %s", path, seen, body)
			}
		}
		if d.do(t, "POST", pingPath, irc, "{}"); body != "{}" {
			t.Errorf("without a transaction id: %s", body)
		}
		for _, status := range []int{401, 302, 500} {
			answer = status
			a := d.do(t, "POST", pingPath, irc, "{}")
			if wantAnswer(t, "a bad status", a, 502, "M_BAD_STATUS"); a.body["status"] != float64(status) || a.text("body") != `{"errcode":"M_UNKNOWN_TOKEN"}` {
				t.Errorf("got %s", a)
			}
			if seen.URL.Path == "/elsewhere" {
				t.Error("a redirect was followed")
			}
		}
		answer = http.StatusOK

		seen = nil
		for _, c := range []struct {
			name, path, token, body string
			status                  int
			errcode                 string
		}{
			{"no token", pingPath, "", "{}", 401, "M_MISSING_TOKEN"},
			{"a bad token", pingPath, "rubbish", "{}", 401, "M_UNKNOWN_TOKEN"},
			{"a user", pingPath, alice, "{}", 403, "M_FORBIDDEN"},
			{"the homeserver's token", pingPath, "hs of irc", "{}", 401, "M_UNKNOWN_TOKEN"},
			{"another id", "/_matrix/client/v1/appservice/irc/ping", irc, "{}", 403, "M_FORBIDDEN"},
			{"no body", pingPath, irc, "", 400, "M_NOT_JSON"},
			{"a transaction of another type", pingPath, irc, `{"transaction_id":1}`, 400, "M_BAD_JSON"},
		} {
			wantAnswer(t, c.name, d.do(t, "POST", c.path, c.token, c.body), c.status, c.errcode)
		}
		if seen != nil {
			t.Error("it was pinged although it did not ask")
		}
		if log := d.log.String(); strings.Contains(log, irc) || strings.Contains(log, "hs of irc") || strings.Contains(log, `M_UNKNOWN_TOKEN\`) {
			t.Errorf("a token, or what the application service answered, is in the log: %s", log)
		}
	})
	gone := httptest.NewServer(nil)
	gone.Close()
	for at, want := range map[string]struct {
		status  int
		errcode string
	}{
		"":       {400, "M_URL_NOT_SET"},
		gone.URL: {502, "M_CONNECTION_FAILED"},
		"irc:x":  {502, "M_CONNECTION_FAILED"},
	} {
		onEveryVariant(t, served(t, at), func(t *testing.T, d *door) {
			wantAnswer(t, at, d.do(t, "POST", pingPath, irc, "{}"), want.status, want.errcode)
		})
	}
}
