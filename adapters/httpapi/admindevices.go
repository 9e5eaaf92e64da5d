package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

func (a *API) adminDeviceRoutes(e *echo.Echo) {
	const user = adminPrefix + "/v2/users/:user"
	e.GET(user+"/devices", a.administrator(a.adminListDevices))
	e.GET(user+"/devices/:device", a.administrator(a.adminGetDevice))
	e.PUT(user+"/devices/:device", a.administrator(a.adminPutDevice))
	e.DELETE(user+"/devices/:device", a.administrator(a.adminDeleteDevice))
	e.POST(user+"/delete_devices", a.administrator(a.adminDeleteDevices))
}

// An adminDevice is a device as administrators see it. What is unknown is null.
type adminDevice struct {
	DeviceID          domain.DeviceID `json:"device_id"`
	UserID            domain.UserID   `json:"user_id"`
	DisplayName       *string         `json:"display_name"`
	LastSeenIP        *string         `json:"last_seen_ip"`
	LastSeenUserAgent *string         `json:"last_seen_user_agent"`
	LastSeenTS        *int64          `json:"last_seen_ts"`
}

func adminDeviceOf(d domain.Device) adminDevice {
	answer := adminDevice{
		DeviceID: d.ID, UserID: d.UserID, DisplayName: orNull(d.DisplayName),
		LastSeenIP: orNull(d.LastSeen.Address), LastSeenUserAgent: orNull(d.LastSeen.UserAgent),
	}
	if !d.LastSeen.At.IsZero() {
		answer.LastSeenTS = new(d.LastSeen.At.UnixMilli())
	}
	return answer
}

// adminListDevices answers GET /_synapse/admin/v2/users/{userId}/devices.
func (a *API) adminListDevices(x *exchange) error {
	account, err := a.accountParam(x)
	if err != nil {
		return err
	}
	devices := make([]adminDevice, len(account.Devices))
	for i, d := range account.Devices {
		devices[i] = adminDeviceOf(d)
	}
	writeJSON(x.Response(), http.StatusOK, map[string]any{"devices": devices, "total": len(devices)})
	return nil
}

// userAndDevice returns the user and the device that the path names.
func (a *API) userAndDevice(x *exchange) (user domain.UserID, device domain.DeviceID, err error) {
	if user, err = a.userParam(x); err != nil {
		return "", "", err
	}
	device, err = deviceParam(x)
	x.concerns(device)
	return user, device, err
}

// adminGetDevice answers GET …/devices/{deviceId}.
func (a *API) adminGetDevice(x *exchange) error {
	user, device, err := a.userAndDevice(x)
	if err != nil {
		return err
	}
	found, err := a.Devices.ByID(x.Request().Context(), user, device)
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, adminDeviceOf(found))
	return nil
}

// adminPutDevice answers PUT …/devices/{deviceId}.
func (a *API) adminPutDevice(x *exchange) error {
	user, device, err := a.userAndDevice(x)
	if err != nil {
		return err
	}
	body, err := readObjectIfAny(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	name, err := take[string](body, "display_name", "a string")
	if err != nil {
		return err
	}
	if _, err := a.Devices.Put(x.Request().Context(), domain.Bearer{User: domain.User{ID: user}}, device, name); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}

// adminDeleteDevice answers DELETE …/devices/{deviceId}.
func (a *API) adminDeleteDevice(x *exchange) error {
	user, device, err := a.userAndDevice(x)
	if err != nil {
		return err
	}
	return a.adminDelete(x, user, device)
}

// adminDeleteDevices answers POST …/delete_devices.
func (a *API) adminDeleteDevices(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
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
	if named == nil {
		return errNoDevices
	}
	var devices []domain.DeviceID
	for _, id := range named {
		devices = append(devices, domain.DeviceID(id.(string)))
	}
	return a.adminDelete(x, user, devices...)
}

func (a *API) adminDelete(x *exchange, user domain.UserID, devices ...domain.DeviceID) error {
	x.concerns(devices...)
	if err := a.Administer.DeleteDevices(x.Request().Context(), user, devices...); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, struct{}{})
	return nil
}
