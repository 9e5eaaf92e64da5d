package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// adminPrefix is where Synapse's admin API is. The part of it that is about
// signing in is served here, so that the tools for it work.
const adminPrefix = "/_synapse/admin"

// adminRoutes registers what is for administrators, and GET /admin/whois, which
// is for users too.
func (a *API) adminRoutes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3", "unstable"} {
		e.GET("/_matrix/client/"+version+"/admin/whois/:user", handle(a.whois))
	}
	for _, prefix := range []string{"/_matrix/client/v1/admin", "/_matrix/client/unstable/uk.timedout.msc4323/admin"} {
		e.GET(prefix+"/lock/:user", a.moderator(a.isTaken(application.Lock, "locked")))
		e.PUT(prefix+"/lock/:user", a.moderator(a.takeMeasure(application.Lock, "locked")))
		e.GET(prefix+"/suspend/:user", a.moderator(a.isTaken(application.Suspension, "suspended")))
		e.PUT(prefix+"/suspend/:user", a.moderator(a.takeMeasure(application.Suspension, "suspended")))
	}
	e.GET(adminPrefix+"/v1/server_version", a.administrator(a.serverVersion))
	a.adminUserRoutes(e)
	a.adminDeviceRoutes(e)
	a.adminTokenRoutes(e)
}

// moderator is a handler for administrators: nobody else is told who exists.
func (a *API) moderator(do func(*exchange) error) echo.HandlerFunc {
	return handle(func(x *exchange) error {
		if err := a.authenticate(x, usersAndGuests); err != nil {
			return err
		}
		x.administers()
		if err := a.Administrators.Check(x.bearer); err != nil {
			return err
		}
		return do(x)
	})
}

// administers notes that the bearer acts on the accounts of others.
func (x *exchange) administers() {
	if x.account.actor == "" {
		x.account.actor = string(x.bearer.User.ID)
	}
}

// administrator is a handler for administrators and for programs of the
// operator, who are no users.
func (a *API) administrator(do func(*exchange) error) echo.HandlerFunc {
	user := a.moderator(do)
	return handle(func(x *exchange) error {
		if a.Administrators.IsProgram(accessToken(x.Request())) {
			x.account.actor = domain.ActorProgram
			return do(x)
		}
		return user(x)
	})
}

// isTaken answers GET /admin/lock/{userId} and GET /admin/suspend/{userId}.
func (a *API) isTaken(measure application.Measure, name string) func(*exchange) error {
	return func(x *exchange) error {
		user, err := pathParam(x, "user")
		if err != nil {
			return err
		}
		taken, err := a.Moderate.Taken(x.Request().Context(), x.bearer, measure, user)
		if err != nil {
			return err
		}
		writeJSON(x.Response(), http.StatusOK, map[string]bool{name: taken})
		return nil
	}
}

// takeMeasure answers PUT /admin/lock/{userId} and PUT /admin/suspend/{userId}.
func (a *API) takeMeasure(measure application.Measure, name string) func(*exchange) error {
	return func(x *exchange) error {
		user, err := pathParam(x, "user")
		if err != nil {
			return err
		}
		taken, err := a.readBool(x, name)
		if err != nil {
			return err
		}
		x.account.user = domain.UserID(user)
		x.changes(measure.Audited(taken))
		if err := a.Moderate.Take(x.Request().Context(), x.bearer, measure, user, taken); err != nil {
			return err
		}
		writeJSON(x.Response(), http.StatusOK, map[string]bool{name: taken})
		return nil
	}
}

// readBool reads a body whose one member that counts is a boolean.
func (a *API) readBool(x *exchange, name string) (bool, error) {
	body, err := readObjectIfAny(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return false, err
	}
	value, err := take[bool](body, name, "a boolean")
	if err == nil && value == nil {
		err = domain.Refuse(errBadJSON, "bad_json", name+" must be a boolean")
	}
	if err != nil {
		return false, err
	}
	return *value, nil
}

// whois answers GET /admin/whois/{userId}. Users may ask about themselves.
func (a *API) whois(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	user, err := pathParam(x, "user")
	if err != nil {
		return err
	}
	if user != string(x.bearer.User.ID) {
		x.administers()
		if err := a.Administrators.Check(x.bearer); err != nil {
			return err
		}
	}
	return a.adminWhois(x)
}

// A connectionResponse says from where a device was last used, and when.
type connectionResponse struct {
	IP        string `json:"ip"`
	LastSeen  int64  `json:"last_seen"`
	UserAgent string `json:"user_agent"`
}

// adminWhois answers GET /_synapse/admin/v1/whois/{userId}.
func (a *API) adminWhois(x *exchange) error {
	account, err := a.accountParam(x)
	if err != nil {
		return err
	}
	devices := map[domain.DeviceID]any{}
	for _, d := range account.Devices {
		connections := []connectionResponse{}
		if !d.LastSeen.At.IsZero() {
			connections = append(connections, connectionResponse{
				IP: d.LastSeen.Address, LastSeen: d.LastSeen.At.UnixMilli(), UserAgent: d.LastSeen.UserAgent,
			})
		}
		devices[d.ID] = map[string]any{"sessions": []any{map[string]any{"connections": connections}}}
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"user_id": account.ID, "devices": devices})
	return nil
}

// serverVersion answers GET /_synapse/admin/v1/server_version.
func (a *API) serverVersion(x *exchange) error {
	writeJSON(x.Response(), http.StatusOK, map[string]string{"server_version": a.Settings.Version})
	return nil
}
