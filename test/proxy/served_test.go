package proxy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
)

// others are what Doorward serves, too or only to some, that does not go to it
// through a proxy: by the end of the path, and who answers.
var others = map[string]string{
	"GET /account/whoami":                   homeserver,
	"GET /devices":                          homeserver,
	"GET /devices/:device":                  homeserver,
	"PUT /devices/:device":                  homeserver,
	"GET /capabilities":                     homeserver,
	"GET /versions":                         homeserver,
	"POST /user/:user/openid/request_token": homeserver,
	"GET /openid/userinfo":                  homeserver,
	"POST /appservice/:appservice/ping":     homeserver,
	"GET /admin/whois/:user":                homeserver,
	"GET /admin/suspend/:user":              homeserver,
	"PUT /admin/suspend/:user":              homeserver,
	"GET /health":                           nobody,
	"POST /oauth2/introspect":               nobody,
	"POST /oauth2/revoke":                   nobody,
	"GET /.well-known/openid-configuration": nobody,
	"GET /_synapse/admin/v1/server_version": homeserver,
	"GET /_synapse/admin/v1/whois/:user":    homeserver,
	"PUT /_synapse/admin/v1/suspend/:user":  homeserver,
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// A path that Doorward serves and the proxy does not send there is one that somebody
// decided about.
func TestWhatDoorwardServesReachesIt(t *testing.T) {
	api := httpapi.API{Settings: httpapi.Settings{PublicBaseURL: "https://matrix.example.org/"}}
	api.UseCases = application.UseCases{
		LoginTokens:        application.LoginTokens{Rules: application.LoginTokenRules{Offered: true}},
		SignedRegistration: application.SignedRegistration{Secret: "secret"},
		Delegation:         &application.Delegation{},
	}
	var served []route
	for _, r := range httpapi.New(api).(*echo.Echo).Routes() {
		if !strings.HasPrefix(r.Path, "/") {
			continue // Echo's own, for unknown paths
		}
		served = append(served, route{r.Method, parameter.ReplaceAllString(r.Path, "x"), destination(r.Method, r.Path)})
	}
	if len(served) < 100 {
		t.Fatalf("only %d routes", len(served))
	}
	slices.SortFunc(served, func(a, b route) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	each(t, openAdmin(t, "127.0.0.0/8"), func(t *testing.T, p *proxy) { p.check(t, served) })
}

// destination returns who answers a route of Doorward's behind the proxy.
func destination(method, path string) string {
	for end, to := range others {
		otherMethod, suffix, _ := strings.Cut(end, " ")
		inAdmin := strings.HasPrefix(path, "/_synapse/admin/") == strings.HasPrefix(suffix, "/_synapse/admin/")
		if method == otherMethod && strings.HasSuffix(path, suffix) && inAdmin {
			return to
		}
	}
	return doorward
}
