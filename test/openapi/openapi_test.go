// Package openapi_test holds the answers of the client-server API against the
// OpenAPI files of the Matrix specification.
package openapi_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// names is a login type: the token is the user's name.
type names struct{}

func (names) Verify(_ context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil {
		return domain.Claims{}, domain.ErrForbidden
	}
	return domain.Claims{Localpart: *cred.Token, Register: true}, nil
}

func newAPI() (http.Handler, *memstore.Store) {
	store := memstore.New()
	sessions := store.Repositories().Sessions
	lifetimes := domain.Lifetimes{Access: time.Hour, RefreshableAccess: time.Minute}
	return httpapi.New(httpapi.API{
		Login: application.Login{
			Server:    "example.org",
			Types:     application.LoginTypes{{Name: "org.example.name", Verifier: names{}}},
			Sessions:  sessions,
			Lifetimes: lifetimes,
			Now:       time.Now,
		},
		Authenticate: application.Authenticate{Sessions: sessions, Now: time.Now},
		Refresh:      application.Refresh{Sessions: sessions, Lifetimes: lifetimes, Now: time.Now},
		Logout:       application.Logout{Sessions: sessions},
		LogoutAll:    application.LogoutAll{Sessions: sessions},
		Ping:         store.Ping,
		Settings:     httpapi.Settings{ServerName: "example.org", PublicBaseURL: "https://matrix.example.org/"},
		Log:          slog.New(slog.DiscardHandler),
		Now:          time.Now,
	}), store
}

func TestAnswersAreAsTheSpecificationDescribesThem(t *testing.T) {
	const v3 = "/_matrix/client/v3"
	api, store := newAPI()
	token := login(t, api, "alice")
	refresh := session(t, api, `{"type":"org.example.name","token":"alice","refresh_token":true}`).RefreshToken
	leaving, leavingAll, locked := login(t, api, "bob"), login(t, api, "carol"), login(t, api, "dora")
	if err := store.Repositories().Users.Update(t.Context(), domain.User{ID: "@dora:example.org", Locked: true}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, prefix, method, path, body, token string
		status                                  int
	}{
		{"login", v3, "GET", "/login", "", "", 200},
		{"login", v3, "POST", "/login", `{"type":"org.example.name","token":"alice"}`, "", 200},
		{"login", v3, "POST", "/login", `{"type":"org.example.name"}`, "", 403},
		{"login", v3, "POST", "/login", `{"type":"unknown"}`, "", 400},
		{"login", v3, "POST", "/login", `{`, "", 400},
		{"login", v3, "POST", "/login", `{"type":"org.example.name","token":"dora"}`, "", 401},
		{"login", v3, "POST", "/login", strings.Repeat(" ", 1<<20), "", 413},
		{"login", v3, "PUT", "/login", "", "", 405},
		{"login", v3, "GET", "/login/", "", "", 404},
		{"login", v3, "POST", "/login", `{"type":"org.example.name","token":"alice","refresh_token":true}`, "", 200},
		{"refresh", v3, "POST", "/refresh", `{"refresh_token":"` + refresh + `"}`, "", 200},
		{"refresh", v3, "POST", "/refresh", `{"refresh_token":"rubbish"}`, "", 401},
		{"refresh", v3, "POST", "/refresh", `{}`, "", 400},
		{"whoami", v3, "GET", "/account/whoami", "", token, 200},
		{"whoami", v3, "GET", "/account/whoami", "", "", 401},
		{"whoami", v3, "GET", "/account/whoami", "", "rubbish", 401},
		{"whoami", v3, "GET", "/account/whoami", "", locked, 401},
		{"logout", v3, "POST", "/logout", "", leaving, 200},
		{"logout", v3, "POST", "/logout", "", leaving, 401},
		{"logout", v3, "POST", "/logout/all", "", leavingAll, 200},
		{"versions", "/_matrix/client", "GET", "/versions", "", "", 200},
		{"wellknown", "/.well-known", "GET", "/matrix/client", "", "", 200},
	} {
		t.Run(c.method+" "+c.path+" "+http.StatusText(c.status), func(t *testing.T) {
			res := send(api, c.method, c.prefix+c.path, c.body, c.token)
			if res.Code != c.status {
				t.Fatalf("%d %s, want %d", res.Code, res.Body, c.status)
			}
			if kind, _, _ := mime.ParseMediaType(res.Header().Get("Content-Type")); kind != "application/json" {
				t.Errorf("Content-Type %q", res.Header().Get("Content-Type"))
			}
			var value any
			if err := json.Unmarshal(res.Body.Bytes(), &value); err != nil {
				t.Fatal(err)
			}
			schema := describe(t, c.file, c.method, c.path, c.status)
			if err := schema.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
				t.Errorf("%s: %v", res.Body, err)
			}
		})
	}
}

// describe returns the schema of an answer: the one that the file has for the
// status, or, for a status that all endpoints share, that of the standard
// error.
func describe(t *testing.T, file, method, path string, status int) *openapi3.Schema {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	doc, err := loader.LoadFromFile(filepath.Join("api/client-server", file+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if item := doc.Paths.Value(path); item != nil {
		if operation := item.GetOperation(method); operation != nil {
			if response := operation.Responses.Status(status); response != nil {
				return response.Value.Content.Get("application/json").Schema.Value
			}
		}
	}
	if status == http.StatusOK {
		t.Fatalf("%s.yaml does not describe %s %s", file, method, path)
	}
	return describe(t, "login", http.MethodPost, "/login", http.StatusForbidden)
}

func login(t *testing.T, api http.Handler, name string) string {
	t.Helper()
	return session(t, api, `{"type":"org.example.name","token":"`+name+`"}`).AccessToken
}

type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

func session(t *testing.T, api http.Handler, body string) (got tokens) {
	t.Helper()
	res := send(api, http.MethodPost, "/_matrix/client/v3/login", body, "")
	if err := json.Unmarshal(res.Body.Bytes(), &got); err != nil || got.AccessToken == "" {
		t.Fatalf("%d %s", res.Code, res.Body)
	}
	return got
}

func send(api http.Handler, method, path, body, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}
