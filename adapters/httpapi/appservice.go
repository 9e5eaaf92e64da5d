package httpapi

import "net/http"

// pingAppservice answers POST /v1/appservice/{appserviceId}/ping.
func (a *API) pingAppservice(x *exchange) error {
	id, err := pathParam(x, "appservice")
	if err != nil {
		return err
	}
	service, err := a.PingAppservice.Service(x.Request().Context(), accessToken(x.Request()), id)
	if err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	transaction, err := take[string](body, "transaction_id", "a string")
	if err != nil {
		return err
	}
	if transaction == nil {
		transaction = new(string)
	}
	took, err := a.PingAppservice.Do(x.Request().Context(), service, *transaction)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"duration_ms": took.Milliseconds()})
	return nil
}
