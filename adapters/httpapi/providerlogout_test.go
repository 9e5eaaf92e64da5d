package httpapi_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/domain"
)

// gates is a provider whose logout tokens say what comes of them.
type gates map[string]error

func (g gates) VerifyLogout(_ context.Context, provider, token string) (domain.ProviderLogout, error) {
	if provider != "the/gate" {
		return domain.ProviderLogout{}, domain.ErrNotFound
	}
	return domain.ProviderLogout{Session: domain.TokenHash{1}}, g[token]
}

// A provider that is refused for what it sent is told in the words of OpenID
// Connect Back-Channel Logout 1.0, 2.8; what is our fault is none of its.
func TestAnswersToLogoutTokens(t *testing.T) {
	d := newDoor(func(a *httpapi.API) {
		a.ProviderLogout.Tokens = gates{
			"forged": domain.Refuse(domain.ErrForbidden, "forged", "It is forged"), "down": domain.ErrUnavailable, "broken": errors.New("bang"),
		}
	})
	for _, c := range []struct {
		provider, body string
		status         int
		text           string
	}{
		{"the%2Fgate", "logout_token=good", 200, ""},
		{"the%2Fgate", "logout_token=forged", 400, `{"error":"invalid_request","error_description":"It is forged"}`},
		{"the%2Fgate", "", 400, `{"error":"invalid_request","error_description":"Missing parameter: logout_token"}`},
		{"the%2Fgate", "logout_token=down", 503, `{"errcode":"M_UNKNOWN","error":"Temporarily unavailable, try again later"}`},
		{"the%2Fgate", "logout_token=broken", 500, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`},
		{"other", "logout_token=good", 404, `{"errcode":"M_NOT_FOUND","error":"Not found"}`},
	} {
		a := d.do(t, "POST", "/_doorward/backchannel-logout/"+c.provider, c.body, "Content-Type: application/x-www-form-urlencoded")
		if a.status != c.status || a.text != c.text || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %q: got %d %s", c.provider, c.body, a.status, a.text)
		}
	}
}
