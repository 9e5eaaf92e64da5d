package metrics_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/metrics"
)

func TestTheTokenCacheIsLookedIntoAtEachScrape(t *testing.T) {
	var hits, misses uint64
	var trusted bool
	m := metrics.New()
	m.WatchTokenCache(func() (uint64, uint64, bool) { return hits, misses, trusted })
	for _, want := range [][]string{
		{"doorward_token_cache_hits_total 0", "doorward_token_cache_misses_total 0", "doorward_token_cache_trusted 0"},
		{"doorward_token_cache_hits_total 5", "doorward_token_cache_misses_total 2", "doorward_token_cache_trusted 1"},
	} {
		lines := scrape(t, m)
		for _, line := range want {
			if !lines[line] {
				t.Errorf("no line %s", line)
			}
		}
		hits, misses, trusted = 5, 2, true
	}
}
