//go:build synapse

package synapse

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// example is the part of Synapse's configuration that operators copy.
const example = "../../config/examples/synapse.yaml"

// configure lets Synapse delegate authentication to the service at authURL, as the
// example does. The test's end stops it, before the database goes.
func (s *server) configure(t *testing.T, authURL, secret string, database map[string]any) {
	t.Helper()
	copied, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "example.yaml", copied)
	s.write(t, "signing.key", signingKey())
	s.write(t, "log.yaml", mustJSON(t, logging))
	s.write(t, "homeserver.yaml", mustJSON(t, s.settings(authURL, secret, database)))
	t.Cleanup(func() { s.stop(t) })
}

// settings is what Synapse's configuration has otherwise than the example, or beside
// it. In it nothing limits the rate of what a test does.
func (s *server) settings(authURL, secret string, database map[string]any) map[string]any {
	unlimited := map[string]any{"per_second": 1e6, "burst_count": 1e6}
	return map[string]any{
		"server_name":      serverName,
		"report_stats":     false,
		"signing_key_path": s.home + "/signing.key",
		"log_config":       s.home + "/log.yaml",
		"media_store_path": s.home + "/media",
		"database":         database,
		"listeners": []any{map[string]any{
			"type": "http", "port": s.port, "bind_addresses": []string{"127.0.0.1"},
			"resources": []any{map[string]any{"names": []string{"client"}}},
		}},
		"matrix_authentication_service": map[string]any{"enabled": true, "endpoint": authURL, "secret": secret},
		"trusted_key_servers":           []any{},
		"macaroon_secret_key":           "only for tests",
		"form_secret":                   "only for tests",
		"rc_message":                    unlimited,
		"rc_joins":                      map[string]any{"local": unlimited, "remote": unlimited},
	}
}

// logging sends all that Synapse logs to its standard error.
var logging = map[string]any{
	"version":                  1,
	"disable_existing_loggers": false,
	"formatters": map[string]any{
		"line": map[string]any{"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
	},
	"handlers": map[string]any{
		"stderr": map[string]any{"class": "logging.StreamHandler", "formatter": "line"},
	},
	"root": map[string]any{"level": "INFO", "handlers": []string{"stderr"}},
}

// sqlite is the database of a Synapse that has nothing but its folder.
func (s *server) sqlite() map[string]any {
	return map[string]any{"name": "sqlite3", "args": map[string]any{"database": s.home + "/homeserver.db"}}
}

// signingKey is a new key in the form that Synapse reads.
func signingKey() []byte {
	var seed [32]byte
	rand.Read(seed[:])
	return []byte("ed25519 a_test " + base64.RawStdEncoding.EncodeToString(seed[:]) + "\n")
}

func (s *server) write(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join(s.root, s.home, name)
	if err := errors.Join(os.WriteFile(path, content, 0o600), os.Chown(path, int(s.account.Uid), int(s.account.Gid))); err != nil {
		t.Fatal(err)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
