package httpapi

import (
	"errors"
	"net/http"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// otherRefusals are answered as everywhere: they say nothing of the request.
var otherRefusals = []int{http.StatusNotFound, http.StatusTooManyRequests}

// providerLogout answers POST /_doorward/backchannel-logout/{provider}, which
// providers call (OpenID Connect Back-Channel Logout 1.0, 2.5). Whatever is wrong
// with the token is told in one way (2.8).
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
	writeJSON(x.Response(), http.StatusBadRequest, oauthError{"invalid_request", said.text})
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
