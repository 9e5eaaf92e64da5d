package httpapi

import (
	"errors"
	"net/http"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// A logoutRefusal is the body of an answer to a logout token that is refused
// (OpenID Connect Back-Channel Logout 1.0, 2.8).
type logoutRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// otherRefusals are answered as everywhere: they say nothing of the request.
var otherRefusals = []int{http.StatusNotFound, http.StatusTooManyRequests}

// providerLogout answers POST /_doorward/backchannel-logout/{provider}, which
// providers call (OpenID Connect Back-Channel Logout 1.0, 2.5).
func (a *API) providerLogout(x *exchange) error {
	err := a.endForProvider(x)
	if err == nil {
		x.Response().WriteHeader(http.StatusOK)
		return nil
	}
	said := answerTo(err)
	if said.status >= http.StatusInternalServerError || slices.Contains(otherRefusals, said.status) {
		return err
	}
	writeJSON(x.Response(), http.StatusBadRequest, logoutRefusal{Error: "invalid_request", Description: said.text})
	var traced domain.Traced
	errors.As(err, &traced)
	return domain.Trace(&domain.Refusal{Kind: domain.ErrInvalidParam, Reason: said.reason, Text: said.text}, traced.Evidence, traced.User)
}

func (a *API) endForProvider(x *exchange) error {
	provider, err := pathParam(x, "provider")
	if err != nil {
		return err
	}
	form, err := readForm(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	// Parameters come once (RFC 6749, 3.1).
	if len(form["logout_token"]) != 1 {
		return domain.Missing("logout_token")
	}
	result, err := a.ProviderLogout.Do(x.Request().Context(), provider, form.Get("logout_token"), x.address())
	if err != nil {
		return err
	}
	x.account.user, x.account.actor, x.account.Evidence = result.User, domain.ActorProvider, result.Evidence
	x.concerns(result.Devices...)
	return nil
}
