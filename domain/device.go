package domain

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A DeviceID names one of a user's devices. Two users may both have a device
// of the same id.
type DeviceID string

// Limits on what a client may call a device, in characters.
const (
	MaxDeviceID   = 255
	MaxDeviceName = 100
)

// A Device is something that a user signs in with.
type Device struct {
	UserID      UserID
	ID          DeviceID
	DisplayName string // empty: none
	CreatedAt   time.Time
	// LastSeen is when and from where it was last used, as far as that was
	// written down; its time is zero if it was not.
	LastSeen Seen
}

// Seen says when and from where a device was used.
type Seen struct {
	At        time.Time
	Address   string // an IP address; empty: unknown
	UserAgent string // as the client calls itself
}

// A Sighting is the use of a device.
type Sighting struct {
	User   UserID
	Device DeviceID
	Seen
}

// ParseDeviceID returns s as a DeviceID, or [ErrInvalidParam] if it is empty,
// longer than 255 characters, not UTF-8, or holds a control character.
func ParseDeviceID(s string) (DeviceID, error) {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxDeviceID || strings.ContainsFunc(s, unicode.IsControl) {
		return "", Refuse(ErrInvalidParam, "device_id",
			"device_id must have 1 to 255 characters and no control characters")
	}
	return DeviceID(s), nil
}

// CheckDeviceName returns [ErrTooLong] if a device's display name has more than
// 100 characters.
func CheckDeviceName(name string) error {
	if utf8.RuneCountInString(name) > MaxDeviceName {
		return Refuse(ErrTooLong, "device_name", "Device display name is too long (max 100)")
	}
	return nil
}

// NewDeviceID makes an id for a client that names none: ten random letters.
func NewDeviceID() DeviceID {
	const letters = 26
	id := make([]byte, 0, 10)
	for len(id) < cap(id) {
		var random [16]byte
		rand.Read(random[:])
		for _, b := range random {
			// 234 is the greatest multiple of 26 in a byte: no letter is favoured.
			if b < 234 && len(id) < cap(id) {
				id = append(id, 'A'+b%letters)
			}
		}
	}
	return DeviceID(id)
}

// TooManyDevices is the error for a device more than a user may have.
type TooManyDevices struct {
	Max     int
	InfoURI string // where users read about that
}

// Error implements error.
func (t *TooManyDevices) Error() string {
	return fmt.Sprintf("This account may have %d devices, and has them: log one out first", t.Max)
}

// Unwrap lets errors.Is find the kind.
func (t *TooManyDevices) Unwrap() error { return ErrTooManyDevices }
