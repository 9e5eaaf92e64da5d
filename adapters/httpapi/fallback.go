package httpapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func (a *API) fallbackRoutes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3"} {
		path := "/_matrix/client/" + version + "/auth/:stage/fallback/web"
		e.GET(path, handle(a.showFallback))
		e.POST(path, handle(a.takeFallback))
	}
}

var (
	errNoPage    = domain.Refuse(domain.ErrNotFound, "unknown_stage", "There is no page for this way to confirm.")
	errNoSession = domain.Refuse(domain.ErrMissingParam, "missing_param", "The address of this page lacks the session.")
)

// showFallback answers GET /auth/{stage}/fallback/web: with the form of the
// stage, or that there is nothing left to do.
func (a *API) showFallback(x *exchange) error {
	auth, stage, err := a.fallbackStage(x)
	switch {
	case err != nil:
		return failFallback(x, err)
	case stage.Completed:
		writeFallbackDone(x.Response())
	default:
		writeFallback(x.Response(), http.StatusOK, fallbackPageOf(auth, stage, ""))
	}
	return nil
}

// takeFallback answers POST /auth/{stage}/fallback/web, to which the form goes.
func (a *API) takeFallback(x *exchange) error {
	auth, stage, err := a.fallbackStage(x)
	if err != nil {
		return failFallback(x, err)
	}
	form, err := readForm(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return failFallback(x, err)
	}
	fillIn(&auth, form)
	x.account.user, x.account.stage = stage.User, auth.Stage
	err = a.Confirm.Complete(x.Request().Context(), auth, x.address())
	said := answerTo(err)
	switch {
	case err == nil:
		writeFallbackDone(x.Response())
	case said.status >= http.StatusInternalServerError:
		return failFallback(x, err)
	default:
		setRetryAfter(x.Response(), err)
		writeFallback(x.Response(), said.status, fallbackPageOf(auth, stage, said.text))
	}
	return err
}

// fallbackStage finds the stage of the path in the session of the query.
func (a *API) fallbackStage(x *exchange) (auth application.Auth, stage application.Stage, err error) {
	if auth.Stage, err = pathParam(x, "stage"); err != nil {
		return auth, stage, err
	}
	if _, ok := fallbackPages[auth.Stage]; !ok {
		return auth, stage, errNoPage
	}
	if auth.Session = x.Request().URL.Query().Get("session"); auth.Session == "" {
		return auth, stage, errNoSession
	}
	stage, err = a.Confirm.Stage(x.Request().Context(), auth.Session, auth.Stage)
	return auth, stage, err
}

// failFallback answers with a page that says why there is no other. The error is
// for the log.
func failFallback(x *exchange, err error) error {
	if errors.Is(err, echo.ErrNotFound) {
		return err
	}
	said := answerTo(err)
	writeFallbackError(x.Response(), said.status, said.text)
	return err
}

func fallbackPageOf(auth application.Auth, stage application.Stage, wrong string) fallbackPage {
	return fallbackPage{
		Stage: auth.Stage, Session: auth.Session, User: string(stage.User), Policies: stage.Policies, Error: wrong,
	}
}

// fillIn makes what a client would show of what somebody has put into the form.
func fillIn(auth *application.Auth, form url.Values) {
	auth.Fields = map[string]any{}
	if form.Has("token") {
		// People paste tokens with a line break at the end.
		token := strings.TrimSpace(form.Get("token"))
		auth.Token = &token
	}
	if form.Has("password") {
		auth.Fields["password"] = form.Get("password")
	}
	if form.Get("username") != "" {
		auth.Fields["identifier"] = map[string]any{"type": "m.id.user", "user": form.Get("username")}
	}
}
