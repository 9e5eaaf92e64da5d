package httpapi

import (
	"net/http"
	"strings"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// accessToken returns the access token of a request, or "" if it has none
// (Matrix specification, client-server API, "Using access tokens"). A header
// that offers something else, or nothing, or twice, is no token; whatever is
// in the query then stays unread.
func accessToken(r *http.Request) string {
	if _, ok := r.Header["Authorization"]; ok {
		return headerToken(r)
	}
	return queryToken(r)
}

// headerToken returns the bearer token of a request's header, or "" if it has none
// or more than one.
func headerToken(r *http.Request) string {
	headers := r.Header["Authorization"]
	if len(headers) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.Trim(token, " ")
}

// queryToken returns the access token of a request's query, or "" if it has none
// or more than one.
func queryToken(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	if values := r.URL.Query()["access_token"]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// presented returns what a request shows of who makes it.
func presented(r *http.Request) application.Presented {
	p := application.Presented{Token: accessToken(r)}
	if r.URL.RawQuery != "" {
		query := r.URL.Query()
		p.User, p.Device = query.Get("user_id"), query.Get("device_id")
		if p.Device == "" {
			p.Device = query.Get("org.matrix.msc3202.device_id")
		}
	}
	return p
}

// Who may use an endpoint.
type audience bool

const (
	users          audience = false
	usersAndGuests audience = true
)

// opened notes whose session a request opened, or went on with. A login does not
// come here: it writes down itself that its device was used.
func (a *API) opened(x *exchange, bearer domain.Bearer) {
	x.bearer = bearer
	a.LastSeen.Note(bearer, x.RealIP(), x.Request().UserAgent())
}

// authenticate finds out whose request it is, and whether that is one of those
// who may make it.
func (a *API) authenticate(x *exchange, who audience) error {
	bearer, err := a.Authenticate.Do(x.Request().Context(), presented(x.Request()))
	if err != nil {
		return err
	}
	a.opened(x, bearer)
	x.actedBy(bearer)
	if bearer.User.Guest && who != usersAndGuests {
		return domain.ErrGuest
	}
	return nil
}
