package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-31b6c987/doorward/domain"
)

// specVersions are the versions of the Matrix specification of which it is true
// that what is served here is served as they say. They end where access tokens
// in the query do.
var specVersions = []string{
	"r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9",
	"v1.10", "v1.11", "v1.12", "v1.13", "v1.14", "v1.15", "v1.16", "v1.17", "v1.18", "v1.19",
}

type versionsResponse struct {
	Versions         []string        `json:"versions"`
	UnstableFeatures map[string]bool `json:"unstable_features"`
}

// versions answers GET /versions. Nobody needs a token for it; but who sends
// one learns if it is no good.
func (a *API) versions(x *exchange) error {
	x.Response().Header().Set("Vary", "Authorization")
	if accessToken(x.Request()) != "" {
		if err := a.authenticate(x, usersAndGuests); err != nil {
			return err
		}
	}
	writeJSON(x.Response(), http.StatusOK, versionsResponse{specVersions, map[string]bool{}})
	return nil
}

// wellKnown tells a client where its homeserver is.
type wellKnown struct {
	Homeserver struct {
		BaseURL string `json:"base_url"`
	} `json:"m.homeserver"`
}

// wellKnown returns nil if clients are not told.
func (a *API) wellKnown() *wellKnown {
	if a.Settings.PublicBaseURL == "" {
		return nil
	}
	var w wellKnown
	w.Homeserver.BaseURL = a.Settings.PublicBaseURL
	return &w
}

// wellKnownClient answers GET /.well-known/matrix/client.
func (a *API) wellKnownClient(x *exchange) error {
	writeJSON(x.Response(), http.StatusOK, a.wellKnown())
	return nil
}

const healthRoute = "/health"

// health answers GET /health: 200 while the storage answers, 503 otherwise.
func (a *API) health(x *exchange) error {
	if err := a.Ping(x.Request().Context()); err != nil {
		if errors.Is(err, domain.ErrUnavailable) {
			return err
		}
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}
