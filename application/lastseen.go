package application

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	// sightingsApart is how long after a sighting of a device was written down the
	// next one is.
	sightingsApart = time.Minute
	// sightingsAtOnce is how many are written down with one call.
	sightingsAtOnce = 500
	// sightingsKept bounds the devices that are remembered, for when nobody writes
	// them down.
	sightingsKept = 1 << 18
	// maxUserAgent bounds what is kept of how a client calls itself, in bytes.
	maxUserAgent = 255
)

// LastSeen remembers when and from where devices were used, and writes it down
// some time later: no request waits for that. It may be used concurrently.
type LastSeen struct {
	sightings ports.SightingRepository
	now       Clock

	mu      sync.Mutex
	devices map[seenDevice]*sighted
}

type seenDevice struct {
	user   domain.UserID
	device domain.DeviceID
}

type sighted struct {
	domain.Seen
	written time.Time // when a sighting was written down last
	fresh   bool      // Seen is not written down
}

// NewLastSeen makes one that has seen nobody.
func NewLastSeen(sightings ports.SightingRepository, now Clock) *LastSeen {
	return &LastSeen{sightings: sightings, now: now, devices: map[seenDevice]*sighted{}}
}

// Note remembers that the bearer's device was used. A bearer without a device is
// not remembered.
func (l *LastSeen) Note(bearer domain.Bearer, address, userAgent string) {
	if bearer.Device == "" || bearer.Appservice != "" {
		return
	}
	seen := domain.Seen{At: l.now(), Address: address, UserAgent: cleaned(userAgent)}
	key := seenDevice{bearer.User.ID, bearer.Device}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.devices[key]
	if d == nil {
		if len(l.devices) >= sightingsKept {
			return
		}
		d = &sighted{}
		l.devices[key] = d
	}
	d.Seen, d.fresh = seen, true
}

// update returns the device with the latest sighting of it, written down or not.
func (l *LastSeen) update(device domain.Device) domain.Device {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := l.devices[seenDevice{device.UserID, device.ID}]; d != nil && d.At.After(device.LastSeen.At) {
		device.LastSeen = d.Seen
	}
	return device
}

// cleaned returns what can be stored of a user agent.
func cleaned(userAgent string) string {
	if len(userAgent) > maxUserAgent {
		userAgent = userAgent[:maxUserAgent]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(userAgent, ""), "\x00", "")
}

// Write writes down what is due; if everything, the rest too. What could not be
// written is due again the next time.
func (l *LastSeen) Write(ctx context.Context, everything bool) error {
	var failures []error
	due := l.due(everything)
	for len(due) > 0 {
		batch := due[:min(len(due), sightingsAtOnce)]
		due = due[len(batch):]
		if err := l.sightings.Record(ctx, batch); err != nil {
			failures = append(failures, err)
			l.putBack(batch)
		}
	}
	return errors.Join(failures...)
}

// due takes out what is to be written now, and forgets devices that nobody has
// used for a while.
func (l *LastSeen) due(everything bool) (due []domain.Sighting) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, d := range l.devices {
		switch old := now.Sub(d.written) >= sightingsApart; {
		case d.fresh && (old || everything):
			due = append(due, domain.Sighting{User: key.user, Device: key.device, Seen: d.Seen})
			d.fresh, d.written = false, now
		case !d.fresh && old:
			delete(l.devices, key)
		}
	}
	return due
}

func (l *LastSeen) putBack(batch []domain.Sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range batch {
		if d := l.devices[seenDevice{s.User, s.Device}]; d != nil {
			d.fresh, d.written = true, time.Time{}
		}
	}
}
