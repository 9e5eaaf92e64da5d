package metrics

import "github.com/prometheus/client_golang/prometheus"

// WatchTokenCache serves how many look-ups of access tokens were answered from memory
// and how many were not, and whether any are now. stats is called at each scrape.
// WatchTokenCache is called once.
func (m *Metrics) WatchTokenCache(stats func() (hits, misses uint64, trusted bool)) {
	m.registry.MustRegister(tokenCache(stats))
}

// A tokenCache is a collector of what it says when it is asked.
type tokenCache func() (hits, misses uint64, trusted bool)

var (
	tokenCacheHits = prometheus.NewDesc("doorward_token_cache_hits_total",
		"Access tokens that were known in memory.", nil, nil)
	tokenCacheMisses = prometheus.NewDesc("doorward_token_cache_misses_total",
		"Access tokens that the database was asked for.", nil, nil)
	tokenCacheTrusted = prometheus.NewDesc("doorward_token_cache_trusted",
		"1 while the cache of access tokens is used; 0 while changes by others could be missed.", nil, nil)
)

// Describe implements prometheus.Collector.
func (tokenCache) Describe(descs chan<- *prometheus.Desc) {
	descs <- tokenCacheHits
	descs <- tokenCacheMisses
	descs <- tokenCacheTrusted
}

// Collect implements prometheus.Collector.
func (stats tokenCache) Collect(metrics chan<- prometheus.Metric) {
	hits, misses, trusted := stats()
	gauge := 0.0
	if trusted {
		gauge = 1
	}
	metrics <- prometheus.MustNewConstMetric(tokenCacheHits, prometheus.CounterValue, float64(hits))
	metrics <- prometheus.MustNewConstMetric(tokenCacheMisses, prometheus.CounterValue, float64(misses))
	metrics <- prometheus.MustNewConstMetric(tokenCacheTrusted, prometheus.GaugeValue, gauge)
}
