package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// How long a registration token is that is made up.
const usualTokenLength, maxTokenLength = 16, 64

func (a *API) adminTokenRoutes(e *echo.Echo) {
	const tokens = adminPrefix + "/v1/registration_tokens"
	e.GET(tokens, a.administrator(a.adminListTokens))
	e.POST(tokens+"/new", a.administrator(a.adminNewToken))
	e.GET(tokens+"/:token", a.administrator(a.adminGetToken))
	e.PUT(tokens+"/:token", a.administrator(a.adminPutToken))
	e.DELETE(tokens+"/:token", a.administrator(a.adminDeleteToken))
}

// A registrationTokenResponse is a registration token as Synapse describes one.
type registrationTokenResponse struct {
	Token       string `json:"token"`
	UsesAllowed *int   `json:"uses_allowed"` // null: any number
	Pending     int    `json:"pending"`
	Completed   int    `json:"completed"`
	ExpiryTime  *int64 `json:"expiry_time"` // in milliseconds; null: never
}

func registrationTokenOf(t domain.RegistrationToken) registrationTokenResponse {
	answer := registrationTokenResponse{Token: t.Token, UsesAllowed: t.UsesAllowed, Pending: t.Pending, Completed: t.Completed}
	if !t.Expires.IsZero() {
		answer.ExpiryTime = new(t.Expires.UnixMilli())
	}
	return answer
}

// adminListTokens answers GET /_synapse/admin/v1/registration_tokens.
func (a *API) adminListTokens(x *exchange) error {
	valid, err := truth(x.Request().URL.Query(), "valid")
	if err != nil {
		return err
	}
	tokens, err := a.RegistrationTokens.List(x.Request().Context(), valid)
	if err != nil {
		return err
	}
	list := make([]registrationTokenResponse, len(tokens))
	for i, t := range tokens {
		list[i] = registrationTokenOf(t)
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"registration_tokens": list})
	return nil
}

// adminGetToken answers GET /_synapse/admin/v1/registration_tokens/{token}.
func (a *API) adminGetToken(x *exchange) error {
	token, err := pathParam(x, "token")
	if err != nil {
		return err
	}
	found, err := a.RegistrationTokens.ByToken(x.Request().Context(), token)
	return answerToken(x, found, err)
}

func answerToken(x *exchange, token domain.RegistrationToken, err error) error {
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, registrationTokenOf(token))
	return nil
}

// adminNewToken answers POST /_synapse/admin/v1/registration_tokens/new.
func (a *API) adminNewToken(x *exchange) error {
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	change, err := tokenChange(body)
	if err != nil {
		return err
	}
	token, err := take[string](body, "token", "a string")
	if err != nil {
		return err
	}
	length, err := takeInteger(body, "length")
	if err != nil {
		return err
	}
	switch {
	case token != nil:
	case length == nil:
		token = new(application.NewRegistrationToken(usualTokenLength))
	case *length < 1 || *length > maxTokenLength:
		return domain.Refuse(domain.ErrInvalidParam, "length", "length must be 1 to 64")
	default:
		token = new(application.NewRegistrationToken(int(*length)))
	}
	made, err := a.RegistrationTokens.Create(x.Request().Context(), *token, change)
	return answerToken(x, made, err)
}

// adminPutToken answers PUT /_synapse/admin/v1/registration_tokens/{token}.
func (a *API) adminPutToken(x *exchange) error {
	token, err := pathParam(x, "token")
	if err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	change, err := tokenChange(body)
	if err != nil {
		return err
	}
	changed, err := a.RegistrationTokens.Update(x.Request().Context(), token, change)
	return answerToken(x, changed, err)
}

// tokenChange takes a change apart. Unlike elsewhere, null is something else than
// nothing: without limit, and without end.
func tokenChange(body map[string]any) (c application.TokenChange, err error) {
	_, c.SetUses = body["uses_allowed"]
	_, c.SetExpires = body["expiry_time"]
	uses, err := takeInteger(body, "uses_allowed")
	if err != nil {
		return c, err
	}
	if uses != nil {
		c.UsesAllowed = new(int(*uses))
	}
	expires, err := takeInteger(body, "expiry_time")
	if err != nil || expires == nil {
		return c, err
	}
	c.Expires = time.UnixMilli(*expires)
	return c, nil
}

// adminDeleteToken answers DELETE /_synapse/admin/v1/registration_tokens/{token}.
func (a *API) adminDeleteToken(x *exchange) error {
	token, err := pathParam(x, "token")
	if err != nil {
		return err
	}
	if err := a.RegistrationTokens.Delete(x.Request().Context(), token); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}
