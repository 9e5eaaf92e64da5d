package httpapi

import (
	"net/http"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// registrationNonce answers GET /_synapse/admin/v1/register.
func (a *API) registrationNonce(x *exchange) error {
	nonce, err := a.SignedRegistration.Nonce(x.Request().Context(), x.address())
	if err != nil {
		return err
	}
	writeJSON(x.Response(), http.StatusOK, map[string]domain.Token{"nonce": nonce})
	return nil
}

// registerSigned answers POST /_synapse/admin/v1/register.
func (a *API) registerSigned(x *exchange) error {
	body, err := readObject(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return err
	}
	req, err := takeSigned(body)
	if err != nil {
		return err
	}
	req.Address = x.address()
	x.account.actor = domain.ActorSecret
	result, err := a.SignedRegistration.Do(x.Request().Context(), req)
	return a.answerRegistration(x, result, err)
}

func takeSigned(body map[string]any) (req application.SignedRequest, err error) {
	for _, field := range []struct {
		name   string
		value  *string
		needed bool
	}{
		{"nonce", &req.Nonce, true},
		{"password", &req.Password, true},
		{"mac", &req.MAC, true},
		{"displayname", &req.DisplayName, false},
		{"user_type", &req.UserType, false},
	} {
		value, err := take[string](body, field.name, "a string")
		if err != nil {
			return req, err
		}
		if value == nil && field.needed {
			return req, domain.Missing(field.name)
		}
		*field.value = valueOf(value)
	}
	admin, err := take[bool](body, "admin", "a boolean")
	if err != nil {
		return req, err
	}
	req.Admin = valueOf(admin)
	req.Wanted, err = takeWanted(body)
	return req, err
}
