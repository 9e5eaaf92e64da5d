package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// An arrival is a user who is about to sign in on a device.
type arrival struct {
	user        domain.UserID
	displayName string
	avatarURL   string
	device      domain.DeviceID
	deviceName  string
	// stranger is why the user may not sign in as one whom only the homeserver knows;
	// nil: it may.
	stranger error
}

// errOvertaken means that the account became somebody else's, or is another one,
// since it was looked at.
var errOvertaken = errors.New("the account changed meanwhile")

// admitTimes is how often a login that was overtaken begins again.
const admitTimes = 3

// open is [opening.open] for a homeserver that has to know of the device before the
// client comes with its token. Whatever can be checked before it is told is; the
// sign-in checks it again.
func (d *Delegation) open(ctx context.Context, o opening, who account, storage ports.Storage) (domain.SignedIn, error) {
	if d == nil {
		return o.open(ctx, storage)
	}
	return d.openAdmitted(ctx, o, who)
}

func (d *Delegation) openAdmitted(ctx context.Context, o opening, who account) (out domain.SignedIn, err error) {
	ctx, cancel := context.WithTimeout(ctx, admitLimit) // for all attempts
	defer cancel()
	for range admitTimes {
		var a arrival
		if a, err = d.arrival(ctx, o, who); err != nil {
			return domain.SignedIn{}, err
		}
		err = d.admit(ctx, a, func(r ports.Repositories) error {
			out, err = o.openWithin(ctx, r)
			if err == nil && out.User.ID != a.user {
				return errOvertaken
			}
			return err
		})
		if !errors.Is(err, errOvertaken) {
			break
		}
	}
	if errors.Is(err, errOvertaken) {
		err = errBusyUser
	}
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// arrival returns who would sign in now, or why nobody would.
func (d *Delegation) arrival(ctx context.Context, o opening, who account) (arrival, error) {
	r := d.Storage.Repositories()
	a := arrival{
		user: who.id(), displayName: o.DisplayName, avatarURL: o.AvatarURL,
		device: o.Device, deviceName: o.DeviceName,
	}
	user, _, err := who.existing(ctx, r.Users, r.Links)
	switch {
	case errors.Is(err, domain.ErrNotFound) && o.Create:
		if o.Link != (domain.Link{}) && !o.LinkExisting {
			a.stranger = domain.ErrOtherIdentity
		}
	case err != nil:
		return arrival{}, err
	default:
		if err := user.MayUse(); err != nil {
			return arrival{}, err
		}
		a.user, a.displayName, a.avatarURL = user.ID, user.DisplayName, user.AvatarURL
	}
	return a, stillGood(ctx, r.Tickets, o.proof, o.At)
}

// admit tells the homeserver of the user and the device, and then signs the user
// in. If that does not come about, the homeserver is told to delete the device
// again: that is written down before it hears of it, so that it happens even if
// nobody is left to write anything.
func (d *Delegation) admit(ctx context.Context, a arrival, signIn func(ports.Repositories) error) error {
	ctx, cancel := context.WithTimeout(ctx, admitLimit)
	defer cancel()
	t, err := d.turn(ctx, a.user)
	if err != nil {
		return err
	}
	told, err := t.admit(ctx, a, signIn)
	if err != nil {
		t.end(ctx)
		return err
	}
	d.deliverAtOnce(ctx, told)
	return nil
}

// admit returns about whom the sign-in has left something to be told. It gives the
// lease back together with it.
func (t *turn) admit(ctx context.Context, a arrival, signIn func(ports.Repositories) error) ([]domain.UserID, error) {
	if err := t.deliver(ctx); err != nil {
		return nil, err
	}
	if err := t.introduce(ctx, a); err != nil {
		return nil, err
	}
	undo, err := t.writeUndo(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := t.bringDevice(ctx, a); err != nil {
		return nil, err
	}
	return t.inTransaction(ctx, true, func(r ports.Repositories) error {
		back := t.lease
		back.Known, back.Until = true, t.Now()
		if err := t.put(ctx, r.Leases, back); err != nil {
			return err
		}
		if err := r.Outbox.Delete(ctx, undo...); err != nil {
			return err
		}
		return signIn(r)
	})
}

// introduce makes sure that the homeserver knows the user, and that it is the one
// who is meant. A user who was there before becomes ours with the sign-in: after one
// that fails, the next to come may be somebody else.
func (t *turn) introduce(ctx context.Context, a arrival) error {
	if t.lease.Known {
		return nil
	}
	var there domain.HomeserverUser
	err := t.call(ctx, func(ctx context.Context) (err error) {
		there, err = t.Homeserver.User(ctx, a.user)
		return err
	})
	switch {
	case errors.Is(err, domain.ErrNotFound):
		// That it is ours is remembered first: if we do not get further than to
		// create it, the next attempt must not take it for somebody else's.
		t.lease.Known = true
		if err := t.put(ctx, t.Storage.Repositories().Leases, t.lease); err != nil {
			return err
		}
		return t.provision(ctx, a)
	case err != nil:
		return err
	case there.Deactivated:
		return domain.ErrUserDeactivated
	}
	return a.stranger
}

// provision creates the user at the homeserver. A profile that it does not take
// keeps nobody out.
func (t *turn) provision(ctx context.Context, a arrival) error {
	p := domain.Provision{User: a.user}
	if a.displayName != "" {
		p.DisplayName = &a.displayName
	}
	if a.avatarURL != "" {
		p.AvatarURL = &a.avatarURL
	}
	err := t.call(ctx, func(ctx context.Context) error { return t.Homeserver.Provision(ctx, p) })
	if errors.Is(err, domain.ErrHomeserverRefused) {
		err = t.call(ctx, func(ctx context.Context) error { return t.Homeserver.Provision(ctx, domain.Provision{User: a.user}) })
	}
	return err
}

// writeUndo writes down that a device is to be deleted that is not here, and
// returns what to delete when it is.
func (t *turn) writeUndo(ctx context.Context, a arrival) ([]int64, error) {
	r := t.Storage.Repositories()
	_, err := r.Devices.ByID(ctx, a.user, a.device)
	if !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	return r.Outbox.Add(ctx, domain.Notice{User: a.user, Kind: domain.DeviceDeleted, Device: a.device, At: t.Now()})
}

// bringDevice tells the homeserver of the device. One that has forgotten the user
// is told of that again.
func (t *turn) bringDevice(ctx context.Context, a arrival) error {
	device := domain.Notice{User: a.user, Kind: domain.DeviceCreated, Device: a.device, Text: a.deviceName}
	tell := func(ctx context.Context) error { return t.Homeserver.Tell(ctx, device) }
	err := t.call(ctx, tell)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if err := t.provision(ctx, a); err != nil {
		return err
	}
	err = t.call(ctx, tell)
	if errors.Is(err, domain.ErrNotFound) {
		return errHomeserverAway // it does not keep what it is told
	}
	return err
}
