package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/metrics"
)

func scrape(t *testing.T, m *metrics.Metrics) map[string]bool {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET /metrics answers %d", w.Code)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(w.Body.String()) {
		lines[strings.TrimSpace(line)] = true
	}
	return lines
}

func TestWhatIsCountedIsServed(t *testing.T) {
	m := metrics.New()
	m.Request("POST", "/login", 200, 3*time.Millisecond)
	m.Request("POST", "/login", 200, 40*time.Millisecond)
	m.Request("POST", "/login", 403, time.Millisecond)
	m.Login("org.matrix.login.jwt", "corp", "ok", "")
	m.Login("org.matrix.login.jwt", "corp", "refused", "expired_token")
	m.Login("org.matrix.login.jwt", "corp", "refused", "expired_token")
	m.Panic()
	m.AuditDropped()

	lines := scrape(t, m)
	for _, want := range []string{
		`doorward_http_requests_total{method="POST",route="/login",status="200"} 2`,
		`doorward_http_requests_total{method="POST",route="/login",status="403"} 1`,
		`doorward_http_request_duration_seconds_bucket{method="POST",route="/login",le="0.005"} 2`,
		`doorward_http_request_duration_seconds_bucket{method="POST",route="/login",le="0.05"} 3`,
		`doorward_http_request_duration_seconds_count{method="POST",route="/login"} 3`,
		`doorward_login_total{provider="corp",reason="",result="ok",type="org.matrix.login.jwt"} 1`,
		`doorward_login_total{provider="corp",reason="expired_token",result="refused",type="org.matrix.login.jwt"} 2`,
		`doorward_panics_total 1`,
		`doorward_audit_dropped_total 1`,
	} {
		if !lines[want] {
			t.Errorf("no line %s", want)
		}
	}
}

func TestCountersThatNeverMovedAreServedAsZero(t *testing.T) {
	if !scrape(t, metrics.New())["doorward_panics_total 0"] {
		t.Error("an alarm on doorward_panics_total would have nothing to watch")
	}
}

func TestTheGoRuntimeIsServed(t *testing.T) {
	for line := range scrape(t, metrics.New()) {
		if strings.HasPrefix(line, "go_goroutines ") {
			return
		}
	}
	t.Error("no go_goroutines")
}

func TestTwoMetricsInOneProcessCountForThemselves(t *testing.T) {
	one, two := metrics.New(), metrics.New()
	one.Panic()
	if !scrape(t, two)["doorward_panics_total 0"] {
		t.Error("the second counts what the first was told")
	}
}

func TestOnlyMetricsAreServed(t *testing.T) {
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/x"} {
		w := httptest.NewRecorder()
		metrics.New().Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("GET %s answers %d", path, w.Code)
		}
	}
}

func TestConcurrentCountsAreAllCounted(t *testing.T) {
	m := metrics.New()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				m.Request("GET", "/whoami", 200, time.Millisecond)
				m.Login("x", "y", "ok", "")
				m.Panic()
			}
		})
	}
	wg.Wait()
	lines := scrape(t, m)
	for _, want := range []string{
		`doorward_http_requests_total{method="GET",route="/whoami",status="200"} 800`,
		`doorward_login_total{provider="y",reason="",result="ok",type="x"} 800`,
		`doorward_panics_total 800`,
	} {
		if !lines[want] {
			t.Errorf("no line %s", want)
		}
	}
}
