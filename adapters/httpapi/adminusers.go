package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func (a *API) adminUserRoutes(e *echo.Echo) {
	e.GET(adminPrefix+"/v2/users", a.administrator(a.adminListUsers))
	e.GET(adminPrefix+"/v2/users/:user", a.administrator(a.adminGetUser))
	e.PUT(adminPrefix+"/v2/users/:user", a.administrator(a.adminPutUser))
	e.POST(adminPrefix+"/v1/deactivate/:user", a.administrator(a.adminDeactivate))
	e.PUT(adminPrefix+"/v1/suspend/:user", a.administrator(a.adminSuspend))
	e.POST(adminPrefix+"/v1/reset_password/:user", a.administrator(a.adminResetPassword))
	e.GET(adminPrefix+"/v1/users/:user/admin", a.administrator(a.adminIsAdmin))
	e.PUT(adminPrefix+"/v1/users/:user/admin", a.administrator(a.adminSetAdmin))
	e.POST(adminPrefix+"/v1/users/:user/login", a.administrator(a.adminLoginAs))
	e.GET(adminPrefix+"/v1/whois/:user", a.administrator(a.adminWhois))
	e.GET(adminPrefix+"/v1/username_available", a.administrator(a.adminUsernameAvailable))
}

// A listedUser is a user in a list. What Synapse knows and Doorward does not is
// there all the same, with nothing in it: tools count on it.
type listedUser struct {
	Name         domain.UserID `json:"name"`
	DisplayName  *string       `json:"displayname"`
	AvatarURL    *string       `json:"avatar_url"`
	UserType     *string       `json:"user_type"`
	IsGuest      bool          `json:"is_guest"`
	Admin        bool          `json:"admin"`
	Deactivated  bool          `json:"deactivated"`
	Erased       bool          `json:"erased"`
	Locked       bool          `json:"locked"`
	Suspended    bool          `json:"suspended"`
	ShadowBanned bool          `json:"shadow_banned"`
	// CreationTS is in milliseconds in a list, and in seconds for one user.
	CreationTS int64  `json:"creation_ts"`
	LastSeenTS *int64 `json:"last_seen_ts"`
}

// An accountResponse is a user by itself.
type accountResponse struct {
	listedUser
	ThreePIDs               []threePIDOfAccount `json:"threepids"`
	ExternalIDs             []struct{}          `json:"external_ids"`
	AppserviceID            *string             `json:"appservice_id"`
	ConsentServerNoticeSent *string             `json:"consent_server_notice_sent"`
	ConsentVersion          *string             `json:"consent_version"`
	ConsentTS               *int64              `json:"consent_ts"`
}

type threePIDOfAccount struct {
	Medium      domain.Medium `json:"medium"`
	Address     string        `json:"address"`
	AddedAt     int64         `json:"added_at"`
	ValidatedAt int64         `json:"validated_at"`
}

func listed(u domain.User) listedUser {
	return listedUser{
		Name: u.ID, DisplayName: orNull(u.DisplayName), AvatarURL: orNull(u.AvatarURL),
		IsGuest: u.Guest, Admin: u.Admin, Deactivated: u.Deactivated, Erased: u.Erased,
		Locked: u.Locked, Suspended: u.Suspended, CreationTS: u.CreatedAt.UnixMilli(),
	}
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func accountOf(a application.Account) accountResponse {
	answer := accountResponse{listedUser: listed(a.User), ThreePIDs: []threePIDOfAccount{}, ExternalIDs: []struct{}{}}
	answer.CreationTS = a.CreatedAt.Unix()
	if last := a.LastSeen(); !last.IsZero() {
		answer.LastSeenTS = new(last.UnixMilli())
	}
	for _, id := range a.ThirdPartyIDs {
		answer.ThreePIDs = append(answer.ThreePIDs, threePIDOfAccount{
			id.Medium, id.Address, id.AddedAt.UnixMilli(), id.ValidatedAt.UnixMilli(),
		})
	}
	return answer
}

// userParam returns the user of this server that the path names.
func (a *API) userParam(x *exchange) (domain.UserID, error) {
	id, err := pathParam(x, "user")
	if err != nil {
		return "", err
	}
	x.account.user, err = a.Administer.User(id)
	return x.account.user, err
}

// accountParam returns the account that the path names.
func (a *API) accountParam(x *exchange) (application.Account, error) {
	user, err := a.userParam(x)
	if err != nil {
		return application.Account{}, err
	}
	return a.Administer.Account(x.Request().Context(), user)
}

// adminGetUser answers GET /_synapse/admin/v2/users/{userId}.
func (a *API) adminGetUser(x *exchange) error {
	account, err := a.accountParam(x)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, accountOf(account))
	return nil
}

// adminIsAdmin answers GET /_synapse/admin/v1/users/{userId}/admin.
func (a *API) adminIsAdmin(x *exchange) error {
	account, err := a.accountParam(x)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]bool{"admin": account.Admin})
	return nil
}

// adminLoginAs answers POST /_synapse/admin/v1/users/{userId}/login.
func (a *API) adminLoginAs(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	body, err := readObjectIfAny(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	until, err := takeTime(body, "valid_until_ms")
	if err != nil {
		return err
	}
	token, err := a.Administer.ActAs(x.Request().Context(), x.bearer, user, until)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]domain.Token{"access_token": token})
	return nil
}

// takeTime takes a time in milliseconds out of a body; zero: there is none.
func takeTime(body map[string]any, name string) (time.Time, error) {
	ms, err := takeInteger(body, name)
	if err != nil || ms == nil {
		return time.Time{}, err
	}
	return time.UnixMilli(*ms), nil
}

// adminUsernameAvailable answers GET /_synapse/admin/v1/username_available.
func (a *API) adminUsernameAvailable(x *exchange) error {
	name, err := x.needQuery("username")
	if err != nil {
		return err
	}
	if err := a.Administer.Available(x.Request().Context(), name); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]bool{"available": true})
	return nil
}
