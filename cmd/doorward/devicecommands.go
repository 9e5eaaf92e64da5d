package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type deviceCommands struct {
	List   deviceListCommand   `cmd:"" help:"List the devices of a user."`
	Delete deviceDeleteCommand `cmd:"" help:"Delete devices of a user, and end their sessions."`
}

type deviceListCommand struct {
	userArgument
	JSON bool `name:"json" help:"Print JSON."`
}

// A shownDevice is a device of a user.
type shownDevice struct {
	DeviceID          domain.DeviceID `json:"device_id"`
	DisplayName       string          `json:"display_name,omitempty"`
	CreatedAt         time.Time       `json:"created_at"`
	LastSeenAt        *time.Time      `json:"last_seen_at"` // null: never, as far as that was written down
	LastSeenAddress   string          `json:"last_seen_address,omitempty"`
	LastSeenUserAgent string          `json:"last_seen_user_agent,omitempty"`
}

func shownDevices(account application.Account) []shownDevice {
	devices := []shownDevice{}
	for _, d := range account.Devices {
		shown := shownDevice{
			DeviceID: d.ID, DisplayName: d.DisplayName, CreatedAt: d.CreatedAt,
			LastSeenAddress: d.LastSeen.Address, LastSeenUserAgent: d.LastSeen.UserAgent,
		}
		if !d.LastSeen.At.IsZero() {
			shown.LastSeenAt = &d.LastSeen.At
		}
		devices = append(devices, shown)
	}
	return devices
}

// String says all of it in one line.
func (d shownDevice) String() string {
	parts := []string{printable(string(d.DeviceID))}
	if d.DisplayName != "" {
		parts = append(parts, printable(d.DisplayName))
	}
	if d.LastSeenAt != nil {
		parts = append(parts, "last seen "+d.LastSeenAt.Format(time.RFC3339), d.LastSeenAddress, printable(d.LastSeenUserAgent))
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

// Run lists the devices.
func (c deviceListCommand) Run(s *streams) error {
	ctx := context.Background()
	return c.of(ctx, s, func(operator compose.Operator, user domain.UserID) error {
		account, err := operator.Account(ctx, user)
		if err != nil {
			return err
		}
		devices := shownDevices(account)
		if c.JSON {
			return printJSON(s.out, devices)
		}
		for _, d := range devices {
			fmt.Fprintln(s.out, d)
		}
		return nil
	})
}

type deviceDeleteCommand struct {
	userArgument
	Device []domain.DeviceID `arg:"" optional:"" help:"Ids of devices."`
	All    bool              `help:"Delete all of the user's devices."`
}

// Run deletes the devices, and fails if one of them is not there.
func (c deviceDeleteCommand) Run(s *streams) error {
	if c.All == (len(c.Device) > 0) {
		return misuse{errors.New("name the devices to delete, or give --all; doorward device list shows them")}
	}
	ctx := context.Background()
	return c.of(ctx, s, func(operator compose.Operator, user domain.UserID) error {
		if c.All {
			if err := operator.Logout(ctx, user); err != nil {
				return err
			}
			return conclude(ctx, s, operator, domain.AuditLogoutAll, user, domain.AuditRecord{}, "has no device any more")
		}
		account, err := operator.Account(ctx, user)
		if err != nil {
			return err
		}
		for _, id := range c.Device {
			if !slices.ContainsFunc(account.Devices, func(d domain.Device) bool { return d.ID == id }) {
				return fmt.Errorf("%s has no device %q; doorward device list shows those that there are", user, string(id))
			}
		}
		if err := operator.DeleteDevices(ctx, user, c.Device...); err != nil {
			return err
		}
		deleted := domain.AuditRecord{Device: domain.DeviceList(c.Device...)}
		return conclude(ctx, s, operator, domain.AuditDeviceDeleted, user, deleted, fmt.Sprintf("lost %q", c.Device))
	})
}
