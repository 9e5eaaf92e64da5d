package test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
)

// Whatever is done, neither the log nor the database holds what would open a
// session: no token, no password, no secret.
func TestNothingSecretIsLoggedOrStored(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			database := v.url(t)
			o := &tour{t: t, d: open(t, everything(t), database)}
			o.sessions()
			o.registrations()
			o.step("POST", registerPath+"?kind=guest", "", "{}")
			o.administration()
			o.everywhere()
			o.wantNothingSecret(database)
		})
	}
}

// wantNothingSecret wants neither the log nor the database to hold what is secret
// of the tour.
func (o *tour) wantNothingSecret(database string) {
	o.t.Helper()
	if len(o.secrets) < 50 {
		o.t.Errorf("only %d secrets were seen", len(o.secrets))
	}
	log := o.d.log.String()
	absent(o.t, "the log", log, append(o.secrets, secret))
	if !strings.Contains(log, "@grace:example.org") && !strings.Contains(log, "@alice:example.org") {
		o.t.Error("the log says nothing of users")
	}
	if database == "memory:" {
		return
	}
	o.d.records(o.t) // are written down
	stored := contents(o.t, database)
	for _, there := range []string{"@grace:example.org", "$argon2id$", "PHONE", "admin_granted"} {
		if !strings.Contains(stored, there) {
			o.t.Errorf("the database does not hold %q: it was not read", there)
		}
	}
	absent(o.t, "the database", stored, slices.DeleteFunc(append(o.secrets, secret), o.isInvitation))
}

func absent(t *testing.T, where, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		escaped, _ := json.Marshal(s)
		for _, form := range []string{s, strings.Trim(string(escaped), `"`), url.QueryEscape(s)} {
			if i := strings.Index(text, form); i >= 0 {
				t.Errorf("%s holds %q: %q", where, form, text[max(0, i-80):min(len(text), i+len(form)+20)])
				break
			}
		}
	}
}

// everywhere wants the tour to have been at every endpoint, and to have been
// answered well there. The older and the unstable paths lead to the same.
func (o *tour) everywhere() {
	o.t.Helper()
	var been []string
	for line := range strings.Lines(o.d.log.String()) {
		var entry struct {
			Msg, Method, Route string
			Status             int
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "request" && entry.Status < 300 {
			been = append(been, entry.Method+" "+entry.Route)
		}
	}
	router, ok := o.d.Handler().(*echo.Echo)
	if !ok {
		o.t.Fatal("the routes cannot be asked for")
	}
	for _, route := range router.Routes() {
		what := route.Method + " " + route.Path
		if !strings.Contains(what, "/r0/") && !strings.Contains(what, "/unstable/") && !slices.Contains(been, what) {
			o.t.Errorf("the tour was not at %s", what)
		}
	}
}

// contents returns all that a database holds, as text.
func contents(t *testing.T, database string) string {
	t.Helper()
	var all strings.Builder
	if file, ok := strings.CutPrefix(database, "sqlite:"); ok {
		names, err := filepath.Glob(file + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		return all.String()
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tables, err := texts(conn.Query(t.Context(), "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"))
	if err != nil || len(tables) < 5 {
		t.Fatalf("the tables are %v, %v", tables, err)
	}
	for _, table := range tables {
		rows, err := texts(conn.Query(t.Context(), fmt.Sprintf("SELECT t::text FROM %s t", pgx.Identifier{table}.Sanitize())))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(strings.Join(rows, "\n"))
	}
	return all.String()
}

func texts(rows pgx.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
