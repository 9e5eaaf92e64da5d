package httpapi

import (
	"context"
	"net/http"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// logout answers POST /logout. The body is not looked at.
func (a *API) logout(x *exchange) error { return endSession(x, a.Logout.Do) }

// logoutAll answers POST /logout/all. The body is not looked at.
func (a *API) logoutAll(x *exchange) error { return endSession(x, a.LogoutAll.Do) }

func endSession(x *exchange, end func(context.Context, application.Presented) (domain.Bearer, error)) error {
	bearer, err := end(x.Request().Context(), presented(x.Request()))
	if err != nil {
		return err
	}
	x.bearer = bearer
	x.actedBy(bearer)
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}

type whoamiResponse struct {
	UserID   domain.UserID   `json:"user_id"`
	DeviceID domain.DeviceID `json:"device_id,omitempty"`
	IsGuest  bool            `json:"is_guest"`
}

// whoami answers GET /account/whoami.
func (a *API) whoami(x *exchange) error {
	if err := a.authenticate(x, usersAndGuests); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, whoamiResponse{
		UserID: x.bearer.User.ID, DeviceID: x.bearer.Device, IsGuest: x.bearer.User.Guest,
	})
	return nil
}
