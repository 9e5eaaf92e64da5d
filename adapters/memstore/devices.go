package memstore

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// devices is the ports.DeviceRepository.
type devices struct{ calls calls }

func (d devices) ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (found domain.Device, err error) {
	err = d.calls.read(ctx, func(v *view) error {
		if err := domain.CheckText(string(user), string(id)); err != nil {
			return err
		}
		owner, _ := v.accounts.get(user)
		i, ok := owner.find(id)
		if !ok {
			return domain.ErrNotFound
		}
		found = owner.devices[i].Device
		return nil
	})
	return found, err
}

func (d devices) List(ctx context.Context, user domain.UserID) (list []domain.Device, err error) {
	err = d.calls.read(ctx, func(v *view) error {
		if err := domain.CheckText(string(user)); err != nil {
			return err
		}
		owner, _ := v.accounts.get(user)
		for _, device := range owner.devices {
			list = append(list, device.Device)
		}
		return nil
	})
	return list, err
}

// find returns where the device is, or belongs.
func (a account) find(id domain.DeviceID) (int, bool) {
	return slices.BinarySearchFunc(a.devices, id, func(d device, id domain.DeviceID) int {
		return strings.Compare(string(d.ID), string(id))
	})
}

// with returns the account with one more device, at its place i.
func (a account) with(i int, added device) account {
	a.devices = slices.Insert(slices.Clone(a.devices), i, added)
	return a
}

// without returns the account less the device at i.
func (a account) without(i int) account {
	a.devices = slices.Delete(slices.Clone(a.devices), i, i+1)
	return a
}
