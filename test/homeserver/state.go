package homeserver

import (
	"maps"
	"slices"
	"time"
)

// A User is what the homeserver knows of a user.
type User struct {
	DisplayName, AvatarURL string // empty: none
	Emails                 []string
	Locked, Suspended      bool
	Deactivated, Erased    bool
	// CrossSigning says that it has cross-signing keys, and CrossSigningUntil until
	// when they can be replaced without confirmation.
	CrossSigning      bool
	CrossSigningUntil time.Time
	// Devices are the display names of its devices, by their ids.
	Devices map[string]string

	// noProfile says that there is no row for its names, which Synapse trips over.
	noProfile bool
}

func (u *User) copy() User {
	c := *u
	c.Emails, c.Devices = slices.Clone(u.Emails), maps.Clone(u.Devices)
	return c
}

// User returns what is known of the user with the localpart, and whether it is.
func (f *Fake) User(localpart string) (User, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u := f.users[localpart]
	if u == nil {
		return User{}, false
	}
	return u.copy(), true
}

// Users returns the localparts of all users, in order.
func (f *Fake) Users() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.users))
}

// Devices returns the ids of a user's devices, in order.
func (f *Fake) Devices(localpart string) []string {
	u, _ := f.User(localpart)
	return slices.Sorted(maps.Keys(u.Devices))
}

// Put makes a user what it is to be, as if it had always been so.
func (f *Fake) Put(localpart string, u User) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := u.copy()
	if c.Devices == nil {
		c.Devices = map[string]string{}
	}
	f.users[localpart] = &c
	f.devicesChanged()
}

// devicesChanged wakes those who wait for a device to go. The caller holds f.mu.
func (f *Fake) devicesChanged() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// A Call is a request under /_synapse/mas that bore the secret, or should have.
type Call struct {
	Name                string // the last part of the path, such as "upsert_device"
	Localpart, DeviceID string // empty: it names none
	Body                string // as it was sent; empty: none
}

// Calls returns the calls in the order in which they came, those included that
// were made to fail.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Forget forgets the calls.
func (f *Fake) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = nil
}

// Introspections returns how often the door was asked whose a token is.
func (f *Fake) Introspections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asking
}
