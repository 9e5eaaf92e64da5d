package application

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

type notingDevices struct {
	ports.DeviceRepository
	within within
}

func (d notingDevices) Create(ctx context.Context, device domain.Device) error {
	return d.within(ctx, func(r ports.Repositories) error {
		if err := r.Devices.Create(ctx, device); err != nil {
			return err
		}
		return addNotices(ctx, r, domain.Notice{
			User: device.UserID, Kind: domain.DeviceCreated, Device: device.ID, Text: device.DisplayName,
		})
	})
}

func (d notingDevices) Rename(ctx context.Context, user domain.UserID, id domain.DeviceID, name string) error {
	return d.within(ctx, func(r ports.Repositories) error {
		if err := lockUser(ctx, r, user); err != nil {
			return err
		}
		if err := r.Devices.Rename(ctx, user, id, name); err != nil {
			return err
		}
		return addNotices(ctx, r, domain.Notice{User: user, Kind: domain.DeviceRenamed, Device: id, Text: name})
	})
}

func (d notingDevices) Delete(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) (gone []domain.DeviceID, err error) {
	err = d.within(ctx, func(r ports.Repositories) error {
		if gone, err = r.Devices.Delete(ctx, user, ids...); err != nil {
			return err
		}
		return noteGone(ctx, r, user, gone)
	})
	return gone, err
}

func (d notingDevices) DeleteAll(ctx context.Context, user domain.UserID, but ...domain.DeviceID) (gone []domain.DeviceID, err error) {
	err = d.within(ctx, func(r ports.Repositories) error {
		if gone, err = r.Devices.DeleteAll(ctx, user, but...); err != nil {
			return err
		}
		return noteGone(ctx, r, user, gone)
	})
	return gone, err
}

func noteGone(ctx context.Context, r ports.Repositories, user domain.UserID, gone []domain.DeviceID) error {
	notices := make([]domain.Notice, len(gone))
	for i, id := range gone {
		notices[i] = domain.Notice{User: user, Kind: domain.DeviceDeleted, Device: id}
	}
	return addNotices(ctx, r, notices...)
}

type notingSessions struct {
	ports.SessionRepository
	within within
}

func (s notingSessions) Delete(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.within(ctx, func(r ports.Repositories) error {
		if bearer, err = r.Sessions.Delete(ctx, session); err != nil {
			return err
		}
		return noteGone(ctx, r, bearer.User.ID, []domain.DeviceID{bearer.Device})
	})
	return bearer, err
}

// DeleteAll deletes the session's device first, which says whose it is, and then the
// user's others, which says which they are.
func (s notingSessions) DeleteAll(ctx context.Context, session domain.TokenHash) (bearer domain.Bearer, err error) {
	err = s.within(ctx, func(r ports.Repositories) error {
		if bearer, err = r.Sessions.Delete(ctx, session); err != nil {
			return err
		}
		gone, err := r.Devices.DeleteAll(ctx, bearer.User.ID)
		if err != nil {
			return err
		}
		return noteGone(ctx, r, bearer.User.ID, append(gone, bearer.Device))
	})
	return bearer, err
}

func (s notingSessions) DeleteOfProvider(ctx context.Context, session domain.TokenHash, user domain.UserID) (ended []domain.EndedSession, err error) {
	err = s.within(ctx, func(r ports.Repositories) error {
		if ended, err = r.Sessions.DeleteOfProvider(ctx, session, user); err != nil {
			return err
		}
		for _, e := range ended {
			if err := noteGone(ctx, r, e.User, []domain.DeviceID{e.Device}); err != nil {
				return err
			}
		}
		return nil
	})
	return ended, err
}
