package homeserver

import (
	"net/http"
	"slices"
)

var (
	nameTooLong = bad("M_TOO_LARGE", "Device display name is too long (max 100)")
	noDevice    = &refusal{status: http.StatusNotFound, errcode: "M_NOT_FOUND", text: "Not found"}
)

// upsertDevice takes any id, also those with which nobody can ever use a token.
func upsertDevice(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart, device, name := b.text("localpart"), b.text("device_id"), b.maybeText("display_name")
	created := false
	status, content, err := f.change(b, localpart, func(u *User) *refusal {
		if name != nil && tooLong(*name, maxDeviceName) && f.options.Kind == Synapse {
			return nameTooLong
		}
		_, there := u.Devices[device]
		created = !there
		if name != nil {
			u.Devices[device] = *name
		} else if created {
			u.Devices[device] = ""
		}
		return nil
	})
	if created && f.options.Kind == Synapse {
		status = http.StatusCreated
	}
	return status, content, err
}

func deleteDevice(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart, device := b.text("localpart"), b.text("device_id")
	if f.options.Kind == Palpo {
		err := b.fault()
		if err == nil {
			err = f.removeAtPalpo(localpart, device)
		}
		return http.StatusOK, object{}, err
	}
	_, content, err := f.change(b, localpart, func(u *User) *refusal {
		delete(u.Devices, device)
		f.devicesChanged()
		return nil
	})
	return http.StatusNoContent, content, err
}

// removeAtPalpo deletes a device that must be there. The caller holds f.mu.
func (f *Fake) removeAtPalpo(localpart, device string) *refusal {
	if f.has(localpart, device) {
		delete(f.users[localpart].Devices, device)
		f.devicesChanged()
		return nil
	}
	for other := range f.users {
		if f.has(other, device) {
			return &refusal{status: http.StatusForbidden, errcode: "M_FORBIDDEN", text: "Device not owned by user."}
		}
	}
	return &refusal{status: http.StatusNotFound, errcode: "M_NOT_FOUND", text: "Device not found."}
}

// has says whether the user has the device. The caller holds f.mu.
func (f *Fake) has(localpart, device string) bool {
	u := f.users[localpart]
	if u == nil {
		return false
	}
	_, there := u.Devices[device]
	return there
}

func renameDevice(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart, device, name := b.text("localpart"), b.text("device_id"), b.text("display_name")
	return f.change(b, localpart, func(u *User) *refusal {
		_, there := u.Devices[device]
		switch {
		case f.options.Kind == Palpo && !there:
			return &refusal{status: http.StatusInternalServerError, errcode: "M_UNKNOWN", text: "unknown db error"}
		case f.options.Kind == Synapse && tooLong(name, maxDeviceName):
			return nameTooLong
		case !there:
			return noDevice
		}
		u.Devices[device] = name
		return nil
	})
}

func syncDevices(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart := b.text("localpart")
	devices, _ := b.texts("devices", true)
	return f.change(b, localpart, func(u *User) *refusal {
		for device := range u.Devices {
			if !slices.Contains(devices, device) {
				delete(u.Devices, device)
			}
		}
		for _, device := range devices {
			u.Devices[device] += "" // it keeps the name that it has
		}
		f.devicesChanged()
		return nil
	})
}
