package homeserver

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

const (
	maxUserID     = 255
	maxName       = 256
	maxAvatarURL  = 1000
	maxDeviceName = 100
	// crossSigningGrace is how long keys can be replaced without confirmation.
	crossSigningGrace = 10 * time.Minute
)

func queryUser(f *Fake, r *http.Request) (int, object, *refusal) {
	localpart, err := queried(r)
	if err != nil {
		return 0, nil, err
	}
	u := f.users[localpart]
	if u == nil {
		return 0, nil, noUser
	}
	content := object{
		"user_id": f.userID(localpart), "display_name": textOrNull(u.DisplayName), "avatar_url": textOrNull(u.AvatarURL),
		"is_suspended": u.Suspended, "is_deactivated": u.Deactivated,
	}
	if f.options.Kind == Palpo {
		for _, name := range []string{"display_name", "avatar_url"} {
			if content[name] == nil {
				delete(content, name)
			}
		}
	}
	return http.StatusOK, content, nil
}

func queried(r *http.Request) (string, *refusal) {
	values, there := r.URL.Query()["localpart"]
	if !there {
		return "", bad("M_MISSING_PARAM", "Missing required string query parameter localpart")
	}
	return values[0], nil
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func isAvailable(f *Fake, r *http.Request) (int, object, *refusal) {
	localpart, err := queried(r)
	if err != nil {
		return 0, nil, bad("M_UNKNOWN", "Missing localpart")
	}
	return http.StatusOK, object{}, f.checkNew(localpart)
}

var (
	localparts = regexp.MustCompile(`^[a-z0-9=_./+-]*$`)
	onlyDigits = regexp.MustCompile(`^[0-9]+$`)
)

// checkNew says whether a user can be created. The caller holds f.mu.
func (f *Fake) checkNew(localpart string) *refusal {
	if f.options.Kind == Palpo {
		if localpart == "" || len(f.userID(localpart)) > maxUserID {
			return bad("M_INVALID_PARAM", "Invalid localpart")
		}
		if f.users[localpart] != nil {
			return bad("M_UNKNOWN", "User ID already taken.")
		}
		return nil
	}
	switch {
	case !localparts.MatchString(localpart):
		return bad("M_INVALID_USERNAME", "User ID can only contain characters a-z, 0-9, or '=_-./+'")
	case localpart == "":
		return bad("M_INVALID_USERNAME", "User ID cannot be empty")
	case localpart[0] == '_':
		return bad("M_INVALID_USERNAME", "User ID may not begin with _")
	case len(f.userID(localpart)) > maxUserID:
		return bad("M_INVALID_USERNAME", "User ID may not be longer than 255 characters")
	}
	for other := range f.users {
		if strings.EqualFold(other, localpart) {
			return bad("M_USER_IN_USE", "User ID already taken.")
		}
	}
	if onlyDigits.MatchString(localpart) {
		return bad("M_INVALID_USERNAME", "Numeric user IDs are reserved for guest users.")
	}
	return nil
}

func deleteUser(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart, erase := b.text("localpart"), b.flag("erase")
	return f.change(b, localpart, func(u *User) *refusal {
		u.Devices, u.Emails, u.Deactivated = map[string]string{}, nil, true
		if erase {
			u.DisplayName, u.AvatarURL, u.Erased, u.noProfile = "", "", true, f.options.Kind == Synapse
		}
		f.devicesChanged()
		return nil
	})
}

func reactivateUser(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	return f.change(b, b.text("localpart"), func(u *User) *refusal {
		u.Deactivated, u.Erased, u.noProfile = false, false, false
		return nil
	})
}

func setName(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	localpart, name := b.text("localpart"), b.text("displayname")
	return f.change(b, localpart, func(u *User) *refusal { return u.rename(name) })
}

func unsetName(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	return f.change(b, b.text("localpart"), func(u *User) *refusal { return u.rename("") })
}

func allowCrossSigning(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	return f.change(b, b.text("localpart"), func(u *User) *refusal {
		switch {
		case u.CrossSigning:
			u.CrossSigningUntil = f.options.Now().Add(crossSigningGrace)
		case f.options.Kind == Palpo:
			return &refusal{status: http.StatusNotFound, errcode: "M_NOT_FOUND", text: "User has no master cross-signing key"}
		}
		return nil
	})
}

// change changes a user who is there. The caller holds f.mu.
func (f *Fake) change(b *body, localpart string, do func(*User) *refusal) (int, object, *refusal) {
	if err := b.fault(); err != nil {
		return 0, nil, err
	}
	u := f.users[localpart]
	if u == nil {
		return 0, nil, noUser
	}
	return http.StatusOK, object{}, do(u)
}

var noProfile = &refusal{status: http.StatusInternalServerError, errcode: "M_UNKNOWN", text: "Internal server error"}

func (u *User) rename(name string) *refusal {
	switch {
	case tooLong(name, maxName):
		return bad("M_UNKNOWN", "Displayname is too long (max 256)")
	case u.noProfile:
		return noProfile
	}
	u.DisplayName = strings.TrimSpace(name)
	return nil
}
