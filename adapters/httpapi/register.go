package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// appserviceType is the type of a registration by an application service.
const appserviceType = "m.login.application_service"

func (a *API) registrationRoutes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3", "unstable"} {
		prefix := "/_matrix/client/" + version + "/register"
		e.POST(prefix, handle(a.register))
		e.GET(prefix+"/available", handle(a.available))
	}
	e.GET("/_matrix/client/v1/register/m.login.registration_token/validity", handle(a.registrationTokenValidity))
	e.GET("/_matrix/client/unstable/org.matrix.msc3231/register/org.matrix.msc3231.login.registration_token/validity",
		handle(a.registrationTokenValidity))
	if a.SignedRegistration.Secret != "" {
		e.GET("/_synapse/admin/v1/register", handle(a.registrationNonce))
		e.POST("/_synapse/admin/v1/register", handle(a.registerSigned))
	}
}

// A registerResponse is the answer to a registration. Without a session it has
// the user alone.
type registerResponse struct {
	UserID domain.UserID `json:"user_id"`
	*newSession
}

type newSession struct {
	tokenResponse
	DeviceID   domain.DeviceID   `json:"device_id"`
	HomeServer domain.ServerName `json:"home_server"`
}

// register answers POST /register.
func (a *API) register(x *exchange) error {
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	switch x.QueryParam("kind") {
	case "", "user":
	case "guest":
		return a.registerGuest(x, body)
	default:
		return errUnknownKind
	}
	kind, err := take[string](body, "type", "a string")
	if err != nil {
		return err
	}
	if kind != nil && *kind == appserviceType {
		return a.registerForAppservice(x, body)
	}
	return a.registerUser(x, body)
}

func (a *API) registerUser(x *exchange, body map[string]any) error {
	confirmation, err := a.confirmation(x, application.RegisterOperation, body)
	if err != nil {
		return err
	}
	wanted, err := takeWanted(body)
	if err != nil {
		return err
	}
	password, err := take[string](body, "password", "a string")
	if err != nil {
		return err
	}
	result, err := a.Register.Do(x.Request().Context(), application.RegisterRequest{
		Wanted: wanted, Password: password, Auth: confirmation.Auth, Address: confirmation.Address,
	})
	return a.answerRegistration(x, result, err)
}

// registerGuest looks at nothing of the body but the name of the device.
func (a *API) registerGuest(x *exchange, body map[string]any) error {
	name, err := take[string](body, "initial_device_display_name", "a string")
	if err != nil {
		return err
	}
	result, err := a.Register.Guest(x.Request().Context(), valueOf(name), x.address())
	return a.answerRegistration(x, result, err)
}

func (a *API) registerForAppservice(x *exchange, body map[string]any) error {
	x.account.stage = appserviceType
	wanted, err := takeWanted(body)
	if err != nil {
		return err
	}
	result, err := a.Register.Appservice(x.Request().Context(), accessToken(x.Request()), wanted, x.address())
	return a.answerRegistration(x, result, err)
}

func (a *API) answerRegistration(x *exchange, result application.LoginResult, err error) error {
	if err != nil {
		return err
	}
	a.opened(x, domain.Bearer{User: result.User, Device: result.Device})
	x.account.created = result.UserCreated
	answer := registerResponse{UserID: result.User.ID}
	if result.AccessToken != "" {
		answer.newSession = &newSession{
			tokenResponse: newTokenResponse(result.AccessToken, result.RefreshToken, result.ExpiresIn),
			DeviceID:      result.Device,
			HomeServer:    a.Settings.ServerName,
		}
	}
	writeJSON(x.Response(), http.StatusOK, answer)
	return nil
}

// takeWanted takes out of a body what is wanted with a new account.
func takeWanted(body map[string]any) (wanted application.Wanted, err error) {
	if wanted.Username, err = take[string](body, "username", "a string"); err != nil {
		return wanted, err
	}
	noLogin, err := take[bool](body, "inhibit_login", "a boolean")
	if err != nil {
		return wanted, err
	}
	wanted.NoLogin = valueOf(noLogin)
	wanted.DeviceID, wanted.DeviceName, wanted.Refreshable, err = takeDevice(body)
	return wanted, err
}

// available answers GET /register/available.
func (a *API) available(x *exchange) error {
	name, err := x.needQuery("username")
	if err != nil {
		return err
	}
	if err := a.Register.Available(x.Request().Context(), name, x.address()); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]bool{"available": true})
	return nil
}

// registrationTokenValidity answers GET
// /register/m.login.registration_token/validity.
func (a *API) registrationTokenValidity(x *exchange) error {
	token, err := x.needQuery("token")
	if err != nil {
		return err
	}
	valid, err := a.Register.TokenValid(x.Request().Context(), token, x.address())
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]bool{"valid": valid})
	return nil
}

// needQuery returns a parameter of the query, or an error if it is not there.
func (x *exchange) needQuery(name string) (string, error) {
	query := x.Request().URL.Query()
	if !query.Has(name) {
		return "", domain.Missing(name)
	}
	return query.Get(name), nil
}

// valueOf returns what p points at, or nothing.
func valueOf[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
