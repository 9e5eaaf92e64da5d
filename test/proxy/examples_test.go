package proxy_test

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"

	"github.com/google/go-cmp/cmp"
)

// A tree is what a configuration says, by the names in it.
type tree map[string]any

// at returns the value of a path such as listeners.0.port; nil: there is none.
func (v tree) at(path string) any {
	var value any = map[string]any(v)
	for _, name := range strings.Split(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[name]
		case []any:
			if name != "0" || len(inner) != 1 {
				return nil
			}
			value = inner[0]
		default:
			return nil
		}
	}
	return value
}

// read reads an example as its server would.
func read(t *testing.T, name string) tree {
	t.Helper()
	text := []byte(example(t, name))
	var v map[string]any
	unmarshal := func() error { return yaml.UnmarshalWithOptions(text, &v, yaml.Strict()) }
	if strings.HasSuffix(name, ".toml") {
		unmarshal = func() error { return toml.Unmarshal(text, &v) }
	}
	if err := unmarshal(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// Whoever copies them all has servers that find each other.
func TestTheExamplesFitTogether(t *testing.T) {
	ours, synapse, palpo := read(t, "doorward-delegated.yaml"), read(t, "synapse.yaml"), read(t, "palpo.toml")
	const listen, homeserver = "127.0.0.1:8008", "127.0.0.1:8018"
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"doorward server_name", ours.at("server_name"), "example.org"},
		{"synapse server_name", synapse.at("server_name"), "example.org"},
		{"palpo server_name", palpo.at("server_name"), "example.org"},
		{"doorward public_base_url", ours.at("public_base_url"), "https://matrix.example.org/"},
		{"synapse public_baseurl", synapse.at("public_baseurl"), "https://matrix.example.org/"},

		{"doorward listens", ours.at("http.listen"), listen},
		{"doorward believes the proxy", ours.at("http.trusted_proxies"), []any{"127.0.0.1", "::1"}},
		{"synapse asks doorward", synapse.at("matrix_authentication_service.endpoint"), "http://" + listen + "/"},
		{"palpo asks doorward", palpo.at("delegated_auth.introspection_endpoint"), "http://" + listen + "/oauth2/introspect"},

		{"doorward tells the homeserver", ours.at("homeserver.url"), "http://" + homeserver + "/"},
		{"synapse listens", synapse.at("listeners.0.port"), uint64(8018)},
		{"synapse listens here", synapse.at("listeners.0.bind_addresses"), []any{"127.0.0.1"}},
		{"synapse believes the proxy", synapse.at("listeners.0.x_forwarded"), true},
		{"palpo listens", palpo.at("listeners.0.address"), homeserver},

		{"palpo's issuer", palpo.at("delegated_auth.issuer"), ours.at("homeserver.issuer")},
		{"palpo's account page", palpo.at("delegated_auth.account_management_url"), ours.at("homeserver.account_management_url")},

		{"synapse delegates", synapse.at("matrix_authentication_service.enabled"), true},
		{"palpo delegates", palpo.at("delegated_auth.enable"), true},
		{"synapse checks passwords", synapse.at("password_config.enabled"), false},
		{"synapse registers", synapse.at("enable_registration"), false},
		{"synapse changes addresses", synapse.at("enable_3pid_changes"), false},
		// Synapse reads the secret in it even if it is not enabled.
		{"synapse checks JWTs", synapse.at("jwt_config"), nil},
		{"synapse signs in by a session", synapse.at("login_via_existing_session.enabled"), false},
		{"palpo registers", palpo.at("allow_registration"), false},
		{"palpo checks JWTs", palpo.at("jwt.enable"), false},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if key := palpo.at("admin.mas_secret"); key == nil || !strings.Contains(key.(string), " ") {
		t.Errorf("palpo: the secret %v could be taken for one", key)
	}
	for _, name := range []string{"nginx.conf", "Caddyfile"} {
		for _, address := range []string{listen, homeserver} {
			if strings.Count(example(t, name), address) != 1 {
				t.Errorf("%s does not name %s once", name, address)
			}
		}
	}
}
