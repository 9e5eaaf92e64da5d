package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func (a *API) deviceRoutes(e *echo.Echo) {
	for _, version := range []string{"r0", "v3", "unstable"} {
		prefix := "/_matrix/client/" + version
		e.GET(prefix+"/devices", handle(a.listDevices))
		e.GET(prefix+"/devices/:device", handle(a.getDevice))
		e.PUT(prefix+"/devices/:device", handle(a.putDevice))
		e.DELETE(prefix+"/devices/:device", handle(a.deleteDevice))
		e.POST(prefix+"/delete_devices", handle(a.deleteDevices))
	}
}

// A deviceResponse is a device as its user may see it. What is unknown is left
// out.
type deviceResponse struct {
	DeviceID    domain.DeviceID `json:"device_id"`
	DisplayName string          `json:"display_name,omitempty"`
	LastSeenIP  string          `json:"last_seen_ip,omitempty"`
	LastSeenTS  int64           `json:"last_seen_ts,omitempty"`
}

func deviceOf(d domain.Device) deviceResponse {
	answer := deviceResponse{DeviceID: d.ID, DisplayName: d.DisplayName, LastSeenIP: d.LastSeen.Address}
	if !d.LastSeen.At.IsZero() {
		answer.LastSeenTS = d.LastSeen.At.UnixMilli()
	}
	return answer
}

// listDevices answers GET /devices.
func (a *API) listDevices(x *exchange) error {
	if err := a.authenticate(x, usersAndGuests); err != nil {
		return err
	}
	devices, err := a.Devices.List(x.Request().Context(), x.bearer.User.ID)
	if err != nil {
		return err
	}
	answer := make([]deviceResponse, len(devices))
	for i, d := range devices {
		answer[i] = deviceOf(d)
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"devices": answer})
	return nil
}

// deviceParam returns the device that the path names.
func deviceParam(x *exchange) (domain.DeviceID, error) {
	id, err := pathParam(x, "device")
	if err != nil {
		return "", err
	}
	return domain.ParseDeviceID(id)
}

// getDevice answers GET /devices/{deviceId}.
func (a *API) getDevice(x *exchange) error {
	if err := a.authenticate(x, usersAndGuests); err != nil {
		return err
	}
	id, err := deviceParam(x)
	if err != nil {
		return err
	}
	device, err := a.Devices.ByID(x.Request().Context(), x.bearer.User.ID, id)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, deviceOf(device))
	return nil
}

// putDevice answers PUT /devices/{deviceId}.
func (a *API) putDevice(x *exchange) error {
	if err := a.authenticate(x, usersAndGuests); err != nil {
		return err
	}
	id, err := deviceParam(x)
	if err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	name, err := take[string](body, "display_name", "a string")
	if err != nil {
		return err
	}
	x.concerns(id)
	created, err := a.Devices.Put(x.Request().Context(), x.bearer, id, name)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	writeJSON(x.Response(), status, struct{}{})
	return nil
}

// deleteDevice answers DELETE /devices/{deviceId}. A request without a body is
// one that is not confirmed yet.
func (a *API) deleteDevice(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	id, err := deviceParam(x)
	if err != nil {
		return err
	}
	x.concerns(id)
	body, err := readObjectIfAny(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	req, err := a.confirmation(x, "DELETE /devices/"+string(id), body)
	if err != nil {
		return err
	}
	confirmed, err := a.confirmDeletion(x, req)
	if err != nil {
		return err
	}
	return a.delete(x, confirmed, id)
}

// deleteDevices answers POST /delete_devices.
func (a *API) deleteDevices(x *exchange) error {
	if err := a.authenticate(x, users); err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	named, err := takeDeviceIDs(body)
	if err != nil {
		return err
	}
	req, err := a.confirmation(x, "POST /delete_devices", body)
	switch {
	case err != nil:
		return err
	case named != nil:
		req.Params = map[string]any{"devices": named}
	case isFirst(req):
		return errNoDevices
	}
	confirmed, err := a.confirmDeletion(x, req)
	if err != nil {
		return err
	}
	remembered, ok := confirmed.Params["devices"].([]any)
	if !ok {
		return errNoDevices
	}
	var ids []domain.DeviceID
	for _, id := range remembered {
		ids = append(ids, domain.DeviceID(id.(string)))
	}
	return a.delete(x, confirmed, ids...)
}

// confirmDeletion has the request confirmed by its user. An application service
// needs nobody's leave.
func (a *API) confirmDeletion(x *exchange, req application.Confirmation) (application.Confirmed, error) {
	if x.bearer.Appservice != "" {
		return application.Confirmed{Params: req.Params}, nil
	}
	return a.Confirm.Do(x.Request().Context(), req)
}

func (a *API) delete(x *exchange, confirmed application.Confirmed, ids ...domain.DeviceID) error {
	x.concerns(ids...)
	if err := a.Devices.Delete(x.Request().Context(), x.bearer, confirmed, ids...); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}

var errNoDevices = domain.Missing("devices")

// takeDeviceIDs takes "devices" out of a body: nil if it is not there, and
// otherwise strings, each once, in one order, so that the same devices are the
// same request.
func takeDeviceIDs(body map[string]any) ([]any, error) {
	devices, err := take[[]any](body, "devices", "a list")
	if err != nil || devices == nil {
		return nil, err
	}
	for _, value := range *devices {
		id, ok := value.(string)
		if !ok {
			return nil, domain.Refuse(errBadJSON, "bad_json", "devices must be a list of strings")
		}
		if _, err := domain.ParseDeviceID(id); err != nil {
			return nil, err
		}
	}
	ids := append([]any{}, *devices...)
	slices.SortFunc(ids, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return slices.Compact(ids), nil
}
