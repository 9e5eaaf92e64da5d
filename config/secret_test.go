package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/seed-31b6c987/doorward/config"
)

func TestASecretDoesNotShowItself(t *testing.T) {
	const text = "hunter2"
	hex := fmt.Sprintf("%x", text)
	secret := config.Secret(text)
	c := parse(t, minimal, "DOORWARD_JWT_PROVIDERS_0_SECRET="+text, "DOORWARD_DATABASE_URL=postgres://u:hunter2@h/d")
	for _, value := range []any{secret, &secret, c, *c, c.JWT.Providers[0], []config.Secret{secret}, map[string]config.Secret{"a": secret}} {
		for _, verb := range strings.Split("%v %+v %#v %s %q %x %X %d %t %5s %!", " ") {
			checkHidden(t, verb, fmt.Sprintf(verb, value), text, hex)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("a", "b", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("a", "b", value)
		checkHidden(t, "slog", log.String(), text, hex)
		asJSON, err := json.Marshal(value)
		checkHidden(t, "JSON", fmt.Sprint(string(asJSON), err), text, hex)
		asYAML, err := yaml.Marshal(value)
		checkHidden(t, "YAML", fmt.Sprint(string(asYAML), err), text, hex)
	}
	if got := secret.String() + secret.GoString() + secret.LogValue().String(); got != "[secret][secret][secret]" {
		t.Errorf("got %s", got)
	}
	if secret.Reveal() != text {
		t.Error("a secret does not reveal itself")
	}
}

func checkHidden(t *testing.T, how, shown string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(strings.ToLower(shown), secret) {
			t.Errorf("%s shows it: %s", how, shown)
		}
	}
}

// Whatever is wrong around a secret, the report does not repeat it.
func TestNoFaultShowsASecret(t *testing.T) {
	const text = "hunter2"
	provider := func(s string) string { return "jwt:\n  providers:\n  - name: a\n    " + s + "\n" }
	for _, c := range []struct{ text, environ string }{
		{text: provider("secret: |hunter2")},
		{text: provider("secret: >hunter2\n      x")},
		{text: provider("secret: 'hunter2")},
		{text: provider(`secret: "\hunter2"`)},
		{text: provider("secret: &hunter2 a")},
		{text: provider("secret: *hunter2")},
		{text: provider("secret: !hunter2 a")},
		{text: provider("secret: %hunter2")},
		{text: provider("secret: @hunter2")},
		{text: provider("secret: {hunter2: a}")},
		{text: provider("secret: [hunter2]")},
		{text: provider("secret: a: hunter2")},
		{text: provider("secret:hunter2")},
		{text: "jwt: {providers: [{secret:hunter2, name: a}]}\n"},
		{text: "jwt: {providers: [{secret=hunter2, name: a}]}\n"},
		{text: provider("secret_file: hunter2")},
		{text: provider("secret: hunter2\n    secret: hunter2")},
		{text: provider("secret: hunter2\n    secret_base64: hunter2")},
		{text: "database: {url: hunter2}\n"},
		{text: "database: {url: 'postgres://u:hunter2%@h/d'}\n"},
		{text: "database: {url: 'mysql://u:hunter2@h/d'}\n"},
		{text: "rate_limits: {store: hunter2}\n"},
		{text: "rate_limits: {store: 'redis://:hunter2%@h/d'}\n"},
		{text: "rate_limits: {store: 'redis://:hunter2@h', store_file: hunter2}\n"},
		{text: "registration: {shared_secret: hunter2}\n"},
		{text: "registration: {shared_secret_file: hunter2}\n"},
		{text: "appservices: [hunter2]\n"},
		{text: "homeserver: {kind: synapse, secret: hunter2}\n"},
		{text: "homeserver: {kind: synapse, secret: ühunter2}\n"},
		{text: "homeserver: {kind: synapse, url: 'https://u:hunter2@h/', issuer: 'https://:hunter2@h/'}\n"},
		{text: "homeserver: {kind: synapse, secret: a, secret_file: hunter2}\n"},
		{text: "admin: {api_token: hunter2}\n"},
		{text: "admin: {api_token: ühunter2}\n"},
		{environ: "DOORWARD_DATABASE_URL=postgres://u:hunter2%@h/d"},
		{environ: "DOORWARD_JWT_PROVIDERS_0_SECRT=hunter2"},
		{environ: "DOORWARD_JWT_PROVIDERS_0_LEEWAY=hunter2"},
	} {
		checkHidden(t, c.text+c.environ, strings.Join(faults(t, c.text, c.environ), "\n"), text)
	}
}
