package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

func TestVariablesOverrideTheFile(t *testing.T) {
	c := parse(t, minimal,
		"DOORWARD_SERVER_NAME=other.org",
		"DOORWARD_HTTP_MAX_BODY_BYTES=2048",
		"DOORWARD_HTTP_TRUSTED_PROXIES=10.0.0.0/8, ::1",
		"DOORWARD_DATABASE_URL=postgres://u:p@h/d?a=b",
		"DOORWARD_DATABASE_MAX_CONNECTIONS=3",
		"DOORWARD_DATABASE_TOKEN_CACHE=5",
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
		c.Database.TokenCache, c.Database.Migrate, p.Name, p.Secret.Reveal(), p.Leeway, p.MaxAge, p.Require, p.Issuers)
	want := fmt.Sprint("other.org", int64(2048), []string{"10.0.0.0/8", "::1"}, "postgres://u:p@h/d?a=b", 3,
		5, false, "corp", "another", time.Duration(0), time.Hour, []string{}, []string{"i"})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestVariablesReachNestedSettings(t *testing.T) {
	token := strings.Repeat("t", 32)
	c := parse(t, minimal,
		"DOORWARD_JWT_PROVIDERS_0_ALLOW_UIA=true",
		"DOORWARD_PASSWORD_ENABLED=false",
		"DOORWARD_LOGIN_TOKEN_LIFETIME=1m",
		"DOORWARD_REGISTRATION_SHARED_SECRET=correct horse battery",
		"DOORWARD_SESSIONS_MAX_DEVICES_PER_USER=7",
		"DOORWARD_RATE_LIMITS_LOGIN_TOKEN_PER_SECOND=.5",
		"DOORWARD_RATE_LIMITS_LOGIN_TOKEN_BURST=2",
		"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=2",
		"DOORWARD_RATE_LIMITS_STORE=rediss://u:p@h:1/2",
		"DOORWARD_ADMIN_API_TOKEN="+token,
		"DOORWARD_AUDIT_ENABLED=false",
		"DOORWARD_AUDIT_RETENTION=0s",
	)
	got := fmt.Sprint(c.JWT.Providers[0].AllowUIA, c.Password, c.LoginToken, c.Registration.SharedSecret.Reveal(), c.Sessions.MaxDevicesPerUser,
		c.RateLimits.LoginToken, c.RateLimits.Refresh, c.RateLimits.Store.Reveal(), c.Admin.APIToken.Reveal(), c.Audit)
	want := fmt.Sprint(true, config.Password{}, config.LoginToken{Enabled: true, Lifetime: time.Minute}, "correct horse battery", 7,
		config.Limit{PerSecond: 0.5, Burst: 2}, config.Limit{PerSecond: 2, Burst: 20}, "rediss://u:p@h:1/2", token, config.Audit{})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestVariablesMakeAHomeserverDelegate(t *testing.T) {
	secret := strings.Repeat("s", 32)
	got := parse(t, minimal,
		"DOORWARD_HOMESERVER_KIND=palpo",
		"DOORWARD_HOMESERVER_URL=https://h/",
		"DOORWARD_HOMESERVER_SECRET="+secret,
		"DOORWARD_HOMESERVER_ISSUER=https://i/",
		"DOORWARD_HOMESERVER_ACCOUNT_MANAGEMENT_URL=https://m/",
	).Homeserver
	want := config.Homeserver{
		Kind: config.Palpo, URL: "https://h/", Secret: config.Secret(secret), Issuer: "https://i/", AccountManagementURL: "https://m/",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVariablesMakePolicies(t *testing.T) {
	c := parse(t, minimal+"registration: {terms: [{id: a, version: v, name: A, url: http://a}]}\n",
		"DOORWARD_REGISTRATION_TERMS_0_LANGUAGE=de",
		"DOORWARD_REGISTRATION_TERMS_1_ID=b",
		"DOORWARD_REGISTRATION_TERMS_1_VERSION=w",
		"DOORWARD_REGISTRATION_TERMS_1_NAME=B",
		"DOORWARD_REGISTRATION_TERMS_1_URL=http://b",
	)
	want := []config.Policy{
		{ID: "a", Version: "v", Language: "de", Name: "A", URL: "http://a"},
		{ID: "b", Version: "w", Language: "en", Name: "B", URL: "http://b"},
	}
	if diff := cmp.Diff(want, c.Registration.Terms); diff != "" {
		t.Error(diff)
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
		{"DOORWARD_PASSWORD_SALT=a", "DOORWARD_PASSWORD_SALT: no setting has this variable"},
		{"DOORWARD_REGISTRATION_TERMS_1_ID=a", "DOORWARD_REGISTRATION_TERMS_1_ID: no setting has this variable; the next one of registration.terms has the number 0"},
		{"DOORWARD_HTTP=a", "DOORWARD_HTTP: no setting has this variable"},
		{"DOORWARD_server_name=a", "DOORWARD_server_name: no setting has this variable; did you mean DOORWARD_SERVER_NAME?"},
		{"DOORWARD_JWT_PROVIDERS_2_NAME=a", "DOORWARD_JWT_PROVIDERS_2_NAME: no setting has this variable; the next one of jwt.providers has the number 1"},
		{"DOORWARD_JWT_PROVIDERS_00_NAME=a", "DOORWARD_JWT_PROVIDERS_00_NAME: no setting has this variable; did you mean DOORWARD_JWT_PROVIDERS_0_NAME?"},
		{"DOORWARD_JWT_PROVIDERS_0_ISSUERS_0=a", "DOORWARD_JWT_PROVIDERS_0_ISSUERS_0: no setting has this variable; did you mean DOORWARD_JWT_PROVIDERS_0_ISSUERS?"},
		{"DOORWARD_HTTP_MAX_BODY_BYTES=", "DOORWARD_HTTP_MAX_BODY_BYTES: http.max_body_bytes: wants a whole number"},
		{"DOORWARD_DATABASE_MIGRATE=no", "DOORWARD_DATABASE_MIGRATE: database.migrate: wants true or false"},
		{"DOORWARD_DATABASE_URL=secret@db", "DOORWARD_DATABASE_URL: database.url: begins with none of sqlite:, postgres:// and postgresql://, and is not memory:"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=Inf", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=nan", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=0x1p2", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=1e-3", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=1e999", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: wants a number, as in 5 or 0.2"},
		{"DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND=0", "DOORWARD_RATE_LIMITS_REFRESH_PER_SECOND: rate_limits.refresh.per_second: is not greater than 0"},
		{"DOORWARD_ADMIN_API_TOKEN=short", "DOORWARD_ADMIN_API_TOKEN: admin.api_token: is shorter than 32 characters"},
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
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1]: has no keys; give one of secret, secret_file, secret_base64, secret_base64_file, public_key, public_key_file, jwks_file, jwks_url, discovery_url",
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1].name: is missing",
		"DOORWARD_JWT_PROVIDERS_1_LEEWAY: jwt.providers[1].issuers: is empty, as at jwt.providers[0]; at most one provider may have no issuers",
	}
	if diff := cmp.Diff(want, faults(t, minimal, "DOORWARD_JWT_PROVIDERS_1_LEEWAY=1m")); diff != "" {
		t.Error(diff)
	}
}
