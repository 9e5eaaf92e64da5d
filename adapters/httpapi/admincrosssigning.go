package httpapi

import (
	"net/http"
	"time"
)

// crossSigningGrace is how long the homeserver lets a user replace its keys.
const crossSigningGrace = 10 * time.Minute

// allowCrossSigningReset answers
// POST /_synapse/admin/v1/users/{userId}/_allow_cross_signing_replacement_without_uia.
func (a *API) allowCrossSigningReset(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	until := a.Now().Add(crossSigningGrace)
	if err := a.Delegation.AllowCrossSigningReset(x.Request().Context(), user); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]int64{"updatable_without_uia_before_ms": until.UnixMilli()})
	return nil
}
