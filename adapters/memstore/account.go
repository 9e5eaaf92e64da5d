package memstore

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An account is a user with its password and its devices, in the order of their
// ids. The slice is never changed, only replaced: readers may hold it.
type account struct {
	user     domain.User
	password domain.PasswordHash // empty: none
	devices  []device
	links    []domain.Link // never changed, only replaced, as devices
}

// A device is a device with what it is signed in with, if it is.
type device struct {
	domain.Device
	session domain.Session
}

// account returns the user's, or domain.ErrNotFound.
func (v *view) account(user domain.UserID) (account, error) {
	owner, ok := v.accounts.get(user)
	if !ok {
		return account{}, domain.ErrNotFound
	}
	return owner, nil
}

// device returns the account of the user, and the place of the device in it, or
// domain.ErrNotFound.
func (v *view) device(user domain.UserID, id domain.DeviceID) (owner account, i int, err error) {
	owner, err = v.account(user)
	if err != nil {
		return account{}, 0, err
	}
	i, ok := owner.find(id)
	if !ok {
		return account{}, 0, domain.ErrNotFound
	}
	return owner, i, nil
}

// find returns where the device is, or belongs.
func (a account) find(id domain.DeviceID) (int, bool) {
	return slices.BinarySearchFunc(a.devices, id, func(d device, id domain.DeviceID) int {
		return strings.Compare(string(d.ID), string(id))
	})
}

// with returns the account with one more device, at its place i.
func (a account) with(i int, added domain.Device) account {
	a.devices = slices.Insert(slices.Clone(a.devices), i, device{Device: added})
	return a
}

// changed returns the account with another device at i.
func (a account) changed(i int, d device) account {
	a.devices = slices.Clone(a.devices)
	a.devices[i] = d
	return a
}

func (a account) bearer(i int) domain.Bearer {
	return domain.Bearer{User: a.user, Device: a.devices[i].ID}
}

// store makes the account the one that its user has.
func (v *view) store(a account) { v.accounts.set(a.user.ID, a) }

// deleteDevices deletes those of the account's devices that are meant, with
// their sessions, and returns their ids in their order.
func (v *view) deleteDevices(owner account, meant func(domain.DeviceID) bool) (gone []domain.DeviceID) {
	var stay []device
	for _, d := range owner.devices {
		if !meant(d.ID) {
			stay = append(stay, d)
			continue
		}
		v.sessions.remove(d.session.ID)
		gone = append(gone, d.ID)
	}
	owner.devices = stay
	v.store(owner)
	return gone
}

// milliseconds is t as it would come back from a database. The zero time stays.
func milliseconds(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }
