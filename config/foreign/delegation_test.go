package foreign_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/config/foreign"
)

// What is made of a homeserver that delegates starts as soon as the issuer is
// set, which some do not say. The homeserver goes on answering where it did.
func TestAHomeserverThatDelegatesIsTakenOver(t *testing.T) {
	const url, issuer, page = "http://127.0.0.1:8018/", "https://auth.example.org/", "https://me.example.org/"
	for name, c := range map[string]struct {
		text   string
		want   config.Homeserver
		listen string
		says   string // a line that begins so
	}{
		"Synapse": {
			"server_name: a\nmatrix_authentication_service: {enabled: true, endpoint: 'http://localhost:8080', secret: " + good + "}\n",
			config.Homeserver{Kind: config.Synapse, URL: url, Secret: good, Issuer: "https://set.example.org/"},
			"localhost:8080", "",
		},
		"Synapse that says more": {
			"server_name: a\npublic_baseurl: '" + issuer + "'\nlisteners: [{port: 8028, resources: [{names: [client]}]}]\n" +
				"matrix_authentication_service: {enabled: true, endpoint: 'http://mas:8080/', secret: " + good + "}\n",
			config.Homeserver{Kind: config.Synapse, URL: "http://127.0.0.1:8028/", Secret: good, Issuer: issuer},
			"127.0.0.1:8008", "decide: matrix_authentication_service.endpoint: ",
		},
		"Synapse of before": {
			"server_name: a\nexperimental_features: {msc3861: {enabled: true, issuer: '" + issuer + "', client_id: x, client_secret: y, admin_token: " + good +
				", account_management_url: '" + page + "'}}\n",
			config.Homeserver{Kind: config.Synapse, URL: url, Secret: good, Issuer: issuer, AccountManagementURL: page},
			"127.0.0.1:8008", "decide: experimental_features.msc3861.enabled: Synapse asks by OAuth clients",
		},
		"Palpo": {
			"server_name = 'a'\n[[listeners]]\naddress = '[::1]:6167'\n[delegated_auth]\nenable = true\nissuer = '" + issuer + "'\nintrospection_endpoint = 'http://localhost:8080/oauth2/introspect'\n" +
				"[admin]\nmas_secret = '" + good + "'\n",
			config.Homeserver{Kind: config.Palpo, URL: "http://[::1]:6167/", Secret: good, Issuer: issuer},
			"localhost:8080", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := convert(t, "", c.text)
			var environ []string
			if !strings.Contains(c.text, issuer) {
				environ = []string{"DOORWARD_HOMESERVER_ISSUER=https://set.example.org/"}
			}
			got, err := config.Parse("made", result.YAML, environ)
			if err != nil {
				t.Fatalf("%v\n%s", err, result.YAML)
			}
			if diff := cmp.Diff(c.want, got.Homeserver); diff != "" || got.HTTP.Listen != c.listen {
				t.Error(got.HTTP.Listen, diff)
			}
			said := "\n" + lines(result)
			if !strings.Contains(said, "\n"+c.says) || !strings.Contains(said, "see whether homeserver.url is where the homeserver answers") {
				t.Error(said)
			}
		})
	}
}

func TestTheFileOfAHomeserversSecretIsTakenOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(good+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"server_name: a\nmatrix_authentication_service: {enabled: true, secret_path: " + file + "}\n",
		"server_name: a\nexperimental_features: {msc3861: {enabled: true, admin_token_path: " + file + "}}\n",
	} {
		c, err := config.Parse("made", convert(t, "", text).YAML, []string{"DOORWARD_HOMESERVER_ISSUER=https://auth.example.org/"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Homeserver.SecretFile != file || c.Homeserver.Secret != good {
			t.Errorf("%s: %q", text, c.Homeserver.SecretFile)
		}
	}
}

func TestAHomeserverThatDoesNotDelegateIsNone(t *testing.T) {
	for text, says := range map[string]string{
		"server_name: a\n": "",
		"server_name: a\nmatrix_authentication_service: {enabled: false, secret: " + good + "}\n":           "ignored: matrix_authentication_service.secret: ",
		"server_name: a\nexperimental_features: {msc3861: {admin_token: " + good + "}}\n":                   "ignored: experimental_features.msc3861.admin_token: ",
		"server_name = 'a'\n[delegated_auth]\nissuer = 'https://a'\n[admin]\nmas_secret = '" + good + "'\n": "decide: admin.mas_secret: programs that administer",
		"server_name = 'a'\n[delegated_auth]\nenable = false\nissuer = 'https://a'\n":                       "ignored: delegated_auth.issuer: ",
		"server_name = 'a'\n[admin]\nmas_secret = ''\nroom_notices = true\n":                                "ignored: admin.room_notices: ",
	} {
		result := convert(t, foreign.Kind(""), text)
		if h := parse(t, result).Homeserver; h.Delegated() || h.Secret != "" || !strings.Contains(lines(result), says) {
			t.Errorf("%s: %+v\n%s", text, h, lines(result))
		}
	}
}
