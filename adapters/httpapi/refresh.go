package httpapi

import (
	"net/http"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A tokenResponse is the part of an answer that gives tokens out.
type tokenResponse struct {
	AccessToken  domain.Token `json:"access_token"`
	RefreshToken domain.Token `json:"refresh_token,omitempty"`
	// ExpiresInMS is left out if the access token does not expire.
	ExpiresInMS int64 `json:"expires_in_ms,omitempty"`
}

func newTokenResponse(access, refresh domain.Token, expiresIn time.Duration) tokenResponse {
	return tokenResponse{AccessToken: access, RefreshToken: refresh, ExpiresInMS: expiresIn.Milliseconds()}
}

// refresh answers POST /refresh. The refresh token is all that counts: an access
// token beside it is not looked at.
func (a *API) refresh(x *exchange) error {
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	token, err := take[string](body, "refresh_token", "a string")
	if err != nil {
		return err
	}
	if token == nil {
		return domain.Missing("refresh_token")
	}
	result, err := a.Refresh.Do(x.Request().Context(), *token, x.address())
	if err != nil {
		return err
	}
	a.opened(x, result.Bearer)
	writeJSON(x.Response(), http.StatusOK, newTokenResponse(result.AccessToken, result.RefreshToken, result.ExpiresIn))
	return nil
}
