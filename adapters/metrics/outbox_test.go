package metrics_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/metrics"
	"github.com/seed-31b6c987/doorward/domain"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// watching returns metrics of an outbox that answers with what is set.
func watching(backlog *domain.Backlog, err *error) *metrics.Metrics {
	m := metrics.New()
	m.WatchOutbox(func(context.Context) (domain.Backlog, error) { return *backlog, *err }, func() time.Time { return noon })
	return m
}

func TestTheOutboxIsLookedIntoAtEachScrape(t *testing.T) {
	var backlog domain.Backlog
	var failure error
	m := watching(&backlog, &failure)
	for _, c := range []struct {
		name    string
		backlog domain.Backlog
		want    []string
	}{
		{"empty", domain.Backlog{}, []string{"doorward_outbox_notices 0", "doorward_outbox_oldest_seconds 0"}},
		{"three", domain.Backlog{Notices: 3, Oldest: noon.Add(-90 * time.Second)}, []string{"doorward_outbox_notices 3", "doorward_outbox_oldest_seconds 90"}},
		{"of the future", domain.Backlog{Notices: 1, Oldest: noon.Add(time.Hour)}, []string{"doorward_outbox_notices 1", "doorward_outbox_oldest_seconds 0"}},
	} {
		backlog = c.backlog
		lines := scrape(t, m)
		for _, want := range c.want {
			if !lines[want] {
				t.Errorf("%s: no line %s", c.name, want)
			}
		}
	}
}

func TestAnOutboxThatCannotBeAskedIsLeftOutAlone(t *testing.T) {
	backlog, failure := domain.Backlog{Notices: 7}, errors.New("the store is away")
	lines := scrape(t, watching(&backlog, &failure))
	for line := range lines {
		if strings.HasPrefix(line, "doorward_outbox") {
			t.Errorf("served: %s", line)
		}
	}
	if !lines["doorward_panics_total 0"] {
		t.Error("the others are left out, too")
	}
}

func TestAScrapeDoesNotWaitForTheOutboxForEver(t *testing.T) {
	limit := make(chan time.Duration, 1)
	m := metrics.New()
	m.WatchOutbox(func(ctx context.Context) (domain.Backlog, error) {
		deadline, _ := ctx.Deadline()
		limit <- time.Until(deadline)
		return domain.Backlog{}, nil
	}, func() time.Time { return noon })
	scrape(t, m)
	if left := <-limit; left <= time.Second || left > 2*time.Second {
		t.Errorf("it waits %v", left)
	}
}
