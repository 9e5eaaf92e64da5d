package contract

import (
	"sync"
	"time"
)

// A Clock is the time of a test: it passes only when the test says so.
type Clock struct {
	mu       sync.Mutex
	now      time.Time
	watchers []func(time.Time)
}

// Now returns the time. It may be called concurrently.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Watch calls f with the time, at once and whenever time has passed, before
// anything else happens. It is for implementations that ask another program for
// the time.
func (c *Clock) Watch(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers, f)
	f(c.now)
}

// pass lets time pass.
func (c *Clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for _, f := range c.watchers {
		f(c.now)
	}
}
