package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
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
	id        string // goes to the client as X-Request-Id
	ip        string // RealIP, once it is known
	loginType string // of an attempt to log in
	bearer    domain.Bearer
	account   accounting
}

// RealIP implements echo.Context. Limits, the audit and the log ask for it: it is
// found out once.
func (x *exchange) RealIP() string {
	if x.ip == "" {
		x.ip = x.Context.RealIP()
	}
	return x.ip
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

// observe surrounds everything else: it sets the standard headers, answers OPTIONS
// on any path without asking the endpoint, answers errors and panics, and records
// every request.
func (a *API) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		started := a.Now()
		x := &exchange{Context: c, id: newRequestID(started)}
		header := c.Response().Header()
		header["X-Request-Id"] = []string{x.id}
		setStandardHeaders(header)

		err := a.guard(next, x)
		var said answer
		if err != nil {
			said = answerTo(err)
			if !c.Response().Committed {
				writeError(c.Response(), said, err)
			}
		} else {
			said.status = c.Response().Status
		}
		a.record(x, said, err, started, a.Now())
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
	if x.Request().Method == http.MethodOptions {
		return x.NoContent(http.StatusNoContent)
	}
	return next(x)
}

// record tells the observer, the audit and the log about a request. The line of
// the log is the audit's too, if it has an event: another one would say the same
// again.
func (a *API) record(x *exchange, said answer, err error, started, ended time.Time) {
	r, took := x.Request(), ended.Sub(started)
	x.explain(&said, err)
	route := x.Path()
	if route == "" {
		route = unmatchedRoute
	}
	method := methodName(r.Method)
	record := x.auditRecord(ended, said, err)

	a.Observer.Request(method, route, said.status, took)
	if x.loginType != "" {
		a.Observer.Login(x.loginType, record.Provider, string(record.Result), said.reason)
	}
	if !a.Audit.Note(record) {
		a.Observer.AuditDropped()
	}
	level := levelOf(said.status, route, err)
	routine := record.Event == "" && said.status < http.StatusBadRequest
	if !a.Log.Enabled(r.Context(), level) || routine && rand.Float64() < a.Settings.Unlogged {
		return
	}
	attrs := append(make([]slog.Attr, 0, maxAttributes),
		slog.String("id", x.id),
		slog.String("method", method),
		slog.String("route", route),
		slog.Int("status", said.status),
		slog.Duration("took", took),
		slog.String("address", x.RealIP()),
	)
	attrs = appendAttributes(attrs, record.Escaped())
	if err != nil && said.status >= statusClientGone {
		attrs = append(attrs, slog.String("cause", err.Error()))
	}
	line := slog.NewRecord(ended, level, "request", 0) // 0: to find the caller out takes time, and it is always this
	line.AddAttrs(attrs...)
	_ = a.Log.Handler().Handle(r.Context(), line) // as with slog's own methods, nobody is left to tell
}

// explain puts into what was said to err what the record needs to know: of a stage
// that was refused why, and that nobody was there any more to hear it.
func (x *exchange) explain(said *answer, err error) {
	if cause := causeOf(err); cause != nil {
		said.reason = answerTo(cause).reason
	}
	if said.status >= http.StatusInternalServerError && x.Request().Context().Err() != nil {
		said.status, said.reason = statusClientGone, "client_gone"
	}
}

func levelOf(status int, route string, err error) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case errors.Is(err, errWrongSecret):
		return slog.LevelWarn // the homeserver may have been given another one, and then lets nobody in
	case route == healthRoute:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return method
	}
	return otherMethod
}
