package httpapi

import (
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// unaudited is the event of what changes nothing here.
const unaudited domain.AuditEvent = ""

// events says what each endpoint that may change something is asked for, by its
// method and its path without prefix and version. Where more is known of a
// request, its handler says so ([exchange.changes]).
var events = map[string]domain.AuditEvent{
	"POST /login":                           domain.AuditLogin,
	"POST /logout":                          domain.AuditLogout,
	"POST /logout/all":                      domain.AuditLogoutAll,
	"POST /refresh":                         domain.AuditRefresh,
	"POST /register":                        domain.AuditRegistered,
	"POST /_synapse/admin/v1/register":      domain.AuditRegistered,
	"POST /auth/:stage/fallback/web":        domain.AuditStageCompleted,
	"POST /login/get_token":                 domain.AuditLoginTokenIssued,
	"POST /user/:user/openid/request_token": domain.AuditOpenIDIssued,
	"POST /appservice/:appservice/ping":     unaudited,

	"POST /_doorward/backchannel-logout/:provider": domain.AuditProviderLogout,
	"POST /oauth2/introspect":                      unaudited,
	"POST /oauth2/revoke":                          domain.AuditLogout,

	"PUT /devices/:device":      domain.AuditDeviceRenamed,
	"DELETE /devices/:device":   domain.AuditDeviceDeleted,
	"POST /delete_devices":      domain.AuditDeviceDeleted,
	"POST /account/password":    domain.AuditPasswordChanged,
	"POST /account/deactivate":  domain.AuditDeactivated,
	"POST /account/3pid/delete": domain.AuditAddressDeleted,
	"PUT /admin/lock/:user":     domain.AuditUserChanged,
	"PUT /admin/suspend/:user":  domain.AuditUserChanged,

	"PUT /_synapse/admin/v2/users/:user":                    domain.AuditUserChanged,
	"POST /_synapse/admin/v1/deactivate/:user":              domain.AuditDeactivated,
	"PUT /_synapse/admin/v1/suspend/:user":                  domain.AuditUserChanged,
	"POST /_synapse/admin/v1/reset_password/:user":          domain.AuditPasswordChanged,
	"PUT /_synapse/admin/v1/users/:user/admin":              domain.AuditUserChanged,
	"POST /_synapse/admin/v1/users/:user/login":             domain.AuditActedAs,
	"PUT /_synapse/admin/v2/users/:user/devices/:device":    domain.AuditDeviceRenamed,
	"DELETE /_synapse/admin/v2/users/:user/devices/:device": domain.AuditDeviceDeleted,
	"POST /_synapse/admin/v2/users/:user/delete_devices":    domain.AuditDeviceDeleted,
	"POST " + crossSigningPath:                              domain.AuditCrossSigning,
	"POST /_synapse/admin/v1/registration_tokens/new":       domain.AuditTokenCreated,
	"PUT /_synapse/admin/v1/registration_tokens/:token":     domain.AuditTokenChanged,
	"DELETE /_synapse/admin/v1/registration_tokens/:token":  domain.AuditTokenDeleted,
}

// unversioned returns a path of the client-server API without its prefix, its
// version and the name of whoever proposed it; other paths as they are.
func unversioned(path string) string {
	rest, ok := strings.CutPrefix(path, "/_matrix/client/")
	if !ok {
		return path
	}
	rest = fromSlash(rest)
	if name, _, ok := strings.Cut(rest[1:], "/"); ok && strings.Contains(name, ".") {
		return fromSlash(rest[1:])
	}
	return rest
}

// fromSlash returns a path from its first slash on.
func fromSlash(path string) string {
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[i:]
	}
	return "/"
}
