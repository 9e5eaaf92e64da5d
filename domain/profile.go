package domain

import (
	"strings"
	"unicode/utf8"
)

// A Profile is what is said of a user beside who it is. What is empty is not
// said.
type Profile struct {
	DisplayName string
	AvatarURL   string // an mxc:// URI
	Email       string // an address in its canonical form
	Admin       bool   // may administer the server
}

// ProfileFields are some of the fields of a [Profile].
type ProfileFields struct{ DisplayName, AvatarURL, Email, Admin bool }

// Renew returns a user who exists with the fields of the profile, of which the
// e-mail address is not the user's own. Texts that are not said leave the user
// what it has; whoever is not said to administer the server does not. Guests
// never do.
func (p Profile) Renew(u User, fields ProfileFields) User {
	if fields.DisplayName && p.DisplayName != "" {
		u.DisplayName = p.DisplayName
	}
	if fields.AvatarURL && p.AvatarURL != "" {
		u.AvatarURL = p.AvatarURL
	}
	if fields.Admin {
		u.Admin = p.Admin && !u.Guest
	}
	return u
}

// MaxAvatarURL is the greatest length of the URI of an avatar, in characters.
const MaxAvatarURL = 1000

// CheckAvatarURL returns [ErrInvalidParam] unless url is an mxc:// URI (Matrix
// specification, client-server API, "Matrix Content (MXC) URIs") of at most 1000
// characters.
func CheckAvatarURL(url string) error {
	rest, isMXC := strings.CutPrefix(url, "mxc://")
	server, media, _ := strings.Cut(rest, "/")
	_, err := ParseServerName(server)
	if !isMXC || err != nil || media == "" || strings.ContainsFunc(media, isNoMedia) || utf8.RuneCountInString(url) > MaxAvatarURL {
		return Refuse(ErrInvalidParam, "avatar_url", "avatar_url must be an mxc:// URI of at most 1000 characters")
	}
	return nil
}

// isNoMedia says whether r cannot be in the id of a file.
func isNoMedia(r rune) bool {
	return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}
