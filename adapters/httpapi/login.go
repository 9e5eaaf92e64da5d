package httpapi

import (
	"maps"
	"net/http"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// loginFlows answers GET /login: every way to log in, in the order in which
// they are configured.
func (a *API) loginFlows(x *exchange) error {
	offered := a.Login.Types.Offered()
	flows := make([]map[string]any, len(offered))
	for i, t := range offered {
		flows[i] = map[string]any{"type": t.Name}
		maps.Copy(flows[i], t.Flow)
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"flows": flows})
	return nil
}

type loginResponse struct {
	UserID domain.UserID `json:"user_id"`
	tokenResponse
	DeviceID   domain.DeviceID   `json:"device_id"`
	HomeServer domain.ServerName `json:"home_server"`
	WellKnown  *wellKnown        `json:"well_known,omitempty"`
}

// login answers POST /login.
func (a *API) login(x *exchange) error {
	x.loginType = unknownLoginType
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	req, err := loginRequest(body)
	if err != nil {
		return err
	}
	// Only a type that is on offer may become a label or reach the log.
	if _, known := a.Login.Types.Verifier(req.Credential.Type); known {
		x.loginType = req.Credential.Type
	}
	req.Address = x.address()
	req.Seen = domain.Seen{Address: x.RealIP(), UserAgent: x.Request().UserAgent()}
	req.Credential.AccessToken = accessToken(x.Request())
	result, err := a.Login.Do(x.Request().Context(), req)
	if err != nil {
		return err
	}
	x.bearer = domain.Bearer{User: result.User, Device: result.Device}
	x.account.created, x.account.Evidence = result.UserCreated, result.Evidence
	writeJSON(x.Response(), http.StatusOK, loginResponse{
		UserID:        result.User.ID,
		tokenResponse: newTokenResponse(result.AccessToken, result.RefreshToken, result.ExpiresIn),
		DeviceID:      result.Device,
		HomeServer:    a.Settings.ServerName,
		WellKnown:     a.wellKnown(),
	})
	return nil
}

// loginPage answers GET /_matrix/static/client/login/.
func (a *API) loginPage(x *exchange) error {
	writeLoginPage(x.Response())
	return nil
}

// loginRequest takes a login's body apart. All types are checked before any
// value is. Members that are null are as good as absent.
func loginRequest(body map[string]any) (application.LoginRequest, error) {
	var req application.LoginRequest
	loginType, err := take[string](body, "type", "a string")
	if err != nil {
		return req, err
	}
	if req.Credential.Token, err = take[string](body, "token", "a string"); err != nil {
		return req, err
	}
	if req.DeviceID, req.DeviceName, req.Refreshable, err = takeDevice(body); err != nil {
		return req, err
	}
	if loginType == nil {
		return req, domain.Missing("type")
	}

	req.Credential.Type = *loginType
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	req.Credential.Extra = body
	return req, nil
}

// takeDevice takes out of a body the device to sign in with.
func takeDevice(body map[string]any) (id *string, name string, refreshable bool, err error) {
	if id, err = take[string](body, "device_id", "a string"); err != nil {
		return nil, "", false, err
	}
	displayName, err := take[string](body, "initial_device_display_name", "a string")
	if err != nil {
		return nil, "", false, err
	}
	// The second name is from before Matrix 1.3.
	for _, member := range []string{"refresh_token", "org.matrix.msc2918.refresh_token"} {
		wanted, err := take[bool](body, member, "a boolean")
		if err != nil {
			return nil, "", false, err
		}
		refreshable = refreshable || valueOf(wanted)
	}
	return id, valueOf(displayName), refreshable, nil
}
