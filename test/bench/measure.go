package main

import (
	"cmp"
	"errors"
	"fmt"
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

// measure measures a row in turn with its limits, round by round, so that what
// else the machine does meanwhile meets all of them.
func (s *site) measure(r row, clients int) (res result, err error) {
	res = result{Row: r.name, Title: r.title, Store: s.store, Clients: clients}
	if clients == mostClients {
		res.Reach = r.reach[s.store]
	}
	if err := s.settle(); err != nil {
		return res, err
	}
	ours, err := r.ours(s, clients)
	if err != nil {
		return res, err
	}
	defer ours.end()
	asked := r.limitsFor(s.store, clients)
	limits := make([]contender, len(asked))
	for i, l := range asked {
		if limits[i], err = l.open(s, clients); err != nil {
			return res, fmt.Errorf("%s: %w", l.name, err)
		}
		defer limits[i].end()
		if _, err := s.warmUp(limits[i]); err != nil {
			return res, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	expected, err := s.warmUp(ours)
	if err != nil {
		return res, err
	}
	var rounds []round
	for range s.rounds {
		n, err := s.round(r, ours, limits, expected)
		if err != nil {
			return res, err
		}
		rounds = append(rounds, n)
		expected = max(expected, n.ours.rate())
	}
	return res.of(r, rounds), nil
}

const warmUpTime = 200 * time.Millisecond

// warmUp has a contender do all that it does once, and then what it does for a
// while, unless it does so each time.
func (s *site) warmUp(c contender) (rate float64, err error) {
	if c.start != nil {
		return 0, nil
	}
	if c.once != nil {
		if err := c.once(); err != nil {
			return 0, err
		}
	}
	if c.fill != nil {
		c.fill(int(50_000 * warmUpTime.Seconds()))
	}
	got, err := c.run(warmUpTime)
	return got.rate(), err
}

// A round is one measurement of ours, and one of each limit.
type round struct {
	ours  sample
	usage usage
	// checkpoint says that one began while ours was measured.
	checkpoint bool
	images     float64 // bytes
	limits     []sample
	spent      []time.Duration // processor time of each limit
}

func (s *site) round(r row, ours contender, limits []contender, expected float64) (n round, err error) {
	if ours.fill != nil {
		ours.fill(2000 + int(2*expected*s.seconds.Seconds()))
	}
	if err := s.checkpointFor(r); err != nil {
		return n, err
	}
	// To look allocates, too.
	idle, errIdle := s.usage(r)
	before, errBefore := s.usage(r)
	if err := errors.Join(errIdle, errBefore); err != nil {
		return n, err
	}
	if n.ours, err = ours.run(s.seconds); err != nil {
		return n, err
	}
	after, err := s.usage(r)
	if err != nil {
		return n, err
	}
	n.usage = after.since(before).since(before.since(idle))
	n.checkpoint = after.log.checkpoint != before.log.checkpoint
	if n.images, err = s.imagesIn(before.log, after.log); err != nil {
		return n, err
	}
	for _, limit := range limits {
		if err := s.checkpointFor(r); err != nil {
			return n, err
		}
		got, spent, err := s.measureLimit(limit)
		if err != nil {
			return n, err
		}
		n.limits, n.spent = append(n.limits, got), append(n.spent, spent)
	}
	return n, nil
}

func (s *site) checkpointFor(r row) error {
	if !r.checkpoint {
		return nil
	}
	return s.checkpoint()
}

func (s *site) measureLimit(c contender) (got sample, spent time.Duration, err error) {
	if c.start != nil {
		if err := c.start(); err != nil {
			return got, 0, err
		}
		defer func() { err = errors.Join(err, c.stop()) }()
	}
	before, errBefore := s.allProcessorTime()
	got, err = c.run(s.seconds)
	after, errAfter := s.allProcessorTime()
	return got, after - before + got.spent, errors.Join(errBefore, err, errAfter)
}

// of sums rounds up: medians of all but the peak of memory and the failures.
func (res result) of(r row, rounds []round) result {
	each := func(figure func(round) float64) float64 {
		figures := make([]float64, len(rounds))
		for i, n := range rounds {
			figures[i] = figure(n)
		}
		return median(figures)
	}
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
		got := limitResult{
			Name:      l.name,
			PerSecond: each(func(n round) float64 { return n.limits[i].rate() }),
			CPU:       each(func(n round) float64 { return microseconds(n.spent[i]) / n.limits[i].work() }),
		}
		got.CPURatio = got.CPU / max(1, res.CPU.all())
		for _, n := range rounds {
			got.Ratios = append(got.Ratios, n.ours.rate()/n.limits[i].rate())
		}
		got.Ratio = median(got.Ratios)
		res.Limits = append(res.Limits, got)
	}
	return res
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
