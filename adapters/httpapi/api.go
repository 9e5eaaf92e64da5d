package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// DefaultMaxBodyBytes is how large the body of a request may be if the
// settings do not say.
const DefaultMaxBodyBytes = 64 << 10

// An API is what the endpoints depend on. Every field is needed but Log and
// Observer.
type API struct {
	application.UseCases
	// Ping returns nil if the storage answers; GET /health asks it.
	Ping     func(context.Context) error
	Settings Settings
	// Log gets one line a request. No line holds a token, a credential, a body
	// or a query string. A line with an event is an audit record too, whose texts
	// are escaped. Nil: nobody is told.
	Log *slog.Logger
	Now application.Clock
	// Observer may be nil.
	Observer Observer
}

// Settings are what an operator decides.
type Settings struct {
	// ServerName is the part of user ids after the colon.
	ServerName domain.ServerName
	// PublicBaseURL is where clients reach the homeserver; empty: they are not
	// told.
	PublicBaseURL string
	// MaxBodyBytes is how large the body of a request may be; 0 means
	// [DefaultMaxBodyBytes].
	MaxBodyBytes int64
	// Version is this server's, as administrators are told it.
	Version string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Unlogged is what part of the requests has no line in the log that went well and
	// are no audit event, from 0 to 1.
	Unlogged float64
	// Homeserver is what counts if there is a Delegation.
	Homeserver HomeserverSettings
}

// An Observer is told what happened, to count it. Its methods are called
// concurrently. Everything but the duration is one of few values, whatever
// clients send.
type Observer interface {
	// Request is called once for each request. The route is a pattern, or
	// "unmatched"; a method that is not in use is "OTHER"; status 499 means
	// that the client went away before it was answered.
	Request(method, route string, status int, took time.Duration)
	// Login is called once for each attempt to log in. The type is one that is
	// on offer, or "unknown"; the provider has a name of the configuration, or is
	// empty if none took the credential; the result is "ok", "refused" or "failed";
	// the reason is empty if it is "ok".
	Login(loginType, provider, result, reason string)
	// AuditDropped is called for an audit record for which there was no room.
	AuditDropped()
	// Panic is called when a handler panicked.
	Panic()
}

// New returns the API as a handler for the root of a host: it answers every
// path, unknown ones in JSON as the Matrix specification asks for.
func New(a API) http.Handler {
	if a.Settings.MaxBodyBytes == 0 {
		a.Settings.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if a.Observer == nil {
		a.Observer = nobody{}
	}
	clients := &clientAddress{trusted: a.Settings.TrustedProxies, log: a.Log}

	e := echo.New()
	e.IPExtractor = clients.of
	// Echo runs these for unknown paths and methods too. A group with
	// middleware of its own would turn an unknown method into something else.
	e.Use(a.observe)
	a.routes(e)
	return e
}

// routes registers what is served. HEAD, which the Matrix API has no use for,
// is a wrong method like others.
func (a *API) routes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3", "unstable"} {
		prefix := "/_matrix/client/" + version
		e.GET(prefix+"/login", handle(a.loginFlows))
		e.POST(prefix+"/login", handle(a.login))
		e.POST(prefix+"/logout", handle(a.logout))
		e.POST(prefix+"/logout/all", handle(a.logoutAll))
		e.GET(prefix+"/account/whoami", handle(a.whoami))
	}
	a.registrationRoutes(e)
	e.GET("/_matrix/static/client/login/", handle(a.loginPage))
	// Refreshing came after r0, and had a path of its own before it came.
	e.POST("/_matrix/client/v3/refresh", handle(a.refresh))
	e.POST("/_matrix/client/unstable/org.matrix.msc2918/refresh", handle(a.refresh))
	e.GET("/_matrix/client/versions", handle(a.versions))
	if a.Settings.PublicBaseURL != "" {
		e.GET("/.well-known/matrix/client", handle(a.wellKnownClient))
	}
	e.GET(healthRoute, handle(a.health))
	e.POST("/_doorward/backchannel-logout/:provider", handle(a.providerLogout))
	a.accountRoutes(e)
	a.deviceRoutes(e)
	a.loginTokenRoutes(e)
	a.fallbackRoutes(e)
	a.adminRoutes(e)
	a.homeserverRoutes(e)
}

// nobody is the Observer that is not there.
type nobody struct{}

func (nobody) Request(string, string, int, time.Duration) {}
func (nobody) Login(string, string, string, string)       {}
func (nobody) AuditDropped()                              {}
func (nobody) Panic()                                     {}
