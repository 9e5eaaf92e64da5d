package httpapi

import "net/http"

// revoke answers POST /oauth2/revoke (RFC 7009). A token without a session, be it
// unknown or that of an application service, is as good as revoked.
func (a *API) revoke(x *exchange) error {
	token, err := a.askedToken(x)
	if err != nil {
		return err
	}
	bearer, err := a.Revoke.Do(x.Request().Context(), token)
	switch {
	case err == nil:
		x.bearer = bearer
		x.actedBy(bearer)
	case answerTo(err).status < http.StatusInternalServerError:
		x.account.detail = "no session"
	default:
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}
