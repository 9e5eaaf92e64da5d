package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Devices lets users look after their devices (Matrix specification,
// client-server API, "Device Management"). Nobody sees or changes those of others.
type Devices struct {
	Storage  ports.Storage
	LastSeen *LastSeen
	Now      Clock
}

// List returns the user's devices, in the order of the bytes of their ids.
func (d Devices) List(ctx context.Context, user domain.UserID) ([]domain.Device, error) {
	list, err := d.Storage.Repositories().Devices.List(ctx, user)
	for i := range list {
		list[i] = d.LastSeen.update(list[i])
	}
	return list, err
}

// ByID returns a device of the user, or [domain.ErrNotFound].
func (d Devices) ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error) {
	device, err := d.Storage.Repositories().Devices.ByID(ctx, user, id)
	return d.LastSeen.update(device), err
}

// Put gives a device of the bearer's user another display name; nil leaves it as
// it is. A device that is not there is [domain.ErrNotFound], but an application
// service creates it, with nobody signed in on it (application service API,
// "Server admin style permissions"), unless the user is not registered:
// [domain.ErrForbidden]. It returns [domain.ErrTooLong] for the name.
func (d Devices) Put(ctx context.Context, bearer domain.Bearer, id domain.DeviceID, name *string) (created bool, err error) {
	if name != nil {
		if err := domain.CheckDeviceName(*name); err != nil {
			return false, err
		}
	}
	r := d.Storage.Repositories()
	if bearer.Appservice == "" {
		return false, rename(ctx, r, bearer.User.ID, id, name)
	}
	device := domain.Device{UserID: bearer.User.ID, ID: id, CreatedAt: d.Now()}
	if name != nil {
		device.DisplayName = *name
	}
	err = r.Devices.Create(ctx, device)
	switch {
	case errors.Is(err, domain.ErrExists):
		return false, rename(ctx, r, bearer.User.ID, id, name)
	case errors.Is(err, domain.ErrNotFound):
		return false, errNotRegistered
	}
	return err == nil, err
}

func rename(ctx context.Context, r ports.Repositories, user domain.UserID, id domain.DeviceID, name *string) error {
	if name == nil {
		_, err := r.Devices.ByID(ctx, user, id)
		return err
	}
	return r.Devices.Rename(ctx, user, id, *name)
}

// Delete deletes devices of the bearer's user, and ends their sessions. Those that
// are not there are as good as deleted. It returns [domain.ErrForbidden] if what
// was confirmed was carried out before, or the user of an application service is
// not registered, and [domain.ErrUnknownToken] if the bearer has been signed out
// meanwhile.
func (d Devices) Delete(ctx context.Context, bearer domain.Bearer, confirmed Confirmed, ids ...domain.DeviceID) error {
	return d.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		if err := lock(ctx, r, bearer); err != nil {
			return err
		}
		if err := confirmed.finish(ctx, r, bearer.User.ID, d.Now()); err != nil {
			return err
		}
		_, err := r.Devices.Delete(ctx, bearer.User.ID, ids...)
		return err
	})
}

// lockUser keeps everybody else from changing the user, or what it has, until
// the transaction ends.
func lockUser(ctx context.Context, r ports.Repositories, user domain.UserID) error {
	_, err := r.Users.Update(ctx, user, func(*domain.User) error { return nil })
	return err
}
