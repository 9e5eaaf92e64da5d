package config_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVariablesOverrideTheFile(t *testing.T) {
	c := parse(t, minimal,
		"DOORWARD_SERVER_NAME=other.org",
		"DOORWARD_HTTP_MAX_BODY_BYTES=2048",
		"DOORWARD_HTTP_TRUSTED_PROXIES=10.0.0.0/8, ::1",
		"DOORWARD_DATABASE_URL=postgres://u:p@h/d?a=b",
		"DOORWARD_DATABASE_MAX_CONNECTIONS=3",
		"DOORWARD_DATABASE_MIGRATE=false",
		"DOORWARD_JWT_PROVIDERS_0_SECRET=another",
		"DOORWARD_JWT_PROVIDERS_0_LEEWAY=0s",
		"DOORWARD_JWT_PROVIDERS_0_MAX_AGE=1h",
		"DOORWARD_JWT_PROVIDERS_0_REQUIRE=",
		"DOORWARD_JWT_PROVIDERS_0_ISSUERS=i",
		"DOORWARDEN=x", "PATH=/bin", "rubbish",
	)
	p := c.JWT.Providers[0]
	got := fmt.Sprint(c.ServerName, c.HTTP.MaxBodyBytes, c.HTTP.TrustedProxies, c.Database.URL.Reveal(), c.Database.MaxConnections,
		c.Database.Migrate, p.Name, p.Secret.Reveal(), p.Leeway, p.MaxAge, p.Require, p.Issuers)
	want := fmt.Sprint("other.org", int64(2048), []string{"10.0.0.0/8", "::1"}, "postgres://u:p@h/d?a=b", 3,
		false, "corp", "another", time.Duration(0), time.Hour, []string{}, []string{"i"})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOfAVariableThatStandsTwiceTheFirstCounts(t *testing.T) {
	if c := parse(t, minimal, "DOORWARD_SERVER_NAME=a", "DOORWARD_SERVER_NAME=b"); c.ServerName != "a" {
		t.Errorf("got %s", c.ServerName)
	}
}

func TestVariablesMakeProviders(t *testing.T) {
	c := parse(t, "",
		"DOORWARD_SERVER_NAME=example.org",
		"DOORWARD_JWT_PROVIDERS_1_ISSUERS=https://b",
		"DOORWARD_JWT_PROVIDERS_1_NAME=b",
		"DOORWARD_JWT_PROVIDERS_1_SECRET=bb",
		"DOORWARD_JWT_PROVIDERS_0_NAME=a",
		"DOORWARD_JWT_PROVIDERS_0_SECRET=aa",
	)
	if len(c.JWT.Providers) != 2 {
		t.Fatalf("got %+v", c.JWT.Providers)
	}
	for i, name := range []string{"a", "b"} {
		p := c.JWT.Providers[i]
		if p.Name != name || p.Secret.Reveal() != name+name || p.Leeway != 2*time.Minute || !p.RegisterUser {
			t.Errorf("got %+v", p)
		}
	}
}

func TestVariablesThatAreFaults(t *testing.T) {
	for _, c := range []struct{ variable, want string }{
		{"DOORWARD_SERVERNAME=a", "DOORWARD_SERVERNAME: no setting has this variable; did you mean DOORWARD_SERVER_NAME?"},
		{"DOORWARD_=a", "DOORWARD_: no setting has this variable"},
		{"DOORWARD_PASSWORD_ENABLED=false", "DOORWARD_PASSWORD_ENABLED: no setting has this variable"},
		{"DOORWARD_HTTP=a", "DOORWARD_HTTP: no setting has this variable"},
		{"DOORWARD_server_name=a", "DOORWARD_server_name: no setting has this variable; did you mean DOORWARD_SERVER_NAME?"},
		{"DOORWARD_JWT_PROVIDERS_2_NAME=a", "DOORWARD_JWT_PROVIDERS_2_NAME: no setting has this variable; the next one of jwt.providers has the number 1"},
		{"DOORWARD_JWT_PROVIDERS_00_NAME=a", "DOORWARD_JWT_PROVIDERS_00_NAME: no setting has this variable; did you mean DOORWARD_JWT_PROVIDERS_0_NAME?"},
		{"DOORWARD_JWT_PROVIDERS_0_ISSUERS_0=a", "DOORWARD_JWT_PROVIDERS_0_ISSUERS_0: no setting has this variable; did you mean DOORWARD_JWT_PROVIDERS_0_ISSUERS?"},
		{"DOORWARD_HTTP_MAX_BODY_BYTES=", "DOORWARD_HTTP_MAX_BODY_BYTES: http.max_body_bytes: wants a whole number"},
		{"DOORWARD_DATABASE_MIGRATE=no", "DOORWARD_DATABASE_MIGRATE: database.migrate: wants true or false"},
		{"DOORWARD_DATABASE_URL=secret@db", "DOORWARD_DATABASE_URL: database.url: begins with none of sqlite:, postgres:// and postgresql://, and is not memory:"},
		{"DOORWARD_HTTP_TRUSTED_PROXIES=::1,x", "DOORWARD_HTTP_TRUSTED_PROXIES: http.trusted_proxies[1]: is no address and no network, as in 192.0.2.1 or 10.0.0.0/8"},
		{"DOORWARD_JWT_PROVIDERS_0_AUDIENCES=a,", "DOORWARD_JWT_PROVIDERS_0_AUDIENCES: jwt.providers[0].audiences[1]: is empty"},
		{"DOORWARD_JWT_PROVIDERS_0_LEEWAY=120", "DOORWARD_JWT_PROVIDERS_0_LEEWAY: jwt.providers[0].leeway: wants a duration, as in 30s, 5m or 24h"},
		{"DOORWARD_JWT_PROVIDERS_0_SECRET_FILE=f", "DOORWARD_JWT_PROVIDERS_0_SECRET_FILE: jwt.providers[0].secret_file: there is secret too; a provider has its keys from one place"},
	} {
		t.Run(c.variable, func(t *testing.T) {
			if diff := cmp.Diff([]string{c.want}, faults(t, minimal, c.variable)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAProviderOfVariablesIsCheckedToo(t *testing.T) {
	want := []string{
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1]: has no keys; give one of secret, secret_file, secret_base64, secret_base64_file, public_key, public_key_file, jwks_file",
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1].name: is missing",
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1].issuers: is empty, as at jwt.providers[0]; at most one provider may have no issuers",
	}
	if diff := cmp.Diff(want, faults(t, minimal, "DOORWARD_JWT_PROVIDERS_1_LEEWAY=1m")); diff != "" {
		t.Error(diff)
	}
}
