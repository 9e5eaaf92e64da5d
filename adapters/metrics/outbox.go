package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-31b6c987/doorward/domain"
)

// backlogLimit is how long a scrape waits for what is in the outbox.
const backlogLimit = 2 * time.Second

// WatchOutbox serves how much waits to be told to the homeserver, asked for at each
// scrape. An answer that fails, or takes 2 seconds, leaves it out of that scrape.
// It is called once.
func (m *Metrics) WatchOutbox(backlog func(context.Context) (domain.Backlog, error), now func() time.Time) {
	m.registry.MustRegister(outbox{backlog, now})
}

// An outbox is a collector of what it says when it is asked.
type outbox struct {
	backlog func(context.Context) (domain.Backlog, error)
	now     func() time.Time
}

var (
	outboxNotices = prometheus.NewDesc("doorward_outbox_notices",
		"Changes of which the homeserver has not heard yet.", nil, nil)
	outboxOldest = prometheus.NewDesc("doorward_outbox_oldest_seconds",
		"How long the oldest of them has waited; 0 if there is none.", nil, nil)
)

// Describe implements prometheus.Collector.
func (outbox) Describe(descs chan<- *prometheus.Desc) {
	descs <- outboxNotices
	descs <- outboxOldest
}

// Collect implements prometheus.Collector.
func (o outbox) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogLimit)
	defer cancel()
	backlog, err := o.backlog(ctx)
	if err != nil {
		return
	}
	waited := 0.0
	if !backlog.Oldest.IsZero() {
		waited = max(o.now().Sub(backlog.Oldest).Seconds(), 0)
	}
	metrics <- prometheus.MustNewConstMetric(outboxNotices, prometheus.GaugeValue, float64(backlog.Notices))
	metrics <- prometheus.MustNewConstMetric(outboxOldest, prometheus.GaugeValue, waited)
}
