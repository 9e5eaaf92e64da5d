package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"slices"
	"sync"
	"time"
)

// A traffic is what clients send.
type traffic struct {
	want int // the status of every answer
	// next returns a client's next request; answer is the body of its last one.
	// It returns nil if none is left.
	next func(client int, answer []byte) []byte
	// fill prepares that many requests, before the clock runs; nil: they need no
	// preparation.
	fill func(requests int)
	// kind returns one of so many kinds of requests among which next chooses.
	kinds int
	kind  func(i int) []byte
}

// A sample is what one measurement found.
type sample struct {
	requests int
	took     time.Duration
	waits    []time.Duration // of each request, sorted
	late     int             // requests that were answered after the end
	failed   int             // answers other than the expected one, which are no requests
	failure  error           // one of them
	spent    time.Duration   // processor time that nobody else notices
}

// work is how many requests something was done for.
func (s sample) work() float64 { return max(1, float64(s.requests+s.late+s.failed)) }

func (s sample) rate() float64 { return float64(s.requests) / s.took.Seconds() }

// quantile returns how long the fastest share of the requests took at most.
func (s sample) quantile(share float64) time.Duration {
	if len(s.waits) == 0 {
		return 0
	}
	return s.waits[min(int(share*float64(len(s.waits))), len(s.waits)-1)]
}

// errUnexpected means that an answer was not the expected one.
var errUnexpected = errors.New("unexpected answer")

// drive lets all clients send as fast as they are answered, for a time. Answers
// that come later are waited for, and not counted.
func drive(conns []*connection, t traffic, lasting time.Duration) (sample, error) {
	return together(len(conns), lasting, func(client int) func() error {
		var answer []byte
		conn := conns[client]
		return func() error {
			request := t.next(client, answer)
			if request == nil {
				return errors.New("too few requests were prepared")
			}
			status, body, err := conn.do(request)
			if err == nil && status != t.want {
				err = fmt.Errorf("%w: %d instead of %d: %s", errUnexpected, status, t.want, body)
			}
			answer = body
			return err
		}
	})
}

// sendOnce sends a request of each kind.
func sendOnce(address string, t traffic) error {
	return sendEach(address, t.want, t.kinds, t.kind, func(int, []byte) {})
}

// sendEach sends n requests, many at a time, and hands the bodies of the answers on.
func sendEach(address string, want, n int, request func(i int) []byte, answered func(i int, body []byte)) error {
	conns, err := dial(address, min(n, mostClients))
	if err != nil {
		return err
	}
	defer hangUp(conns)
	errs := make([]error, len(conns))
	var all sync.WaitGroup
	for client, conn := range conns {
		all.Go(func() {
			for i := client; i < n && errs[client] == nil; i += len(conns) {
				status, body, err := conn.do(request(i))
				if err == nil && status != want {
					err = fmt.Errorf("%w: %d instead of %d: %s", errUnexpected, status, want, body)
				}
				if err == nil {
					answered(i, body)
				}
				errs[client] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// together lets workers work for a time, each at one piece after another. A
// worker goes on after errUnexpected, and every other error is together's.
func together(workers int, lasting time.Duration, newWorker func(i int) (do func() error)) (sample, error) {
	samples, errs := make([]sample, workers), make([]error, workers)
	var all sync.WaitGroup
	end := time.Now().Add(lasting)
	// In a profile of everything in one process, the label tells them apart.
	pprof.Do(context.Background(), pprof.Labels("side", "client"), func(context.Context) {
		for i := range workers {
			all.Go(func() { samples[i], errs[i] = work(newWorker(i), end) })
		}
	})
	all.Wait()
	sum := sample{took: lasting}
	for _, s := range samples {
		sum.waits = append(sum.waits, s.waits...)
		sum.late += s.late
		sum.failed += s.failed
		if s.failure != nil {
			sum.failure = s.failure
		}
	}
	sum.requests = len(sum.waits)
	slices.Sort(sum.waits)
	return sum, errors.Join(errs...)
}

// work does pieces of work until the end, and returns how long each of them took.
func work(do func() error, end time.Time) (s sample, err error) {
	s.waits = make([]time.Duration, 0, 1<<14)
	for began := time.Now(); began.Before(end); {
		err := do()
		now := time.Now()
		switch {
		case errors.Is(err, errUnexpected):
			s.failed, s.failure = s.failed+1, err
		case err != nil:
			return s, err
		case now.After(end):
			s.late++
		default:
			s.waits = append(s.waits, now.Sub(began))
		}
		began = now
	}
	return s, nil
}
