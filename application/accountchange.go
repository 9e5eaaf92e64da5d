package application

import (
	"strings"
	"unicode/utf8"

	"github.com/seed-31b6c987/doorward/domain"
)

// maxAvatarURL is the greatest length of the address of an avatar, in characters.
const maxAvatarURL = 1000

// An AccountChange is what an account is to become. What is nil stays as it is.
type AccountChange struct {
	// Password replaces the user's, and ends its sessions unless KeepSessions. The
	// bearer's own session stays.
	Password     *string
	KeepSessions bool
	// DisplayName and AvatarURL, an mxc:// URI, are taken away if they are empty.
	DisplayName, AvatarURL *string
	// ThirdPartyIDs replace all that the user has. Only medium and address, in
	// its canonical form, count.
	ThirdPartyIDs *[]domain.ThirdPartyID
	// Deactivated ends the account as [Deactivate] does, or gives it back, with
	// nothing that was good before.
	Admin, Locked, Suspended, Deactivated *bool
	// Erase says that what can be forgotten of a user who is deactivated is.
	Erase bool
}

// check refuses what is wrong whoever the user is.
func (c AccountChange) check(by domain.Bearer, user domain.UserID) error {
	is := func(b *bool, value bool) bool { return b != nil && *b == value }
	if by.User.ID == user && (is(c.Admin, false) || is(c.Locked, true) || is(c.Suspended, true) || is(c.Deactivated, true)) {
		return errOneself
	}
	if c.Password != nil && is(c.Deactivated, true) {
		return errDeactivated
	}
	if c.DisplayName != nil {
		if err := domain.CheckDisplayName(*c.DisplayName); err != nil {
			return err
		}
	}
	if c.AvatarURL == nil || *c.AvatarURL == "" {
		return nil
	}
	if !strings.HasPrefix(*c.AvatarURL, "mxc://") || utf8.RuneCountInString(*c.AvatarURL) > maxAvatarURL {
		return domain.Refuse(domain.ErrInvalidParam, "avatar_url", "avatar_url must be an mxc:// URI of at most 1000 characters")
	}
	return nil
}

// applyTo makes of a user what it is to become. That the account ends is not
// among it.
func (c AccountChange) applyTo(u *domain.User) error {
	for _, set := range []struct{ value, to *bool }{
		{c.Admin, &u.Admin}, {c.Locked, &u.Locked}, {c.Suspended, &u.Suspended},
	} {
		if set.value != nil {
			*set.to = *set.value
		}
	}
	if c.DisplayName != nil {
		u.DisplayName = *c.DisplayName
	}
	if c.AvatarURL != nil {
		u.AvatarURL = *c.AvatarURL
	}
	if c.Deactivated != nil && !*c.Deactivated {
		u.Deactivated, u.Erased = false, false
	}
	switch {
	case u.Guest && (c.Password != nil || u.Admin):
		return domain.Refuse(domain.ErrInvalidParam, "target_guest", "A guest has no password, and is no administrator")
	case u.Deactivated && c.Password != nil:
		return errDeactivated
	}
	return nil
}
