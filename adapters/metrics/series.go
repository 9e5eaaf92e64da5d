package metrics

import (
	"maps"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// A request is what requests that are counted together have in common.
type request struct {
	method, route string
	status        int
}

// A series is where they are counted.
type series struct {
	count   prometheus.Counter
	seconds prometheus.Observer
}

// A directory finds series without a lock, which every request would take. It may
// be used concurrently.
type directory struct {
	known  atomic.Pointer[map[request]series] // never changed, only replaced
	adding sync.Mutex
}

// find returns the series of a request, which is made if there is none.
func (d *directory) find(r request, make func(request) series) series {
	if known := d.known.Load(); known != nil {
		if s, ok := (*known)[r]; ok {
			return s
		}
	}
	d.adding.Lock()
	defer d.adding.Unlock()
	more := map[request]series{}
	if known := d.known.Load(); known != nil {
		maps.Copy(more, *known)
	}
	more[r] = make(r)
	d.known.Store(&more)
	return more[r]
}

// series makes the series of a request, or finds them if they were made meanwhile.
func (m *Metrics) series(r request) series {
	return series{
		count:   m.requests.WithLabelValues(r.method, r.route, strconv.Itoa(r.status)),
		seconds: m.seconds.WithLabelValues(r.method, r.route),
	}
}
