package httpapi

import (
	"net/http"
	"strconv"
)

// A capability says whether something can be done.
type capability struct {
	Enabled bool `json:"enabled"`
}

type roomVersions struct {
	Default   string            `json:"default"`
	Available map[string]string `json:"available"`
}

// everyRoomVersion says nothing against any room: there are none here, and a
// client that finds its room's version missing would warn of it.
var everyRoomVersion = func() roomVersions {
	versions := roomVersions{Default: "12", Available: map[string]string{}}
	for v := 1; v <= 12; v++ {
		versions.Available[strconv.Itoa(v)] = "stable"
	}
	return versions
}()

type moderation struct {
	Suspend bool `json:"suspend"`
	Lock    bool `json:"lock"`
}

type capabilitiesResponse struct {
	ChangePassword capability   `json:"m.change_password"`
	GetLoginToken  capability   `json:"m.get_login_token"`
	ThirdPartyIDs  capability   `json:"m.3pid_changes"`
	SetDisplayName capability   `json:"m.set_displayname"`
	SetAvatarURL   capability   `json:"m.set_avatar_url"`
	ProfileFields  capability   `json:"m.profile_fields"`
	RoomVersions   roomVersions `json:"m.room_versions"`
	// Moderation is left out for those who are no administrators.
	Moderation *moderation `json:"m.account_moderation,omitempty"`
}

// capabilities answers GET /capabilities. What is absent means yes to most
// clients, so that nothing can be done to profiles and addresses is said.
func (a *API) capabilities(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	can, err := a.Capabilities.Do(x.Request().Context(), x.bearer)
	if err != nil {
		return err
	}
	answer := capabilitiesResponse{
		ChangePassword: capability{can.ChangePassword},
		GetLoginToken:  capability{can.GetLoginToken},
		RoomVersions:   everyRoomVersion,
	}
	if can.Moderate {
		answer.Moderation = &moderation{Suspend: true, Lock: true}
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"capabilities": answer})
	return nil
}
