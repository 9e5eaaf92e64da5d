package httpapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// An endpoint that changes something and is not in the table would not be
// accounted for.
func TestEveryEndpointThatMayChangeSomethingHasAnEvent(t *testing.T) {
	var a API
	a.Settings.PublicBaseURL = "https://example.org"
	a.LoginTokens.Rules.Offered = true
	a.SignedRegistration.Secret = "secret"
	a.Delegation = &application.Delegation{}
	e := echo.New()
	a.routes(e)
	served := map[string]bool{}
	for _, route := range e.Routes() {
		if route.Method == http.MethodGet {
			continue
		}
		what := route.Method + " " + unversioned(route.Path)
		if _, ok := events[what]; !ok {
			t.Errorf("%s %s has no event: %q is not in the table", route.Method, route.Path, what)
		}
		served[what] = true
	}
	for what, event := range events {
		if !served[what] {
			t.Errorf("%s is in the table, and is not served", what)
		}
		if event != unaudited && !slices.Contains(domain.AuditEvents(), event) {
			t.Errorf("%s: there is no event %s", what, event)
		}
	}
}

func TestPathsWithoutTheirVersion(t *testing.T) {
	for path, want := range map[string]string{
		"":                               "",
		"/health":                        "/health",
		"/_matrix/client/v3/login":       "/login",
		"/_matrix/client/unstable/login": "/login",
		"/_matrix/client/unstable/devices/:device":                    "/devices/:device",
		"/_matrix/client/unstable/org.matrix.msc3882/login/get_token": "/login/get_token",
		"/_synapse/admin/v2/users/:user":                              "/_synapse/admin/v2/users/:user",
	} {
		if got := unversioned(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
