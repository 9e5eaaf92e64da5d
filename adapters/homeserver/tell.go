package homeserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/seed-31b6c987/doorward/domain"
)

// The bodies of the calls.
type (
	onlyUser struct {
		Localpart string `json:"localpart"`
	}
	deletedUser struct {
		Localpart string `json:"localpart"`
		Erase     bool   `json:"erase"`
	}
	onlyDevice struct {
		Localpart string `json:"localpart"`
		DeviceID  string `json:"device_id"`
	}
	newDevice struct {
		Localpart string `json:"localpart"`
		DeviceID  string `json:"device_id"`
		Name      string `json:"display_name,omitempty"`
	}
	renamedDevice struct {
		Localpart string `json:"localpart"`
		DeviceID  string `json:"device_id"`
		Name      string `json:"display_name"`
	}
	allDevices struct {
		Localpart string            `json:"localpart"`
		Devices   []domain.DeviceID `json:"devices"`
	}
)

// Tell tells of everything but users who were created: those are for
// [Client.Provision]. It returns domain.ErrNotFound if the homeserver does not
// know the user; whoever is renamed, locked or unlocked, or has another avatar,
// becomes known to it.
func (c *Client) Tell(ctx context.Context, n domain.Notice) error {
	local, yes, no := n.User.Localpart(), true, false
	switch n.Kind {
	case domain.UserRenamed:
		return c.Provision(ctx, domain.Provision{User: n.User, DisplayName: &n.Text})
	case domain.UserAvatarChanged:
		return c.Provision(ctx, domain.Provision{User: n.User, AvatarURL: &n.Text})
	case domain.UserLocked:
		return c.Provision(ctx, domain.Provision{User: n.User, Locked: &yes})
	case domain.UserUnlocked:
		return c.Provision(ctx, domain.Provision{User: n.User, Locked: &no})
	case domain.UserDeactivated, domain.UserErased:
		return c.tell(ctx, n.User, "delete_user", deletedUser{local, n.Kind == domain.UserErased})
	case domain.UserReactivated:
		return c.reactivate(ctx, n.User)
	case domain.CrossSigningAllowed:
		return c.known(ctx, n.User, c.tell(ctx, n.User, "allow_cross_signing_reset", onlyUser{local}))
	}
	return c.tellOfDevice(ctx, n)
}

func (c *Client) tellOfDevice(ctx context.Context, n domain.Notice) error {
	local, device := n.User.Localpart(), string(n.Device)
	name := domain.FirstCharacters(n.Text, domain.MaxDeviceName)
	switch n.Kind {
	case domain.DeviceCreated:
		if err := checkDevices(n.Device); err != nil {
			return err
		}
		return c.tell(ctx, n.User, "upsert_device", newDevice{local, device, name})
	case domain.DeviceRenamed:
		return c.known(ctx, n.User, c.tell(ctx, n.User, "update_device_display_name", renamedDevice{local, device, name}))
	case domain.DeviceDeleted:
		return c.known(ctx, n.User, c.tell(ctx, n.User, "delete_device", onlyDevice{local, device}))
	}
	return fmt.Errorf("%w: nothing can be told of kind %q", domain.ErrHomeserverRefused, n.Kind)
}

// SyncDevices makes the user's devices there exactly these, or returns
// domain.ErrNotFound if the homeserver does not know the user.
func (c *Client) SyncDevices(ctx context.Context, user domain.UserID, devices []domain.DeviceID) error {
	if err := checkDevices(devices...); err != nil {
		return err
	}
	body := allDevices{Localpart: user.Localpart(), Devices: append([]domain.DeviceID{}, devices...)} // null is no list
	return c.tell(ctx, user, "sync_devices", body)
}

func (c *Client) tell(ctx context.Context, user domain.UserID, name string, body any) error {
	_, err := c.post(ctx, name, body)
	return c.refused(ctx, user, err)
}

// known returns nil for a thing of the user that is not there, and so needs no
// change. Homeservers answer the same if it is the user who is not there.
func (c *Client) known(ctx context.Context, user domain.UserID, err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		_, err = c.User(ctx, user)
	}
	return err
}

// reactivate does not take a homeserver at its word: it may have reactivated the
// user and failed afterwards.
func (c *Client) reactivate(ctx context.Context, user domain.UserID) error {
	err := c.tell(ctx, user, "reactivate_user", onlyUser{user.Localpart()})
	if f := (*failure)(nil); errors.As(err, &f) && f.status >= http.StatusInternalServerError {
		if there, unknown := c.User(ctx, user); unknown == nil && !there.Deactivated {
			return nil
		}
	}
	return err
}

// checkDevices keeps away what a homeserver takes, and trips over whenever a
// token of the device is used.
func checkDevices(devices ...domain.DeviceID) error {
	for _, d := range devices {
		if d == "" || utf8.RuneCountInString(string(d)) > domain.MaxDeviceID {
			return fmt.Errorf("%w: the id of a device has 1 to %d characters", domain.ErrHomeserverRefused, domain.MaxDeviceID)
		}
	}
	return nil
}
