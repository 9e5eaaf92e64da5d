//go:build soak

package soak

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A kind is what a request asks for.
type kind int

const (
	loginByJWT kind = iota
	loginByPassword
	loginByToken
	askForToken
	refresh
	logout
	whoami
	deleteDevice
)

var kinds = [...]string{
	"login by JWT", "login by password", "login by login token", "request for a login token",
	"refresh", "logout", "whoami", "deletion of a device",
}

func (k kind) String() string { return kinds[k] }

// counts say what happened to the requests.
type counts struct {
	acknowledged, unanswered, unavailable atomic.Int64
	slowest                               atomic.Int64             // nanoseconds
	kinds                                 [len(kinds)]atomic.Int64 // those that were acknowledged
}

// String returns how many of each kind were acknowledged.
func (c *counts) String() string {
	var each []string
	for k := range kinds {
		each = append(each, fmt.Sprintf("%s %d", kind(k), c.kinds[k].Load()))
	}
	return strings.Join(each, ", ")
}

// storm lets all workers work until stop is closed.
func storm(workers []*worker, seen *counts, stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	for _, w := range workers {
		w.seen = seen
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					w.step()
				}
			}
		})
	}
	return &all
}

// try sends a request, counts it, and says whether it was acknowledged. If not,
// that must be nobody's fault but the server's.
func (w *worker) try(what kind, method, path, token, body string) (answer map[string]any, ok bool) {
	began := time.Now()
	status, answer := w.do(method, path, token, body)
	for took := int64(time.Since(began)); ; {
		slowest := w.seen.slowest.Load()
		if took <= slowest || w.seen.slowest.CompareAndSwap(slowest, took) {
			break
		}
	}
	switch {
	case status == 200:
		w.seen.acknowledged.Add(1)
		w.seen.kinds[what].Add(1)
		return answer, true
	case status == noAnswer:
		w.seen.unanswered.Add(1)
		<-time.After(time.Millisecond) // the server is down; do not spin
	case status >= 500:
		w.seen.unavailable.Add(1)
	default:
		w.t.Errorf("%s of %s: %d %v", what, w.device, status, answer)
	}
	return nil, false
}
