package httpapi

import (
	"net/http"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

type openIDResponse struct {
	AccessToken      domain.Token      `json:"access_token"`
	TokenType        string            `json:"token_type"`
	MatrixServerName domain.ServerName `json:"matrix_server_name"`
	// ExpiresIn is in seconds, unlike elsewhere.
	ExpiresIn int64 `json:"expires_in"`
}

// openIDToken answers POST /user/{userId}/openid/request_token.
func (a *API) openIDToken(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	user, err := pathParam(x, "user")
	if err != nil {
		return err
	}
	if domain.UserID(user) != x.bearer.User.ID {
		return domain.Refuse(domain.ErrForbidden, "other_user", "Nobody may ask for the token of another user")
	}
	if _, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes); err != nil {
		return err
	}
	token, err := a.OpenID.Issue(x.Request().Context(), x.bearer)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, openIDResponse{
		AccessToken:      token,
		TokenType:        "Bearer",
		MatrixServerName: a.Settings.ServerName,
		ExpiresIn:        int64(application.OpenIDLifetime.Seconds()),
	})
	return nil
}

// openIDUser answers GET /_matrix/federation/v1/openid/userinfo. The token of the
// query is not that of whoever asks.
func (a *API) openIDUser(x *exchange) error {
	user, err := a.OpenID.User(x.Request().Context(), queryToken(x.Request()))
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"sub": user})
	return nil
}
