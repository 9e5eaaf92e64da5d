package domain

import "maps"

// A LeftOut is why something was not taken over: a stable code in snake case.
type LeftOut string

// What is left out, and why.
const (
	LeftUserElsewhere     LeftOut = "user_of_another_server"
	LeftUserInvalid       LeftOut = "user_id_invalid"
	LeftUserThere         LeftOut = "user_exists"
	LeftUserDiffers       LeftOut = "user_exists_and_differs"
	LeftPasswordUnknown   LeftOut = "password_hash_unknown"
	LeftDeviceInvalid     LeftOut = "device_id_invalid"
	LeftDeviceHidden      LeftOut = "device_hidden"
	LeftDeviceBeyondLimit LeftOut = "device_beyond_limit"
	LeftDeviceOfNobody    LeftOut = "device_of_unknown_user"
	LeftTokenReplaced     LeftOut = "token_replaced"
	LeftTokenOfNobody     LeftOut = "token_of_unknown_user"
	LeftTokenNoDevice     LeftOut = "token_without_device"
	LeftTokenPuppet       LeftOut = "token_of_administrator"
	LeftAddressInvalid    LeftOut = "address_invalid"
	LeftAddressTaken      LeftOut = "address_in_use"
	LeftAddressOfNobody   LeftOut = "address_of_unknown_user"
)

// ImportCounts are how many were taken over, and how many were left out.
type ImportCounts struct {
	// Seen are the users that were looked at.
	Seen int
	// Users are those that were taken over.
	Users int
	// Locked are those of them that wait for somebody to approve of them, and are
	// locked until then.
	Locked int
	// Passwords are those of them that have one.
	Passwords     int
	Devices       int
	Sessions      int // devices that stay signed in
	ThirdPartyIDs int
	Left          map[LeftOut]int
}

// Plus returns the sum of both.
func (c ImportCounts) Plus(d ImportCounts) ImportCounts {
	c.Left = maps.Clone(c.Left)
	c.Seen += d.Seen
	c.Users += d.Users
	c.Locked += d.Locked
	c.Passwords += d.Passwords
	c.Devices += d.Devices
	c.Sessions += d.Sessions
	c.ThirdPartyIDs += d.ThirdPartyIDs
	for why, n := range d.Left {
		c.Leave(why, n)
	}
	return c
}

// Leave counts n that were left out.
func (c *ImportCounts) Leave(why LeftOut, n int) {
	if n == 0 {
		return
	}
	if c.Left == nil {
		c.Left = map[LeftOut]int{}
	}
	c.Left[why] += n
}
