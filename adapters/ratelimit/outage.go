package ratelimit

import (
	"sync"
	"time"
)

// pause is how long Redis is left alone after it failed.
const pause = 5 * time.Second

// An outage is the time from a failure of Redis until it answers again. While it
// lasts, one request in every pause tries, and all others do not wait for it.
type outage struct {
	mu    sync.Mutex
	lasts bool
	retry time.Time // when to try again, while it lasts
}

// mayAsk says whether to ask Redis at this time, and whether that is the attempt
// that may end an outage.
func (o *outage) mayAsk(now time.Time) (ask, attempt bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.lasts {
		return true, false
	}
	// It is never further off than a pause, unless the clock was set back.
	if wait := o.retry.Sub(now); wait > 0 && wait <= pause {
		return false, false
	}
	o.retry = now.Add(pause)
	return true, true
}

// fail notes that Redis did not answer, and says whether an outage begins with
// that.
func (o *outage) fail(now time.Time) (begins bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	begins = !o.lasts
	o.lasts = true
	o.retry = now.Add(pause)
	return begins
}

// end notes that the attempt was answered, and says whether an outage ends with
// that.
func (o *outage) end() (ends bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ends = o.lasts
	o.lasts = false
	return ends
}
