package domain

import "time"

// A NoticeKind is something that a homeserver which delegated authentication has
// to hear of.
type NoticeKind string

// The kinds of notices. They are stored, so they stay what they are.
const (
	UserCreated         NoticeKind = "user_created"
	UserRenamed         NoticeKind = "user_renamed" // Text is the display name; empty: none
	UserAvatarChanged   NoticeKind = "user_avatar"  // Text is the URL; empty: none
	UserLocked          NoticeKind = "user_locked"
	UserUnlocked        NoticeKind = "user_unlocked"
	UserDeactivated     NoticeKind = "user_deactivated"
	UserErased          NoticeKind = "user_erased" // deactivated, and what can be forgotten is
	UserReactivated     NoticeKind = "user_reactivated"
	DeviceCreated       NoticeKind = "device_created" // Text is the display name; empty: none
	DeviceRenamed       NoticeKind = "device_renamed" // Text is the display name
	DeviceDeleted       NoticeKind = "device_deleted"
	CrossSigningAllowed NoticeKind = "cross_signing_allowed" // to be replaced without confirmation, for some minutes
)

// A Notice is what a homeserver has to hear of a user.
type Notice struct {
	// ID tells the order in which notices of one user were written; 0: the notice
	// is not stored.
	ID   int64
	User UserID
	Kind NoticeKind
	// Device is that of a kind about devices; otherwise empty.
	Device DeviceID
	// Text is what the kind says that it is; otherwise empty.
	Text string
	// At is when it happened.
	At time.Time
}

// A Backlog is what waits to be delivered to the homeserver.
type Backlog struct {
	Notices int
	Oldest  time.Time // when the first of them was written; zero: there is none
}

// ChangesTo returns what a homeserver has to hear if the user becomes another one,
// in the order in which it has to.
func (u User) ChangesTo(after User) (notices []Notice) {
	add := func(kind NoticeKind, text string) {
		notices = append(notices, Notice{User: after.ID, Kind: kind, Text: text})
	}
	switch {
	case after.Deactivated && after.Erased && !u.Erased:
		add(UserErased, "")
	case after.Deactivated && !u.Deactivated:
		add(UserDeactivated, "")
	case u.Deactivated && !after.Deactivated:
		add(UserReactivated, "")
	}
	// Homeservers have no profile of a user who is erased, and an empty one of whoever
	// was: what became of it meanwhile they hear when the account is given back.
	if u.Erased {
		u.DisplayName, u.AvatarURL = "", ""
	}
	if after.DisplayName != u.DisplayName && !after.Erased {
		add(UserRenamed, after.DisplayName)
	}
	if after.AvatarURL != u.AvatarURL && !after.Erased {
		add(UserAvatarChanged, after.AvatarURL)
	}
	switch {
	case after.Locked && !u.Locked:
		add(UserLocked, "")
	case u.Locked && !after.Locked:
		add(UserUnlocked, "")
	}
	return notices
}
