package main

import (
	"errors"
	"fmt"
	"time"
)

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
	limits, end, err := s.openLimits(r, clients)
	defer end()
	if err != nil {
		return res, err
	}
	expected, err := s.warmUp(ours)
	if err != nil {
		return res, err
	}
	if r.sighted {
		s.await(sightingsTake)
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

// openLimits opens and warms up what a row is held against. end is to be called even
// if that failed.
func (s *site) openLimits(r row, clients int) (limits []contender, end func(), err error) {
	end = func() {
		for _, limit := range limits {
			limit.end()
		}
	}
	for _, l := range r.limitsFor(s.store, clients) {
		limit, err := l.open(s, clients)
		if err != nil {
			return limits, end, fmt.Errorf("%s: %w", l.name, err)
		}
		limits = append(limits, limit)
		if _, err := s.warmUp(limit); err != nil {
			return limits, end, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return limits, end, nil
}

// await waits, unless whoever waits does not want to any more.
func (b *bench) await(d time.Duration) {
	select {
	case <-b.context().Done():
	case <-time.After(d):
	}
}

const (
	warmUpTime = 200 * time.Millisecond
	// sightingsTake is how long it takes at most until sightings of devices are
	// written down. For each of them that happens once a minute.
	sightingsTake = 11 * time.Second
)

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
	if err := s.context().Err(); err != nil {
		return n, err
	}
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
