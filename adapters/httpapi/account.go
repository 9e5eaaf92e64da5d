package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func (a *API) accountRoutes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3", "unstable"} {
		prefix := "/_matrix/client/" + version
		e.POST(prefix+"/account/password", handle(a.changePassword))
		e.POST(prefix+"/account/deactivate", handle(a.deactivate))
		e.GET(prefix+"/account/3pid", handle(a.listThirdPartyIDs))
		e.POST(prefix+"/account/3pid/delete", handle(a.deleteThirdPartyID))
		e.GET(prefix+"/capabilities", handle(a.capabilities))
		e.POST(prefix+"/user/:user/openid/request_token", handle(a.openIDToken))
	}
	e.GET("/_matrix/federation/v1/openid/userinfo", handle(a.openIDUser))
	e.POST("/_matrix/client/v1/appservice/:appservice/ping", handle(a.pingAppservice))
	e.POST("/_matrix/client/unstable/fi.mau.msc2659/appservice/:appservice/ping", handle(a.pingAppservice))
}

// changePassword answers POST /account/password. Whoever has no token would have
// to prove an address, for which there is no stage.
func (a *API) changePassword(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	password, err := take[string](body, "new_password", "a string")
	if err != nil {
		return err
	}
	logout, err := take[bool](body, application.LogoutDevices, "a boolean")
	if err != nil {
		return err
	}
	if err := a.ChangePassword.Check(x.bearer, password); err != nil {
		return err
	}
	req, err := a.confirmation(x, "POST /account/password", body)
	if err != nil {
		return err
	}
	req.Password = password
	if password != nil || logout != nil || isFirst(req) {
		req.Params = map[string]any{application.LogoutDevices: logout == nil || *logout}
	}
	confirmed, err := a.Confirm.Do(x.Request().Context(), req)
	if err != nil {
		return err
	}
	if err := a.ChangePassword.Do(x.Request().Context(), x.bearer, confirmed); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}

// isFirst says whether a request is the first with its parameters: a later one
// may leave them out.
func isFirst(req application.Confirmation) bool {
	return req.Auth == nil || req.Auth.Session == ""
}

// An unbindResponse says whether identity servers were told to forget addresses.
// This one knows of none.
type unbindResponse struct {
	Result string `json:"id_server_unbind_result"`
}

const (
	unbound    = "success" // there was nothing to do
	notUnbound = "no-support"
)

// deactivate answers POST /account/deactivate. An application service needs
// nobody's leave for what it made.
func (a *API) deactivate(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	erase, err := take[bool](body, application.Erase, "a boolean")
	if err != nil {
		return err
	}
	if _, err := take[string](body, "id_server", "a string"); err != nil {
		return err
	}
	req, err := a.confirmation(x, "POST /account/deactivate", body)
	if err != nil {
		return err
	}
	if erase != nil || isFirst(req) {
		req.Params = map[string]any{application.Erase: erase != nil && *erase}
	}
	confirmed := application.Confirmed{Params: req.Params}
	if x.bearer.Appservice == "" {
		if confirmed, err = a.Confirm.Do(x.Request().Context(), req); err != nil {
			return err
		}
	}
	hadAddresses, err := a.Deactivate.Do(x.Request().Context(), x.bearer, confirmed)
	if err != nil {
		return err
	}
	result := unbindResponse{unbound}
	if hadAddresses {
		result.Result = notUnbound
	}
	writeJSON(x.Response(), http.StatusOK, result)
	return nil
}

type thirdPartyIDResponse struct {
	Medium      domain.Medium `json:"medium"`
	Address     string        `json:"address"`
	ValidatedAt int64         `json:"validated_at"`
	AddedAt     int64         `json:"added_at"`
}

// listThirdPartyIDs answers GET /account/3pid.
func (a *API) listThirdPartyIDs(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	ids, err := a.ThirdPartyIDs.List(x.Request().Context(), x.bearer)
	if err != nil {
		return err
	}
	answer := make([]thirdPartyIDResponse, len(ids))
	for i, id := range ids {
		answer[i] = thirdPartyIDResponse{id.Medium, id.Address, id.ValidatedAt.UnixMilli(), id.AddedAt.UnixMilli()}
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"threepids": answer})
	return nil
}

// deleteThirdPartyID answers POST /account/3pid/delete.
func (a *API) deleteThirdPartyID(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	medium, err := take[string](body, "medium", "a string")
	if err != nil {
		return err
	}
	given, err := take[string](body, "address", "a string")
	if err != nil {
		return err
	}
	switch {
	case medium == nil:
		return domain.Missing("medium")
	case given == nil:
		return domain.Missing("address")
	}
	address, err := addresses.Canonical(domain.Medium(*medium), *given)
	if err != nil {
		return err
	}
	if err := a.ThirdPartyIDs.Delete(x.Request().Context(), x.bearer, domain.Medium(*medium), address); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, unbindResponse{notUnbound})
	return nil
}
