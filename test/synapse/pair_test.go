//go:build synapse

package synapse

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// secret is what both share, and adminToken what Doorward's administrator has.
const (
	secret     = "a-secret-of-tests-with-32-bytes-or-more"
	adminToken = "an-administrators-token-of-tests-with-32-bytes"
)

// A pair is a Doorward and a Synapse that delegates to it, on databases of one
// kind.
type pair struct {
	*testing.T
	door    *doorward
	synapse *server
}

// onEachDatabase runs scenarios on SQLite and on PostgreSQL, at the same time: they
// mostly wait.
func onEachDatabase(t *testing.T, scenarios func(*pair)) {
	t.Parallel()
	for _, database := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			scenarios(newPair(t, database))
		})
	}
}

var databases = []string{"SQLite", "Postgres"}

// newPair starts both.
func newPair(t *testing.T, database string) *pair {
	t.Helper()
	p := &pair{T: t, synapse: newServer(t)}
	url, itsDatabase := "sqlite:"+filepath.Join(t.TempDir(), "doorward.db"), p.synapse.sqlite()
	if database == "Postgres" {
		url, itsDatabase = postgres.Open(t), inPostgres(t)
	}
	p.door = newDoorward(t, url, p.synapse.url)
	p.synapse.configure(t, p.door.url, secret, itsDatabase)
	p.synapse.start(t)
	return p
}

// scenario runs one with this pair.
func (p *pair) scenario(name string, scenario func(*pair)) {
	p.Run(name, func(t *testing.T) { scenario(&pair{T: t, door: p.door, synapse: p.synapse}) })
}

// An answer is a status and a JSON object.
type answer struct {
	status int
	object map[string]any
	raw    string
	took   time.Duration
}

func (a answer) String() string { return fmt.Sprintf("%d %s after %s", a.status, a.raw, a.took) }

// text returns a member; empty: it is not there, or no text.
func (a answer) text(member string) string {
	text, _ := a.object[member].(string)
	return text
}

// here and there send requests to Doorward and to Synapse, as a proxy before both
// would. A path that does not begin with _ is of the client API.
func (p *pair) here(method, path, token, body string) answer {
	p.Helper()
	return p.send(p.door.url, method, path, token, body)
}

func (p *pair) there(method, path, token, body string) answer {
	p.Helper()
	return p.send(p.synapse.url, method, path, token, body)
}

func (p *pair) send(base, method, path, token, body string) answer {
	p.Helper()
	began := time.Now()
	a, err := receive(p.request(base, method, path, token, body))
	if err != nil {
		p.Fatalf("%s %s: %v", method, path, err)
	}
	a.took = time.Since(began)
	return a
}

func (p *pair) request(base, method, path, token, body string) *http.Request {
	p.Helper()
	if !strings.HasPrefix(path, "/_") {
		path = "/_matrix/client/v3" + path
	}
	req, err := http.NewRequestWithContext(p.Context(), method, base+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req
}

func receive(req *http.Request) (a answer, err error) {
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a.status, a.raw = resp.StatusCode, string(raw)
	if len(raw) > 0 {
		err = json.Unmarshal(raw, &a.object)
	}
	return a, err
}

// want ends the test if the answer is not the one that is wanted; an empty errcode
// is none.
func (p *pair) want(what string, a answer, status int, errcode string) answer {
	p.Helper()
	if a.status != status || a.text("errcode") != errcode {
		p.Fatalf("%s: %s, want %d %s", what, a, status, errcode)
	}
	return a
}

// wantHere and wantThere want success.
func (p *pair) wantHere(method, path, token, body string) answer {
	p.Helper()
	return p.want(method+" "+path+" at Doorward", p.here(method, path, token, body), 200, "")
}

func (p *pair) wantThere(method, path, token, body string) answer {
	p.Helper()
	return p.want(method+" "+path+" at Synapse", p.there(method, path, token, body), 200, "")
}

// wantIn wants a token to be good at Synapse, for that device of the user.
func (p *pair) wantIn(token, localpart, device string) {
	p.Helper()
	a := p.wantThere("GET", "/account/whoami", token, "")
	if a.text("user_id") != id(localpart) || a.text("device_id") != device {
		p.Errorf("Synapse takes %s's %s for %s", localpart, device, a)
	}
}

// wantOut wants a token to be good for nothing at Synapse.
func (p *pair) wantOut(what, token string) {
	p.Helper()
	p.want(what+", at Synapse", p.there("GET", "/account/whoami", token, ""), 401, "M_UNKNOWN_TOKEN")
}

// within waits for what comes about by itself.
func (p *pair) within(limit time.Duration, what string, is func() bool) {
	p.Helper()
	for began := time.Now(); !is(); <-time.After(100 * time.Millisecond) {
		if time.Since(began) > limit {
			p.Fatalf("%s: not within %s", what, limit)
		}
	}
}

func id(localpart string) string { return "@" + localpart + ":" + serverName }
