package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

// loginTokenRoutes registers nothing if login tokens are not offered: clients
// learn from that.
func (a *API) loginTokenRoutes(e *echo.Echo) {
	if !a.LoginTokens.Rules.Offered {
		return
	}
	e.POST("/_matrix/client/v1/login/get_token", handle(a.loginToken))
	e.POST("/_matrix/client/unstable/org.matrix.msc3882/login/get_token", handle(a.loginToken))
}

type loginTokenResponse struct {
	LoginToken  domain.Token `json:"login_token"`
	ExpiresInMS int64        `json:"expires_in_ms"`
}

var errNoLoginToken = domain.Refuse(domain.ErrForbidden, "appservice", "An application service cannot ask for a login token")

// loginToken answers POST /v1/login/get_token. It is confirmed anew each time.
func (a *API) loginToken(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	if x.bearer.Appservice != "" {
		return errNoLoginToken
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	req, err := a.confirmation(x, "POST /login/get_token", body)
	if err != nil {
		return err
	}
	confirmed, err := a.Confirm.Do(x.Request().Context(), req)
	if err != nil {
		return err
	}
	token, err := a.LoginTokens.Issue(x.Request().Context(), x.bearer, confirmed)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, loginTokenResponse{token, a.LoginTokens.Rules.Lifetime.Milliseconds()})
	return nil
}
