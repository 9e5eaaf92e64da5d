package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// adminPutUser answers PUT /_synapse/admin/v2/users/{userId}.
func (a *API) adminPutUser(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	change, err := accountChange(body)
	if err != nil {
		return err
	}
	x.changes(change.Audited())
	account, created, err := a.Administer.Put(x.Request().Context(), x.bearer, user, change)
	if err != nil {
		return err
	}
	x.account.created = created
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	writeJSON(x.Response(), status, accountOf(account))
	return nil
}

// accountChange takes the body of a change apart. Types of users make no
// difference here, and are not looked at.
func accountChange(body map[string]any) (c application.AccountChange, err error) {
	for _, text := range []struct {
		name string
		to   **string
	}{{"password", &c.Password}, {"displayname", &c.DisplayName}, {"avatar_url", &c.AvatarURL}} {
		if *text.to, err = take[string](body, text.name, "a string"); err != nil {
			return c, err
		}
	}
	for _, flag := range []struct {
		name string
		to   **bool
	}{{"admin", &c.Admin}, {"locked", &c.Locked}, {"suspended", &c.Suspended}, {"deactivated", &c.Deactivated}} {
		if *flag.to, err = take[bool](body, flag.name, "a boolean"); err != nil {
			return c, err
		}
	}
	if c.KeepSessions, err = takeKeepSessions(body); err != nil {
		return c, err
	}
	external, err := take[[]any](body, "external_ids", "a list")
	if err != nil {
		return c, err
	}
	if external != nil && len(*external) > 0 {
		return c, domain.Refuse(domain.ErrInvalidParam, "external_ids", "external_ids cannot be set here")
	}
	c.ThirdPartyIDs, err = takeThreePIDs(body)
	return c, err
}

// takeKeepSessions takes "logout_devices", and says whether sessions stay.
func takeKeepSessions(body map[string]any) (bool, error) {
	logout, err := take[bool](body, "logout_devices", "a boolean")
	return logout != nil && !*logout, err
}

// takeThreePIDs takes "threepids"; nil if it is not there.
func takeThreePIDs(body map[string]any) (*[]domain.ThirdPartyID, error) {
	list, err := take[[]any](body, "threepids", "a list")
	if err != nil || list == nil {
		return nil, err
	}
	ids := []domain.ThirdPartyID{}
	for _, item := range *list {
		object, _ := item.(map[string]any)
		medium, isText := object["medium"].(string)
		address, isTextToo := object["address"].(string)
		if !isText || !isTextToo {
			return nil, domain.Refuse(errBadJSON, "bad_json", "threepids must be a list of objects with medium and address")
		}
		id := domain.ThirdPartyID{Medium: domain.Medium(medium)}
		if id.Address, err = addresses.Canonical(id.Medium, address); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return &ids, nil
}

// takeInteger takes a whole number that JSON can hold exactly; nil if it is not
// there.
func takeInteger(body map[string]any, name string) (*int64, error) {
	const most = 1<<53 - 1 // RFC 8259, 6
	value, err := take[json.Number](body, name, "a whole number")
	if err != nil || value == nil {
		return nil, err
	}
	n, err := value.Int64()
	if err != nil || n < -most || n > most {
		return nil, domain.Refuse(errBadJSON, "bad_json", name+" must be a whole number")
	}
	return &n, nil
}

// changeAccount makes a change to the user that the path names, and answers.
func (a *API) changeAccount(x *exchange, user domain.UserID, change application.AccountChange, answer any) error {
	x.changes(change.Audited())
	if _, err := a.Administer.Change(x.Request().Context(), x.bearer, user, change); err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, answer)
	return nil
}

// adminDeactivate answers POST /_synapse/admin/v1/deactivate/{userId}.
func (a *API) adminDeactivate(x *exchange) error {
	account, err := a.accountParam(x)
	if err != nil {
		return err
	}
	body, err := readObjectIfAny(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	erase, err := take[bool](body, application.Erase, "a boolean")
	if err != nil {
		return err
	}
	answer := unbindResponse{unbound}
	if len(account.ThirdPartyIDs) > 0 {
		answer.Result = notUnbound
	}
	change := application.AccountChange{Deactivated: new(true), Erase: erase != nil && *erase}
	return a.changeAccount(x, account.ID, change, answer)
}

// adminSuspend answers PUT /_synapse/admin/v1/suspend/{userId}.
func (a *API) adminSuspend(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	suspend, err := a.readBool(x, "suspend")
	if err != nil {
		return err
	}
	return a.changeAccount(x, user, application.AccountChange{Suspended: &suspend},
		map[string]bool{"user_" + string(user) + "_suspended": suspend})
}

// adminResetPassword answers POST /_synapse/admin/v1/reset_password/{userId}.
func (a *API) adminResetPassword(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	change := application.AccountChange{}
	if change.Password, err = take[string](body, "new_password", "a string"); err != nil {
		return err
	}
	if change.KeepSessions, err = takeKeepSessions(body); err != nil {
		return err
	}
	if change.Password == nil {
		return domain.Missing("new_password")
	}
	return a.changeAccount(x, user, change, struct{}{})
}

// adminSetAdmin answers PUT /_synapse/admin/v1/users/{userId}/admin.
func (a *API) adminSetAdmin(x *exchange) error {
	user, err := a.userParam(x)
	if err != nil {
		return err
	}
	admin, err := a.readBool(x, "admin")
	if err != nil {
		return err
	}
	return a.changeAccount(x, user, application.AccountChange{Admin: &admin}, struct{}{})
}
