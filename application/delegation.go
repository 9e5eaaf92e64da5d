package application

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A Delegation keeps a homeserver informed that has handed authentication over.
// What it must know before a client comes with a token, it is told during the
// login; the rest is written to the outbox in the transaction of the change that it
// is about, and delivered in order, at least once.
//
// Whoever tells of a user has that user's lease: it is a row that ends by itself,
// so nothing is held while the homeserver is waited for, and other instances keep
// out. Nil is a Delegation without a homeserver. It may be used concurrently.
type Delegation struct {
	Homeserver ports.Homeserver
	Storage    ports.Storage
	Now        Clock
	Log        *slog.Logger
}

const (
	// leaseFor is how long a lease is taken for, and callLimit how long a call to the
	// homeserver may take. A lease that would not outlive a call is renewed before it.
	leaseFor  = 10 * time.Second
	callLimit = 3 * time.Second
	// admitLimit is how long a login may take, and atOnceLimit how long a change waits
	// for its delivery.
	admitLimit  = 8 * time.Second
	atOnceLimit = 2 * time.Second
	// longestQuestion is how often at most a lease is asked for that somebody has.
	longestQuestion = 200 * time.Millisecond
)

var (
	errHomeserverAway = domain.Refuse(domain.ErrHomeserverAway, "homeserver_away", "The homeserver cannot be reached; try again later")
	errBusyUser       = domain.Refuse(domain.ErrHomeserverAway, "homeserver_busy", "The homeserver is being told about this account; try again later")
	errDeviceForScope = domain.Refuse(domain.ErrInvalidParam, "device_id",
		`device_id must have printable ASCII characters only, and neither spaces nor " nor \, on this server`)
)

// A turn is the time in which its holder tells the homeserver of one user.
type turn struct {
	*Delegation
	lease domain.Lease
}

// turn waits until it is its turn, or ctx ends.
func (d *Delegation) turn(ctx context.Context, user domain.UserID) (*turn, error) {
	t := &turn{Delegation: d, lease: domain.Lease{User: user, Holder: rand.Text()}}
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, longestQuestion) {
		err := t.renew(ctx)
		if !errors.Is(err, domain.ErrExists) {
			return t, err
		}
		select {
		case <-ctx.Done():
			return nil, errBusyUser
		case <-time.After(wait):
		}
	}
}

// renew takes the lease, for the first time or anew.
func (t *turn) renew(ctx context.Context) error {
	now := t.Now()
	lease, err := t.Storage.Repositories().Leases.Take(ctx, t.lease.User, t.lease.Holder, now, now.Add(leaseFor))
	if err != nil {
		return err
	}
	lease.Known = lease.Known || t.lease.Known
	t.lease = lease
	return nil
}

// call calls the homeserver, for less time than the lease lasts.
func (t *turn) call(ctx context.Context, do func(context.Context) error) error {
	if left := t.lease.Until.Sub(t.Now()); left < 2*callLimit || left > leaseFor {
		err := t.renew(ctx)
		if errors.Is(err, domain.ErrExists) {
			return errBusyUser // it took so long that it is somebody else's turn
		}
		if err != nil {
			return err
		}
	}
	return t.Delegation.call(ctx, do)
}

// An unreached homeserver is refused to clients with few words. Operators read the
// cause alone.
type unreached struct{ cause error }

func (u unreached) Error() string   { return u.cause.Error() }
func (u unreached) Unwrap() []error { return []error{errHomeserverAway, u.cause} }

// call calls the homeserver. That it is away says so to clients, too.
func (d *Delegation) call(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	err := do(ctx)
	if errors.Is(err, domain.ErrHomeserverAway) {
		return unreached{err}
	}
	return err
}

// put stores the lease, if it still is held.
func (t *turn) put(ctx context.Context, leases ports.LeaseRepository, lease domain.Lease) error {
	err := leases.Put(ctx, lease, t.Now())
	if errors.Is(err, domain.ErrNotFound) {
		return errBusyUser // it took so long that it is somebody else's turn
	}
	return err
}

// end gives the lease back, however it went.
func (t *turn) end(ctx context.Context) {
	t.lease.Until = t.Now()
	_ = t.put(context.WithoutCancel(ctx), t.Storage.Repositories().Leases, t.lease) // it ends by itself
}

// vacant returns nil unless the homeserver has a user of the id who is not
// ours: then [domain.ErrExists]. Nobody may register as somebody who is there.
func (d *Delegation) vacant(ctx context.Context, user domain.UserID) error {
	if d == nil {
		return nil
	}
	lease, err := d.Storage.Repositories().Leases.ByUser(ctx, user)
	if err != nil || lease.Known {
		return err
	}
	err = d.call(ctx, func(ctx context.Context) error {
		_, err := d.Homeserver.User(ctx, user)
		return err
	})
	switch {
	case err == nil:
		return domain.ErrExists
	case errors.Is(err, domain.ErrNotFound):
		return nil
	}
	return err
}

// deviceOf is the function of the name, for devices that the homeserver can be
// told of.
func (d *Delegation) deviceOf(id *string, name string) (domain.DeviceID, error) {
	device, err := deviceOf(id, name)
	if err == nil && d != nil && !device.FitsScope() {
		return "", errDeviceForScope
	}
	return device, err
}
