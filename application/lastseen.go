package application

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
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
	// them down. They are in so many parts, so that requests rarely wait for each
	// other.
	sightingsKept  = 1 << 18
	sightingsParts = 64
	// maxUserAgent bounds what is kept of how a client calls itself, in bytes.
	maxUserAgent = 255
)

// LastSeen remembers when and from where devices were used, and writes it down
// some time later: no request waits for that. It may be used concurrently.
type LastSeen struct {
	sightings ports.SightingRepository
	now       Clock

	seed  maphash.Seed
	parts [sightingsParts]seenPart
}

// A seenPart remembers some of the devices.
type seenPart struct {
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
	l := &LastSeen{sightings: sightings, now: now, seed: maphash.MakeSeed()}
	for i := range l.parts {
		l.parts[i].devices = map[seenDevice]*sighted{}
	}
	return l
}

// part is where a device is remembered.
func (l *LastSeen) part(key seenDevice) *seenPart {
	return &l.parts[maphash.Comparable(l.seed, key)%sightingsParts]
}

// Note remembers that the bearer's device was used. A bearer without a device is
// not remembered.
func (l *LastSeen) Note(bearer domain.Bearer, address, userAgent string) {
	if bearer.Device == "" || bearer.Appservice != "" {
		return
	}
	seen := domain.Seen{At: l.now(), Address: address, UserAgent: cleaned(userAgent)}
	key := seenDevice{bearer.User.ID, bearer.Device}
	p := l.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.devices[key]
	if d == nil {
		if len(p.devices) >= sightingsKept/sightingsParts {
			return
		}
		d = &sighted{}
		p.devices[key] = d
	}
	d.Seen, d.fresh = seen, true
}

// update returns the device with the latest sighting of it, written down or not.
func (l *LastSeen) update(device domain.Device) domain.Device {
	key := seenDevice{device.UserID, device.ID}
	p := l.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.devices[key]; d != nil && d.At.After(device.LastSeen.At) {
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

// due takes out what is to be written now, the oldest first, and forgets devices that
// nobody has used for a while. Devices that signed in one after another lie side by
// side in a database: so a batch changes fewer pages of it.
func (l *LastSeen) due(everything bool) (due []domain.Sighting) {
	now := l.now()
	for i := range l.parts {
		due = l.parts[i].due(due, now, everything)
	}
	slices.SortFunc(due, func(a, b domain.Sighting) int { return a.At.Compare(b.At) })
	return due
}

func (p *seenPart) due(due []domain.Sighting, now time.Time, everything bool) []domain.Sighting {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, d := range p.devices {
		switch old := now.Sub(d.written) >= sightingsApart; {
		case d.fresh && (old || everything):
			due = append(due, domain.Sighting{User: key.user, Device: key.device, Seen: d.Seen})
			d.fresh, d.written = false, now
		case !d.fresh && old:
			delete(p.devices, key)
		}
	}
	return due
}

func (l *LastSeen) putBack(batch []domain.Sighting) {
	for _, s := range batch {
		key := seenDevice{s.User, s.Device}
		l.part(key).putBack(key)
	}
}

func (p *seenPart) putBack(key seenDevice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.devices[key]; d != nil {
		d.fresh, d.written = true, time.Time{}
	}
}
