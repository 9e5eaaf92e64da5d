package main

import (
	"cmp"
	"slices"
	"time"
)

// A result is what was measured of one row on one store.
type result struct {
	Row, Title, Store string
	Clients           int
	PerSecond         float64
	P50, P99          float64 // milliseconds
	Failed            int     // answers other than the expected one
	failure           error   // one of them
	// Of Doorward, while it served this; 0 where there was none.
	Allocations, AllocatedBytes float64 // for each request
	PeakMemory                  int64   // resident bytes
	// LogBytes are what PostgreSQL logged of its changes for each request, and
	// ImageBytes those of them that are whole pages.
	LogBytes, ImageBytes float64
	Checkpoints          int // that began meanwhile
	// CPU is processor time for each request, in microseconds.
	CPU    cpuTimes
	Reach  float64 `json:",omitempty"`
	Limits []limitResult
}

type cpuTimes struct{ Doorward, Database, Clients float64 }

func (t cpuTimes) all() float64 { return t.Doorward + t.Database + t.Clients }

type limitResult struct {
	Name      string
	PerSecond float64
	Ratio     float64 // of ours to it: the median of those of each round
	Ratios    []float64
	// CPU is the processor time of all that works for one request, CPURatio that
	// of ours in it. On a machine that has nothing else to do it is about the same
	// as Ratio, where processors are what limits both; what else the machine does
	// touches it less.
	CPU, CPURatio float64
}

// of sums rounds up: medians of all but the peak of memory and the failures.
func (res result) of(r row, rounds []round) result {
	each := func(figure func(round) float64) float64 { return median(figuresOf(rounds, figure)) }
	perRequest := func(figure func(usage) float64) float64 {
		return each(func(n round) float64 { return figure(n.usage) / n.ours.work() })
	}
	processors := func(part func(usage) time.Duration) float64 {
		return perRequest(func(u usage) float64 { return microseconds(part(u)) })
	}
	quantile := func(share float64) float64 {
		return each(func(n round) float64 { return microseconds(n.ours.quantile(share)) / 1e3 })
	}
	res.PerSecond = each(func(n round) float64 { return n.ours.rate() })
	res.P50, res.P99 = quantile(0.5), quantile(0.99)
	res.Allocations = perRequest(func(u usage) float64 { return u.allocations })
	res.AllocatedBytes = perRequest(func(u usage) float64 { return u.bytes })
	res.LogBytes = perRequest(func(u usage) float64 { return u.log.bytes })
	res.ImageBytes = each(func(n round) float64 { return n.images / n.ours.work() })
	res.CPU = cpuTimes{
		Doorward: processors(func(u usage) time.Duration { return u.doorward }),
		Database: processors(func(u usage) time.Duration { return u.database }),
		Clients:  processors(func(u usage) time.Duration { return u.clients }),
	}
	for _, n := range rounds {
		res.PeakMemory = max(res.PeakMemory, n.usage.peak)
		res.Failed += n.ours.failed
		if n.checkpoint {
			res.Checkpoints++
		}
		res.failure = cmp.Or(res.failure, n.ours.failure)
	}
	for i, l := range r.limitsFor(res.Store, res.Clients) {
		res.Limits = append(res.Limits, res.beside(i, l.name, rounds))
	}
	return res
}

// beside sums rounds up of a limit, which is the ith of its row.
func (res result) beside(i int, name string, rounds []round) limitResult {
	each := func(figure func(round) float64) float64 { return median(figuresOf(rounds, figure)) }
	got := limitResult{
		Name:      name,
		PerSecond: each(func(n round) float64 { return n.limits[i].rate() }),
		Ratios:    figuresOf(rounds, func(n round) float64 { return n.ours.rate() / n.limits[i].rate() }),
		CPU:       each(func(n round) float64 { return microseconds(n.spent[i]) / n.limits[i].work() }),
	}
	got.Ratio, got.CPURatio = median(got.Ratios), got.CPU/max(1, res.CPU.all())
	return got
}

func figuresOf(rounds []round, figure func(round) float64) []float64 {
	figures := make([]float64, len(rounds))
	for i, n := range rounds {
		figures[i] = figure(n)
	}
	return figures
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
