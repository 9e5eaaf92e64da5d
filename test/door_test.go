// Package test looks at Doorward from outside: scenarios over HTTP on every
// variant of the composition, and the architecture.
package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/openapi"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

// A door is a running Doorward.
type door struct {
	*compose.App
	url string
	log *logBuffer
	now *time.Time // the door's clock, once it has one of its own
}

// variants are the stores that every scenario runs on, by the URL of a fresh one.
var variants = []struct {
	name string
	url  func(t *testing.T) string
}{
	{"Memory", func(*testing.T) string { return "memory:" }},
	{"SQLite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "doorward.db") }},
	{"Postgres", func(t *testing.T) string { return postgres.Open(t) }},
}

// onEveryVariant runs a scenario on a fresh door of each variant. settings is
// the configuration less the database.
func onEveryVariant(t *testing.T, settings string, scenario func(t *testing.T, d *door)) {
	t.Helper()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			scenario(t, open(t, settings, v.url(t)))
		})
	}
}

func open(t *testing.T, settings, database string) *door {
	t.Helper()
	d := &door{log: &logBuffer{}}
	d.openAt(t, settings, database, d.clock)
	return d
}

// openAt opens the door on a clock.
func (d *door) openAt(t *testing.T, settings, database string, clock func() time.Time) {
	t.Helper()
	environ := []string{"DOORWARD_DATABASE_URL=" + database}
	if !strings.Contains(settings, "rate_limits") {
		environ = append(environ, "DOORWARD_RATE_LIMITS_ENABLED=false") // a scenario is in more of a hurry than people are
	}
	cfg, err := config.Parse("test", []byte(settings), environ)
	if err != nil {
		t.Fatal(err)
	}
	app, release, err := compose.OpenAt(t.Context(), cfg, clock, slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	server := httptest.NewServer(app.Handler())
	t.Cleanup(server.Close)
	d.App, d.url = app, server.URL
}

func (d *door) clock() time.Time {
	if d.now == nil {
		return time.Now()
	}
	return *d.now
}

// setClock gives the door a clock of its own, which stands still. It is set
// while no request is under way.
func (d *door) setClock() (now *time.Time) {
	if d.now == nil {
		at := time.Now()
		d.now = &at
	}
	return d.now
}

// change changes a user who is there.
func (d *door) change(t *testing.T, id domain.UserID, change func(*domain.User)) {
	t.Helper()
	_, err := d.Storage.Repositories().Users.Update(t.Context(), id, func(u *domain.User) error { change(u); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.raw) }

// text returns a member of the body that is a string.
func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// do sends a request; token may be empty.
func (d *door) do(t *testing.T, method, path, token, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return send(t, req)
}

func send(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if isSpecified(req.URL.Path) {
		if err := openapi.Validate(req.Method, req.URL.EscapedPath(), a.status, raw); err != nil {
			t.Errorf("%s %s: %v: %s", req.Method, req.URL.EscapedPath(), err, a)
		}
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			t.Errorf("%s %s: the answer is no JSON object: %s", req.Method, req.URL.Path, a)
		}
	}
	return a
}

// isSpecified says whether the Matrix specification describes what is answered
// at a path.
func isSpecified(path string) bool {
	return strings.HasPrefix(path, "/_matrix/client/") || strings.HasPrefix(path, "/_matrix/federation/v1/openid/") ||
		strings.HasPrefix(path, "/.well-known/matrix/")
}

const loginPath = "/_matrix/client/v3/login"

// login posts a login with a JWT and further members of the body.
func (d *door) login(t *testing.T, jwt string, more ...string) answer {
	t.Helper()
	return d.do(t, "POST", loginPath, "", loginBody(jwt, more...))
}

func loginBody(jwt string, more ...string) string {
	members := append([]string{`"type":"org.matrix.login.jwt"`, fmt.Sprintf(`"token":%q`, jwt)}, more...)
	return "{" + strings.Join(members, ",") + "}"
}

// mustLogin logs in and returns the access token.
func (d *door) mustLogin(t *testing.T, jwt string, more ...string) string {
	t.Helper()
	a := d.login(t, jwt, more...)
	if a.status != 200 || a.text("access_token") == "" {
		t.Fatalf("login: %s", a)
	}
	return a.text("access_token")
}

// whoami asks whose a token is.
func (d *door) whoami(t *testing.T, token string) answer {
	t.Helper()
	return d.do(t, "GET", "/_matrix/client/v3/account/whoami", token, "")
}

// A logBuffer collects the log.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns what was logged so far.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
