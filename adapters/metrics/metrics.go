// Package metrics counts what Doorward does, for Prometheus to collect.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counters of one Doorward. They have a registry of their own,
// so that several may live in one process. All methods may be called
// concurrently.
type Metrics struct {
	registry *prometheus.Registry
	counted  directory
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	logins   *prometheus.CounterVec
	dropped  prometheus.Counter
	panics   prometheus.Counter
}

// New makes metrics that stand at zero, those of the Go runtime and the process
// beside them.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "doorward_http_requests_total",
			Help: "Requests answered; status 499 is a client that went away first.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "doorward_http_request_duration_seconds",
			Help:    "Time from the arrival of a request's headers to its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "doorward_login_total",
			Help: "Attempts to log in, by their result: ok, refused or failed.",
		}, []string{"type", "provider", "result", "reason"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "doorward_audit_dropped_total",
			Help: "Audit records that were not kept, because too many waited to be written down.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "doorward_panics_total",
			Help: "Requests whose handler panicked.",
		}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.logins, m.dropped, m.panics,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler serves GET /metrics in the formats of Prometheus.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry}))
	return mux
}

// Request counts a request to a route and the time it took. It expects few
// different routes and methods, as each combination is kept for ever.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	s := m.counted.find(request{method, route, status}, m.series)
	s.count.Inc()
	s.seconds.Observe(took.Seconds())
}

// Login counts an attempt to log in. It expects few different values of each.
func (m *Metrics) Login(loginType, provider, result, reason string) {
	m.logins.WithLabelValues(loginType, provider, result, reason).Inc()
}

// AuditDropped counts an audit record that was not kept.
func (m *Metrics) AuditDropped() { m.dropped.Inc() }

// Panic counts a handler that panicked.
func (m *Metrics) Panic() { m.panics.Inc() }
