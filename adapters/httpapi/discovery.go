package httpapi

import (
	"fmt"
	"net/http"

	"github.com/seed-31b6c987/doorward/domain"
)

// specVersions are the versions of the Matrix specification up to the one that
// brought the locking of accounts: of each, what is served here is served as
// it says.
var specVersions = []string{
	"r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6",
	"v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12",
}

type versionsResponse struct {
	Versions         []string        `json:"versions"`
	UnstableFeatures map[string]bool `json:"unstable_features"`
}

// versions answers GET /versions. Nobody needs a token for it; but who sends
// one learns if it is no good.
func (a *API) versions(x *exchange) error {
	if token := accessToken(x.Request()); token != "" {
		bearer, err := a.Authenticate.Do(x.Request().Context(), token)
		if err != nil {
			return err
		}
		x.bearer = bearer
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
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}
