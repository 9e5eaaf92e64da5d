package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

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
	// RetryAfterMS is how many milliseconds to wait.
	RetryAfterMS int64 `json:"retry_after_ms,omitempty"`
	// InfoURI is where users read about a limit of their account.
	InfoURI string `json:"info_uri,omitempty"`
	// Status and Body are what an application service answered that was pinged.
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
}

// What can be wrong with a request before it means anything to the domain.
var (
	errNotJSON      = errors.New("body is not JSON")
	errBadJSON      = errors.New("body is JSON of the wrong shape")
	errEncoding     = errors.New("body in an encoding")
	errBodyTooLarge = errors.New("body too large")
	errBodyTooSlow  = errors.New("body too slow")
	errUnknownKind  = errors.New("unknown kind of registration")
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
	// These come first: what kept the homeserver from answering may be a row of its
	// own. Neither says anything of the client; asking again helps with the first.
	{domain.ErrHomeserverAway, http.StatusServiceUnavailable, "M_UNKNOWN", "homeserver_away", "The homeserver cannot be reached; try again later"},
	{domain.ErrHomeserverRefused, http.StatusBadGateway, "M_UNKNOWN", "homeserver_refused", "The homeserver does not accept this"},

	unavailable(domain.ErrUnavailable),
	unavailable(context.DeadlineExceeded),
	unavailable(context.Canceled),

	{domain.ErrMissingToken, http.StatusUnauthorized, "M_MISSING_TOKEN", "missing_token", "Missing access token"},
	{domain.ErrUnknownToken, http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "unknown_token", "Unknown access token"},
	{domain.ErrExpiredToken, http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "session_token_expired", "Token has expired"},
	{domain.ErrUserLocked, http.StatusUnauthorized, "M_USER_LOCKED", "user_locked", "User account has been locked"},
	{domain.ErrUserSuspended, http.StatusForbidden, "M_USER_SUSPENDED", "user_suspended", "User account has been suspended"},
	{domain.ErrUserDeactivated, http.StatusForbidden, "M_USER_DEACTIVATED", "user_deactivated", "This account has been deactivated"},
	{domain.ErrGuest, http.StatusForbidden, "M_GUEST_ACCESS_FORBIDDEN", "guest", "Guest access not allowed"},
	{domain.ErrOutsideNamespace, http.StatusForbidden, "M_EXCLUSIVE", "outside_namespace", "The user is not in the application service's namespace"},
	{domain.ErrTooManyDevices, http.StatusForbidden, "M_USER_LIMIT_EXCEEDED", "too_many_devices", "This account has too many devices"},
	{domain.ErrUserNotFound, http.StatusForbidden, "M_FORBIDDEN", "user_not_found", "User not found"},
	{domain.ErrOtherIdentity, http.StatusForbidden, "M_FORBIDDEN", "other_identity", "Account belongs to another identity"},
	{domain.ErrForbidden, http.StatusForbidden, "M_FORBIDDEN", "forbidden", "Forbidden"},

	{domain.ErrLimited, http.StatusTooManyRequests, "M_LIMIT_EXCEEDED", "limited", "Too many requests"},
	{domain.ErrUnconfirmed, http.StatusUnauthorized, "M_UNKNOWN", "unconfirmed", "The request has to be confirmed"},

	{domain.ErrUnknownLoginType, http.StatusBadRequest, "M_UNKNOWN", "unknown_login_type", "Unknown login type"},
	{domain.ErrInvalidUsername, http.StatusBadRequest, "M_INVALID_USERNAME", "invalid_username", "Invalid user name"},
	{domain.ErrInvalidParam, http.StatusBadRequest, "M_INVALID_PARAM", "invalid_param", "Invalid parameter"},
	{domain.ErrExclusive, http.StatusBadRequest, "M_EXCLUSIVE", "exclusive", "This user ID is reserved"},
	{domain.ErrAddressInUse, http.StatusBadRequest, "M_THREEPID_IN_USE", "address_in_use", "This address is in use"},
	{domain.ErrMissingParam, http.StatusBadRequest, "M_MISSING_PARAM", "missing_param", "Missing parameter"},
	{domain.ErrWeakPassword, http.StatusBadRequest, "M_WEAK_PASSWORD", "weak_password", "This password is too weak"},
	{domain.ErrUnknownDevice, http.StatusBadRequest, "M_UNKNOWN_DEVICE", "unknown_device", "The user has no such device"},
	{domain.ErrTooLong, http.StatusBadRequest, "M_TOO_LARGE", "too_long", "A text is too long"},
	{domain.ErrExists, http.StatusBadRequest, "M_USER_IN_USE", "exists", "User ID already taken"},
	{domain.ErrNotFound, http.StatusNotFound, "M_NOT_FOUND", "not_found", "Not found"},

	{errNotJSON, http.StatusBadRequest, "M_NOT_JSON", "not_json", "Content not JSON"},
	{errBadJSON, http.StatusBadRequest, "M_BAD_JSON", "bad_json", "Content of the wrong shape"},
	{errEncoding, http.StatusUnsupportedMediaType, "M_UNKNOWN", "encoding", "Content-Encoding is not supported"},
	{errBodyTooLarge, http.StatusRequestEntityTooLarge, "M_TOO_LARGE", "body_too_large", "Request body is too large"},
	{errUnknownKind, http.StatusBadRequest, "M_UNRECOGNIZED", "unknown_kind", "Only users and guests can be registered"},
	{errBodyTooSlow, http.StatusRequestTimeout, "M_UNKNOWN", "body_too_slow", "Request body did not arrive in time"},

	{domain.ErrNoURL, http.StatusBadRequest, "M_URL_NOT_SET", "url_not_set", "The application service has no URL"},
	{domain.ErrBadStatus, http.StatusBadGateway, "M_BAD_STATUS", "bad_status", "The application service answered with a bad status"},
	{domain.ErrUnreachable, http.StatusBadGateway, "M_CONNECTION_FAILED", "unreachable", "The application service could not be reached"},
	{domain.ErrTooSlow, http.StatusGatewayTimeout, "M_CONNECTION_TIMEOUT", "too_slow", "The application service did not answer in time"},

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
	for i := range answers {
		if !errors.Is(err, answers[i].kind) {
			continue
		}
		a := answers[i]
		if refusal, ok := errors.AsType[*domain.Refusal](err); ok && errors.Is(refusal, a.kind) {
			a.text, a.reason = refusal.Text, refusal.Reason
		}
		if limited, ok := errors.AsType[*domain.Limited](err); ok {
			a.reason += "_" + string(limited.Limit)
		}
		return a
	}
	return internal
}

// ErrorOf returns what a client is answered when a use case returns err, which
// is not nil and no *domain.Challenge. An error of no known kind is 500
// M_UNKNOWN, and the body says nothing of its cause.
func ErrorOf(err error) (status int, body Error) {
	a := answerTo(err)
	return a.status, a.bodyFor(err)
}

// bodyFor returns the body of the answer to err.
func (a answer) bodyFor(err error) Error {
	body := Error{
		Errcode: a.errcode, Error: a.text,
		SoftLogout: a.kind == domain.ErrUserLocked || a.kind == domain.ErrExpiredToken,
	}
	if limited, ok := errors.AsType[*domain.Limited](err); ok {
		body.RetryAfterMS = limited.RetryAfter.Round(time.Millisecond).Milliseconds()
	}
	if tooMany, ok := errors.AsType[*domain.TooManyDevices](err); ok {
		body.Error, body.InfoURI = tooMany.Error(), tooMany.InfoURI
	}
	if bad, ok := errors.AsType[*domain.BadStatus](err); ok {
		body.Status, body.Body = bad.Status, bad.Body
	}
	return body
}

// writeError answers with what is said to err.
func writeError(w http.ResponseWriter, said answer, err error) {
	if challenge, ok := errors.AsType[*domain.Challenge](err); ok {
		writeJSON(w, http.StatusUnauthorized, challengeOf(challenge))
		return
	}
	body := said.bodyFor(err)
	if setRetryAfter(w, err) {
		body.RetryAfterMS = max(body.RetryAfterMS, 1)
	}
	writeJSON(w, said.status, body)
}

// setRetryAfter sets the header if err says when to come again, and says whether
// it does.
func setRetryAfter(w http.ResponseWriter, err error) bool {
	limited, ok := errors.AsType[*domain.Limited](err)
	if !ok {
		return false
	}
	// Rounded up: a client that comes too early is refused again.
	seconds := (limited.RetryAfter + time.Second - 1) / time.Second
	w.Header().Set("Retry-After", strconv.FormatInt(int64(max(seconds, 1)), 10))
	return true
}
