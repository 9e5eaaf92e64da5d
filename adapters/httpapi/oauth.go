package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// An oauthError is the body of a refusal where OAuth is spoken (RFC 6749, 5.2).
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// oauthErrors are how OAuth calls what is answered with a status (RFC 6749, 5.2,
// and RFC 6750, 3.1). What is not among them is answered as everywhere: it says
// nothing of the request.
var oauthErrors = map[int]string{
	http.StatusBadRequest:            "invalid_request",
	http.StatusUnauthorized:          "invalid_token",
	http.StatusRequestTimeout:        "invalid_request",
	http.StatusRequestEntityTooLarge: "invalid_request",
	http.StatusUnsupportedMediaType:  "invalid_request",
}

// handleOAuth is handle for what OAuth describes. The status is that of the table
// all the same: it is all that homeservers look at.
func handleOAuth(do func(*exchange) error) echo.HandlerFunc {
	return handle(func(x *exchange) error {
		err := do(x)
		if err == nil {
			return nil
		}
		said := answerTo(err)
		name, ok := oauthErrors[said.status]
		if !ok {
			return err
		}
		if said.status == http.StatusUnauthorized {
			x.Response().Header().Set("WWW-Authenticate", "Bearer")
		}
		writeJSON(x.Response(), said.status, oauthError{name, said.text})
		return err
	})
}
