package httpapi

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/domain"
)

// HomeserverSettings are what the homeserver that delegates authentication is told,
// and by what it is known.
type HomeserverSettings struct {
	// Secret is the hash of the bearer token with which it asks. Zero is the hash of
	// no token: it asks in vain.
	Secret domain.TokenHash
	// Issuer is what this service is called in its metadata (RFC 8414, 2), and
	// AccountManagementURI is where people manage their account.
	Issuer, AccountManagementURI string
}

// crossSigningPath is where Synapse's admin API lets a user replace its keys.
const crossSigningPath = adminPrefix + "/v1/users/:user/_allow_cross_signing_replacement_without_uia"

// homeserverRoutes registers what there is for a homeserver that delegates
// authentication, and nothing if none does. There is no OAuth for clients: the
// metadata has nothing by which they could try, and what the specification calls
// "Server metadata discovery" is not there.
func (a *API) homeserverRoutes(e *echo.Echo) {
	if a.Delegation == nil {
		return
	}
	e.GET("/.well-known/openid-configuration", handle(a.metadata))
	e.POST("/oauth2/introspect", handleOAuth(a.introspect))
	e.POST("/oauth2/revoke", handleOAuth(a.revoke))
	e.POST(crossSigningPath, a.administrator(a.allowCrossSigningReset))
}

// metadata answers GET /.well-known/openid-configuration, which the homeserver
// passes on to clients.
func (a *API) metadata(x *exchange) error {
	writeJSON(x.Response(), http.StatusOK, map[string]string{
		"issuer":                 a.Settings.Homeserver.Issuer,
		"account_management_uri": a.Settings.Homeserver.AccountManagementURI,
	})
	return nil
}

var (
	errMissingSecret = domain.Refuse(domain.ErrMissingToken, "missing_secret", "Missing secret")
	errWrongSecret   = domain.Refuse(domain.ErrUnknownToken, "wrong_secret", "Wrong secret")
)

// isHomeserver returns nil if it is the homeserver who asks. Whoever is not is
// counted among the refused logins of its address; the homeserver itself, which may
// share that with clients, is never held up.
func (a *API) isHomeserver(x *exchange) error {
	secret := domain.Token(headerToken(x.Request()))
	if secret == "" {
		return errMissingSecret
	}
	hash := secret.Hash()
	if subtle.ConstantTimeCompare(hash[:], a.Settings.Homeserver.Secret[:]) == 1 {
		return nil
	}
	if address := x.address(); address != "" {
		failed := domain.Bucket{Limit: domain.LimitFailed, Key: "address:" + address}
		if err := a.Login.Limiter.Take(x.Request().Context(), failed); err != nil {
			return err
		}
	}
	return errWrongSecret
}

// askedToken returns the token that the homeserver asks about, which is whatever a
// client presented there. What kind it is said to be makes no difference (RFC 7009
// and RFC 7662, 2.1).
func (a *API) askedToken(x *exchange) (string, error) {
	if err := a.isHomeserver(x); err != nil {
		return "", err
	}
	media, _, err := mime.ParseMediaType(x.Request().Header.Get("Content-Type"))
	if err != nil || media != echo.MIMEApplicationForm {
		return "", errBadForm
	}
	form, err := readFormOfBytes(x.Response(), x.Request(), a.Settings.MaxBodyBytes)
	if err != nil {
		return "", err
	}
	// Parameters come once (RFC 6749, 3.2). An empty one is a token that is no good.
	if len(form["token"]) != 1 {
		return "", domain.Missing("token")
	}
	return form.Get("token"), nil
}

// An introspectionResponse says what a token is good for (RFC 7662, 2.2); of one
// that is good for nothing, no more than that. DeviceID is the homeservers' own.
type introspectionResponse struct {
	Active   bool            `json:"active"`
	Scope    string          `json:"scope,omitempty"`
	Username string          `json:"username,omitempty"`
	DeviceID domain.DeviceID `json:"device_id,omitempty"`
	Subject  domain.UserID   `json:"sub,omitempty"`
	// ExpiresIn is in whole seconds, and left out if the token does not expire.
	ExpiresIn int64 `json:"expires_in,omitempty"`
}

func introspectionOf(i domain.Introspection) introspectionResponse {
	if !i.Active {
		return introspectionResponse{}
	}
	answer := introspectionResponse{
		Active: true, Scope: i.Scope(), Username: i.User.Localpart(), DeviceID: i.Device, Subject: i.User,
	}
	if i.ExpiresIn != 0 {
		// Rounded down, but not to what would be none.
		answer.ExpiresIn = max(int64(i.ExpiresIn/time.Second), 1)
	}
	return answer
}

// introspect answers POST /oauth2/introspect. From where the device is used, only
// the homeserver knows.
func (a *API) introspect(x *exchange) error {
	token, err := a.askedToken(x)
	if err != nil {
		return err
	}
	found, err := a.Introspect.Do(x.Request().Context(), token)
	if err != nil {
		return err
	}
	x.account.user, x.account.device = found.User, string(found.Device)
	writeJSON(x.Response(), http.StatusOK, introspectionOf(found))
	return nil
}
