package memstore

import (
	"context"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// devices is the ports.DeviceRepository.
type devices struct{ calls calls }

func (d devices) ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error) {
	return ask(ctx, d.calls.read, func(v *view) (domain.Device, error) {
		if err := checkDevices(user, id); err != nil {
			return domain.Device{}, err
		}
		owner, i, err := v.device(user, id)
		if err != nil {
			return domain.Device{}, err
		}
		return owner.devices[i].Device, nil
	})
}

func (d devices) List(ctx context.Context, user domain.UserID) ([]domain.Device, error) {
	return ask(ctx, d.calls.read, func(v *view) (list []domain.Device, err error) {
		if err := checkDevices(user); err != nil {
			return nil, err
		}
		owner, _ := v.accounts.get(user)
		for _, device := range owner.devices {
			list = append(list, device.Device)
		}
		return list, nil
	})
}

func (d devices) Create(ctx context.Context, added domain.Device) error {
	return d.calls.write(ctx, func(v *view) error {
		err := domain.CheckText(string(added.UserID), string(added.ID), added.DisplayName,
			added.LastSeen.Address, added.LastSeen.UserAgent)
		if err != nil {
			return err
		}
		owner, err := v.account(added.UserID)
		if err != nil {
			return err
		}
		i, ok := owner.find(added.ID)
		if ok {
			return domain.ErrExists
		}
		added.CreatedAt, added.LastSeen.At = milliseconds(added.CreatedAt), milliseconds(added.LastSeen.At)
		v.store(owner.with(i, added))
		return nil
	})
}

func (d devices) Rename(ctx context.Context, user domain.UserID, id domain.DeviceID, name string) error {
	return d.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user), string(id), name); err != nil {
			return err
		}
		owner, i, err := v.device(user, id)
		if err != nil {
			return err
		}
		renamed := owner.devices[i]
		renamed.DisplayName = name
		v.store(owner.changed(i, renamed))
		return nil
	})
}

func (d devices) Delete(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) ([]domain.DeviceID, error) {
	return d.delete(ctx, user, ids, func(id domain.DeviceID) bool { return slices.Contains(ids, id) })
}

func (d devices) DeleteAll(ctx context.Context, user domain.UserID, but ...domain.DeviceID) ([]domain.DeviceID, error) {
	return d.delete(ctx, user, but, func(id domain.DeviceID) bool { return !slices.Contains(but, id) })
}

func (d devices) delete(ctx context.Context, user domain.UserID, named []domain.DeviceID, meant func(domain.DeviceID) bool) ([]domain.DeviceID, error) {
	return ask(ctx, d.calls.write, func(v *view) ([]domain.DeviceID, error) {
		if err := checkDevices(user, named...); err != nil {
			return nil, err
		}
		owner, ok := v.accounts.get(user)
		if !ok {
			return nil, nil
		}
		return v.deleteDevices(owner, meant), nil
	})
}

func checkDevices(user domain.UserID, ids ...domain.DeviceID) error {
	for _, id := range ids {
		if err := domain.CheckText(string(id)); err != nil {
			return err
		}
	}
	return domain.CheckText(string(user))
}
