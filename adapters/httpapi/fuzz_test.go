package httpapi_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/domain"
)

// anybody is a login type that believes every name.
type anybody struct{}

func (anybody) Verify(_ context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil {
		return domain.Claims{}, domain.ErrForbidden
	}
	return domain.Claims{Localpart: *cred.Token, Register: true}, nil
}

// FuzzLoginBody: whatever is posted, the answer is a session, or a standard
// error that is not our fault.
func FuzzLoginBody(f *testing.F) {
	for _, seed := range []string{
		goodLogin,
		`{"type":"org.example.badge","token":"alice","device_id":"😀","initial_device_display_name":null,"refresh_token":true}`,
		`{"type":"org.example.badge","token":"\u0061lice","x":{"y":[1e9,-0.5]}}`,
		`{"type":1}`, `{"type":"\u0000"}`, `{"type":"\ud800"}`, `[]`, `null`, ``, `{}{}`, "\xef\xbb\xbf{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := newDoor(func(a *httpapi.API) { a.Login.Types[0].Verifier = anybody{} })
		a := d.send(t, httptest.NewRequest("POST", loginPath, strings.NewReader(body)))
		user, _ := a.body["user_id"].(string)
		text, hasText := a.body["error"].(string)
		session := a.status == 200 && user != "" && a.errcode() == ""
		refusal := 400 <= a.status && a.status < 500 && a.errcode() != "" && hasText && text != ""
		if !session && !refusal {
			t.Errorf("%q: %d %s", body, a.status, a.text)
		}
	})
}
