//go:build synapse

// Package synapse runs a real Synapse that delegates authentication.
// `make test-synapse` installs one and runs this.
package synapse

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

// secret is shared by a Synapse and those to whom it delegates. It has no
// spaces: Synapse does not find one with spaces in a header.
const secret = "a-secret-of-tests-with-32-bytes-or-more"

func TestSynapseAsksWhoseATokenIsAndForgetsItWithItsDevice(t *testing.T) {
	for name, database := range map[string]func(*server) map[string]any{
		"SQLite":   (*server).sqlite,
		"Postgres": func(s *server) map[string]any { return inPostgres(s.t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.start(introspection(t), secret, database(s))
			s.provision("provision_user", `{"localpart": "alice"}`, http.StatusCreated)
			s.provision("upsert_device", `{"localpart": "alice", "device_id": "PHONE"}`, http.StatusCreated)

			who := s.expect(http.StatusOK, "GET", "/account/whoami", "the-token", "")
			if who["user_id"] != "@alice:"+serverName || who["device_id"] != "PHONE" {
				t.Errorf("whoami: %v", who)
			}
			room, ok := s.expect(http.StatusOK, "POST", "/createRoom", "the-token", "{}")["room_id"].(string)
			if !ok {
				t.Fatal("createRoom gave no room")
			}
			message := s.expect(http.StatusOK, "PUT", "/rooms/"+room+"/send/m.room.message/1", "the-token",
				`{"msgtype": "m.text", "body": "hello"}`)
			synced, err := json.Marshal(s.expect(http.StatusOK, "GET", "/sync?timeout=0", "the-token", ""))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(synced), fmt.Sprintf("%q", message["event_id"])) {
				t.Errorf("the message %v is not in what was synced: %s", message, synced)
			}
			s.expect(http.StatusUnauthorized, "GET", "/account/whoami", "another-token", "")

			s.provision("delete_device", `{"localpart": "alice", "device_id": "PHONE"}`, http.StatusNoContent)
			s.expect(http.StatusUnauthorized, "GET", "/account/whoami", "the-token", "")
		})
	}
}

// introspection is the address of a service that knows one token.
func introspection(t *testing.T) string {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"active": false}`
		if r.FormValue("token") == "the-token" {
			answer = `{"active": true, "scope": "urn:matrix:client:api:*", "username": "alice", "device_id": "PHONE"}`
		}
		if r.Method != http.MethodPost || r.URL.Path != "/oauth2/introspect" || r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("Synapse asked %s %s", r.Method, r.URL)
		}
		io.WriteString(w, answer)
	}))
	t.Cleanup(service.Close)
	return service.URL
}

// provision calls the part of Synapse that is for the service to which it
// delegates.
func (s *server) provision(call, body string, want int) {
	s.t.Helper()
	if status, answer := s.do("POST", "/_synapse/mas/"+call, secret, body); status != want {
		s.t.Fatalf("%s %s: %d %s", call, body, status, answer)
	}
}

// expect is do for the client API, where it wants a status and a JSON object.
func (s *server) expect(want int, method, path, token, body string) map[string]any {
	s.t.Helper()
	status, answer := s.do(method, "/_matrix/client/v3"+path, token, body)
	if status != want {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, status, answer, want)
	}
	var object map[string]any
	if err := json.Unmarshal(answer, &object); err != nil {
		s.t.Fatalf("%s %s: %v: %q", method, path, err, answer)
	}
	return object
}

// do sends a request and returns its status and body.
func (s *server) do(method, path, token, body string) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, answer
}
