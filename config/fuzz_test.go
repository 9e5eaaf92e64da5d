package config_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

// FuzzParse holds Parse to this: it never panics; it accepts or says why not,
// at a place that exists; what it accepts is the same when it is read again.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "DOORWARD_SERVER_NAME=a")
	}
	f.Add([]byte(minimal+"registration: {terms: [{id: a, version: v, name: A, url: http://a}]}\nrate_limits: {refresh: {per_second: 0.001}}\n"),
		"DOORWARD_RATE_LIMITS_REFRESH_BURST=2\nDOORWARD_REGISTRATION_TERMS_0_LANGUAGE=de")
	f.Add([]byte(delegated), "DOORWARD_HOMESERVER_KIND=palpo\nDOORWARD_HOMESERVER_URL=http://a/")
	f.Add([]byte(minimal), "DOORWARD_JWT_PROVIDERS_1_NAME=b\nDOORWARD_LOG_LEVEL=x")
	f.Fuzz(func(t *testing.T, text []byte, environ string) {
		// No file: the fuzzer must not open what it makes up.
		if strings.Contains(string(text), "_file") || strings.Contains(environ, "_FILE") ||
			strings.Contains(string(text), "appservices") || strings.Contains(environ, "APPSERVICES") {
			t.Skip()
		}
		variables := strings.Split(environ, "\n")
		c, err := config.Parse("f", text, variables)
		var faults config.Faults
		switch {
		case err == nil:
			checkAccepted(t, c)
			again, err := config.Parse("f", text, variables)
			if diff := cmp.Diff(c, again, comparable); err != nil || diff != "" {
				t.Error("read differently again:", err, diff)
			}
		case !errors.As(err, &faults) || len(faults) == 0:
			t.Errorf("got %#v", err)
		}
		for _, fault := range faults {
			if fault.Problem == "" || fault.File == "" || fault.Line < 0 || fault.Line > 1+strings.Count(string(text), "\n")+strings.Count(string(text), "\r") {
				t.Errorf("got %#v", fault)
			}
		}
	})
}

func checkAccepted(t *testing.T, c *config.Config) {
	if c.ServerName == "" || c.HTTP.Listen == "" || c.HTTP.MaxBodyBytes <= 0 || c.Database.URL == "" {
		t.Errorf("accepted: %+v", c)
	}
	limits := c.RateLimits
	for _, l := range []config.Limit{limits.LoginFailed, limits.LoginAddress, limits.LoginAccount, limits.Registration, limits.Refresh, limits.LoginToken} {
		if !(l.PerSecond > 0) || math.IsInf(l.PerSecond, 0) || l.Burst < 1 {
			t.Errorf("accepted: %+v", l)
		}
	}
	if h := c.Homeserver; h.Delegated() && (h.URL == "" || len(h.Secret) < 32 || h.Issuer == "" || h.AccountManagement() == "" || c.Registration.Guests) {
		t.Errorf("accepted: %+v", h)
	}
	open := 0
	for _, p := range c.JWT.Providers {
		if len(p.Issuers) == 0 {
			open++
		}
		keys := 0
		for _, source := range []string{p.Secret.Reveal(), p.SecretBase64.Reveal(), p.PublicKey, p.JWKS.Reveal()} {
			if source != "" {
				keys++
			}
		}
		if p.Name == "" || keys != 1 || p.Leeway < 0 || p.MaxAge < 0 || p.MaxLifetime < 0 || p.SubjectClaim == "" || p.Localpart != "reject" && p.Localpart != "escape" {
			t.Errorf("accepted: %+v", p)
		}
	}
	if open > 1 {
		t.Errorf("%d providers have no issuers", open)
	}
}
