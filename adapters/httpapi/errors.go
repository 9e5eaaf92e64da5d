package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

// An Error is the body of an answer that says no (Matrix specification,
// client-server API, "Standard error response").
type Error struct {
	Errcode string `json:"errcode"`
	Error   string `json:"error"`
	// SoftLogout tells a client to keep its data for when it may sign in again.
	SoftLogout bool `json:"soft_logout,omitempty"`
}

// What can be wrong with a request before it means anything to the domain.
var (
	errNotJSON      = errors.New("body is not JSON")
	errBadJSON      = errors.New("body is JSON of the wrong shape")
	errMissingParam = errors.New("missing parameter")
	errEncoding     = errors.New("body in an encoding")
	errBodyTooLarge = errors.New("body too large")
	errBodyTooSlow  = errors.New("body too slow")
)

// An answer is a row of the table: what a client sees of an error, and the
// reason under which logs and metrics know it.
type answer struct {
	kind    error
	status  int
	errcode string
	reason  string
	text    string // unless the error is a domain.Refusal, which brings its own
}

// answers is the one place where errors get their status. The first row that
// fits counts.
var answers = []answer{
	unavailable(domain.ErrUnavailable),
	unavailable(context.DeadlineExceeded),
	unavailable(context.Canceled),

	{domain.ErrMissingToken, http.StatusUnauthorized, "M_MISSING_TOKEN", "missing_token", "Missing access token"},
	{domain.ErrUnknownToken, http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "unknown_token", "Unknown access token"},
	{domain.ErrExpiredToken, http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "session_token_expired", "Token has expired"},
	{domain.ErrUserLocked, http.StatusUnauthorized, "M_USER_LOCKED", "user_locked", "User account has been locked"},
	{domain.ErrUserDeactivated, http.StatusForbidden, "M_USER_DEACTIVATED", "user_deactivated", "This account has been deactivated"},
	{domain.ErrUserNotFound, http.StatusForbidden, "M_FORBIDDEN", "user_not_found", "User not found"},
	{domain.ErrForbidden, http.StatusForbidden, "M_FORBIDDEN", "forbidden", "Forbidden"},

	{domain.ErrUnknownLoginType, http.StatusBadRequest, "M_UNKNOWN", "unknown_login_type", "Unknown login type"},
	{domain.ErrInvalidUsername, http.StatusBadRequest, "M_INVALID_USERNAME", "invalid_username", "Invalid user name"},
	{domain.ErrInvalidParam, http.StatusBadRequest, "M_INVALID_PARAM", "invalid_param", "Invalid parameter"},
	{domain.ErrTooLong, http.StatusBadRequest, "M_TOO_LARGE", "too_long", "A text is too long"},
	{domain.ErrExists, http.StatusBadRequest, "M_USER_IN_USE", "exists", "User ID already taken"},
	{domain.ErrNotFound, http.StatusNotFound, "M_NOT_FOUND", "not_found", "Not found"},

	{errNotJSON, http.StatusBadRequest, "M_NOT_JSON", "not_json", "Content not JSON"},
	{errBadJSON, http.StatusBadRequest, "M_BAD_JSON", "bad_json", "Content of the wrong shape"},
	{errMissingParam, http.StatusBadRequest, "M_MISSING_PARAM", "missing_param", "Missing parameter"},
	{errEncoding, http.StatusUnsupportedMediaType, "M_UNKNOWN", "encoding", "Content-Encoding is not supported"},
	{errBodyTooLarge, http.StatusRequestEntityTooLarge, "M_TOO_LARGE", "body_too_large", "Request body is too large"},
	{errBodyTooSlow, http.StatusRequestTimeout, "M_UNKNOWN", "body_too_slow", "Request body did not arrive in time"},

	{echo.ErrNotFound, http.StatusNotFound, "M_UNRECOGNIZED", "unrecognized", "Unrecognized request"},
	{echo.ErrMethodNotAllowed, http.StatusMethodNotAllowed, "M_UNRECOGNIZED", "unrecognized", "Unrecognized request"},
}

// unavailable is never 401 or 403: clients would throw their session away.
func unavailable(kind error) answer {
	return answer{kind, http.StatusServiceUnavailable, "M_UNKNOWN", "unavailable", "Temporarily unavailable, try again later"}
}

// internal is the answer to an error that nobody foresaw. Its cause is for the
// log alone.
var internal = answer{nil, http.StatusInternalServerError, "M_UNKNOWN", "internal", "Internal server error"}

// answerTo returns what is said to err.
func answerTo(err error) answer {
	for _, a := range answers {
		if !errors.Is(err, a.kind) {
			continue
		}
		var refusal *domain.Refusal
		if errors.As(err, &refusal) && errors.Is(refusal, a.kind) {
			a.text, a.reason = refusal.Text, refusal.Reason
		}
		return a
	}
	return internal
}

func (a answer) body() Error {
	soft := a.kind == domain.ErrUserLocked || a.kind == domain.ErrExpiredToken
	return Error{Errcode: a.errcode, Error: a.text, SoftLogout: soft}
}

// ErrorOf returns what a client is answered when a use case returns err, which
// is not nil. An error of no known kind is 500 M_UNKNOWN, and the body says
// nothing of its cause.
func ErrorOf(err error) (status int, body Error) {
	a := answerTo(err)
	return a.status, a.body()
}

// answerError writes the answer to err. It is Echo's HTTPErrorHandler.
func answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	writeError(c.Response(), err)
}

func writeError(w http.ResponseWriter, err error) {
	status, body := ErrorOf(err)
	writeJSON(w, status, body)
}
