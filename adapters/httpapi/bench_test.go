package httpapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/metrics"
)

// BenchmarkBareEcho is what the others are compared with: a handler that
// answers as much as whoami does and knows nothing.
func BenchmarkBareEcho(b *testing.B) {
	e := echo.New()
	e.GET(whoamiPath, func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]any{"user_id": "@alice:example.org", "device_id": "D", "is_guest": false})
	})
	measure(b, e, func() *http.Request { return httptest.NewRequest("GET", whoamiPath, nil) })
}

func BenchmarkWhoami(b *testing.B) { benchmarkWhoami(b, quietDoor()) }

// BenchmarkWhoamiObserved is what an operator gets who changes nothing: counted,
// and a line of the log.
func BenchmarkWhoamiObserved(b *testing.B) {
	benchmarkWhoami(b, newDoor(func(a *httpapi.API) {
		a.Log, a.Observer = slog.New(slog.NewTextHandler(io.Discard, nil)), metrics.New()
	}))
}

func benchmarkWhoami(b *testing.B, d door) {
	token := d.login(b, "alice", "D")
	measure(b, d, func() *http.Request {
		r := httptest.NewRequest("GET", whoamiPath, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return r
	})
}

func BenchmarkIntrospect(b *testing.B) {
	d := delegatedDoor(func(a *httpapi.API) { a.Log, a.Observer = slog.New(slog.DiscardHandler), nil })
	body := "token=" + d.login(b, "alice", "D") + "&token_type_hint=access_token"
	measure(b, d, func() *http.Request {
		r := httptest.NewRequest("POST", introspectPath, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+homeserversSecret)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	})
}

func BenchmarkLogin(b *testing.B) {
	const body = `{"type":"org.example.badge","token":"badge of alice","device_id":"D"}`
	measure(b, quietDoor(), func() *http.Request {
		return httptest.NewRequest("POST", loginPath, strings.NewReader(body))
	})
}

func quietDoor() door {
	return newDoor(func(a *httpapi.API) { a.Log, a.Observer = slog.New(slog.DiscardHandler), nil })
}

// measure measures the handler. The time of making requests is in it; the
// figure of BareEcho has the same.
func measure(b *testing.B, h http.Handler, request func() *http.Request) {
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request())
		if w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
