package httpapi

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

// An exchange is a request on its way through a handler, and what the handler
// leaves behind for the log.
type exchange struct {
	echo.Context
	id          string // goes to the client as X-Request-Id
	loginType   string // of an attempt to log in
	bearer      domain.Bearer
	userCreated bool // by the login
}

// address is where the request comes from, for limits: a network of IPv6
// addresses is one, as whoever has one has all of them.
func (x *exchange) address() string {
	address, err := netip.ParseAddr(x.RealIP())
	if err != nil || address.Is4() {
		return x.RealIP()
	}
	network, err := address.Prefix(ipv6Network)
	if err != nil {
		return x.RealIP()
	}
	return network.String()
}

const (
	// ipv6Network is how many bits of an IPv6 address are those of its network.
	ipv6Network = 64

	unknownLoginType = "unknown"
	unmatchedRoute   = "unmatched"
	otherMethod      = "OTHER"

	// statusClientGone stands in the log where nobody was left to answer.
	statusClientGone = 499
)

// handle makes a handler for Echo of one of ours.
func handle(do func(*exchange) error) echo.HandlerFunc {
	return func(c echo.Context) error { return do(c.(*exchange)) }
}

// observe surrounds everything else: it answers errors and panics, and records
// every request.
func (a *API) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		started := a.Now()
		x := &exchange{Context: c, id: rand.Text()}
		c.Response().Header().Set("X-Request-Id", x.id)

		err := a.guard(next, x)
		if err != nil {
			x.Error(err)
		}
		a.record(x, err, a.Now().Sub(started))
		return nil
	}
}

// guard turns a panic into an error.
func (a *API) guard(next echo.HandlerFunc, x *exchange) (err error) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if reason == http.ErrAbortHandler {
			panic(reason)
		}
		a.Observer.Panic()
		a.Log.Error("panic", slog.String("id", x.id), slog.String("stack", string(debug.Stack())))
		err = fmt.Errorf("panic: %v", reason)
	}()
	return next(x)
}

// record tells the observer and the log about a request.
func (a *API) record(x *exchange, err error, took time.Duration) {
	r := x.Request()
	said := answer{status: x.Response().Status}
	if err != nil {
		said = answerTo(err)
	}
	if challenge := (*domain.Challenge)(nil); errors.As(err, &challenge) && challenge.Cause != nil {
		said.reason = answerTo(challenge.Cause).reason // a stage was refused
	}
	if said.status >= http.StatusInternalServerError && r.Context().Err() != nil {
		said.status, said.reason = statusClientGone, "client_gone"
	}
	route := x.Path()
	if route == "" {
		route = unmatchedRoute
	}
	method := methodName(r.Method)

	a.Observer.Request(method, route, said.status, took)
	if x.loginType != "" {
		a.Observer.Login(x.loginType, loginResult(said.status), said.reason)
	}
	level := levelOf(said.status, route)
	if !a.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("id", x.id),
		slog.String("method", method),
		slog.String("route", route),
		slog.Int("status", said.status),
		slog.Duration("took", took),
		slog.String("address", x.RealIP()),
	}
	a.Log.LogAttrs(r.Context(), level, "request", append(attrs, x.attributes(said, err)...)...)
}

// attributes are those that not every request has.
func (x *exchange) attributes(said answer, err error) []slog.Attr {
	var attrs []slog.Attr
	if x.loginType != "" {
		attrs = append(attrs, slog.String("login_type", x.loginType))
	}
	if x.bearer.User.ID != "" {
		attrs = append(attrs,
			slog.String("user", string(x.bearer.User.ID)), slog.String("device", string(x.bearer.Device)))
	}
	if x.userCreated {
		attrs = append(attrs, slog.Bool("user_created", true))
	}
	if said.reason != "" {
		attrs = append(attrs, slog.String("reason", said.reason))
	}
	if err != nil && said.status >= statusClientGone {
		attrs = append(attrs, slog.String("cause", err.Error()))
	}
	return attrs
}

func levelOf(status int, route string) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case route == healthRoute:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func loginResult(status int) string {
	switch {
	case status < http.StatusBadRequest:
		return "ok"
	case status < statusClientGone:
		return "refused"
	}
	return "failed"
}

func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return method
	}
	return otherMethod
}
