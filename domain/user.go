package domain

import (
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// A ServerName is the part of a user id after the first colon. It is compared
// byte by byte (Matrix specification, appendices, "Server name").
type ServerName string

// MaxServerName is the greatest length of a server name, in bytes.
const MaxServerName = 230

var dnsName = regexp.MustCompile(`^[A-Za-z0-9.-]{1,255}$`)

// ParseServerName returns s as a ServerName if it follows the grammar of the
// Matrix specification: a DNS name, an IPv4 address or an IPv6 address in
// brackets, with an optional port. Otherwise it returns [ErrInvalidParam].
func ParseServerName(s string) (ServerName, error) {
	host, port, hasPort := s, "", false
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port, hasPort = s[:i], s[i+1:], true
	}
	if len(s) > MaxServerName || hasPort && !isPort(port) || !isHost(host) {
		return "", Refuse(ErrInvalidParam, "server_name",
			"a server name is a host name or an IP address, with an optional port and no https://, of at most 230 characters")
	}
	return ServerName(s), nil
}

func isPort(s string) bool {
	return len(s) >= 1 && len(s) <= 5 && allDigits(s)
}

func isHost(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		return ok && err == nil && addr.Is6() && addr.Zone() == ""
	}
	return dnsName.MatchString(s)
}

// A UserID names a user: "@localpart:server". The zero UserID names nobody.
type UserID string

// MaxUserID is the greatest length of a user id, in bytes, all included.
const MaxUserID = 255

// NewUserID makes the id of a user of this server whose localpart follows the
// grammar for new users ([CheckLocalpart]); it returns [ErrInvalidUsername]
// otherwise, or if the whole becomes longer than 255 bytes.
func NewUserID(localpart string, server ServerName) (UserID, error) {
	if err := CheckLocalpart(localpart); err != nil {
		return "", err
	}
	id := "@" + localpart + ":" + string(server)
	if len(id) > MaxUserID {
		return "", Refuse(ErrInvalidUsername, "username_too_long", "User ID may not be longer than 255 characters")
	}
	return UserID(id), nil
}

// Localpart returns what stands between the "@" and the first colon.
func (id UserID) Localpart() string {
	local, _, _ := strings.Cut(strings.TrimPrefix(string(id), "@"), ":")
	return local
}

// ParseUserID returns s as the id of a user of any server, or [ErrInvalidParam]
// if it is none: users that exist may have localparts that new ones may not
// (Matrix specification, appendices, "Historical User IDs").
func ParseUserID(s string) (UserID, error) {
	local, server, ok := strings.Cut(strings.TrimPrefix(s, "@"), ":")
	if _, err := ParseServerName(server); !ok || err != nil || local == "" || s[0] != '@' || len(s) > MaxUserID || CheckText(s) != nil {
		return "", Refuse(ErrInvalidParam, "user_id", "That is no user ID")
	}
	return UserID(s), nil
}

// Server returns what stands after the first colon.
func (id UserID) Server() ServerName {
	_, server, _ := strings.Cut(string(id), ":")
	return ServerName(server)
}

// MaxDisplayName is the greatest length of a user's display name, in characters.
const MaxDisplayName = 256

// CheckDisplayName returns [ErrTooLong] if a user's display name has more than
// 256 characters.
func CheckDisplayName(name string) error {
	if utf8.RuneCountInString(name) > MaxDisplayName {
		return Refuse(ErrTooLong, "display_name", "Display name is too long (max 256)")
	}
	return nil
}

// A User is an account on this server.
type User struct {
	ID          UserID
	DisplayName string // empty: none
	AvatarURL   string // an mxc:// URI; empty: none
	CreatedAt   time.Time
	Admin       bool // may administer the server
	Guest       bool // may do little, and has no password
	Locked      bool // may do nothing but log out, until it is unlocked
	Suspended   bool // may sign in and read; what else is for the homeserver to say
	Deactivated bool // may never do anything again
	Erased      bool // asked, when deactivated, that what can be forgotten is
}

// MayUse says whether the user may sign in and be recognised: nil,
// [ErrUserDeactivated] or [ErrUserLocked].
func (u User) MayUse() error {
	switch {
	case u.Deactivated:
		return ErrUserDeactivated
	case u.Locked:
		return ErrUserLocked
	}
	return nil
}
