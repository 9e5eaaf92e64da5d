package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	want := &config.Config{
		ServerName: "example.org",
		HTTP:       config.HTTP{Listen: "127.0.0.1:8008", MaxBodyBytes: 65536, LogSample: 1},
		Database:   config.Database{URL: "sqlite:doorward.db", GroupSignIns: true, TokenCache: 65536, Migrate: true},
		JWT: config.JWT{
			DeprecatedType: true,
			Providers: []config.Provider{{
				Name:              "corp",
				Secret:            "correct horse",
				JWKSMaxStale:      24 * time.Hour,
				Leeway:            2 * time.Minute,
				SubjectClaim:      "sub",
				DisplayNamePolicy: "first", EmailPolicy: "first", AvatarPolicy: "first", AdminPolicy: "first",
				Localpart:    "reject",
				RegisterUser: true,
				LinkExisting: new(true),
			}},
		},
		Password:   config.Password{Enabled: true},
		LoginToken: config.LoginToken{Enabled: true, Lifetime: 2 * time.Minute},
		Sessions:   config.Sessions{RefreshableAccessTokenLifetime: 5 * time.Minute},
		RateLimits: config.RateLimits{
			Enabled:      true,
			LoginFailed:  config.Limit{PerSecond: 0.17, Burst: 5},
			LoginAddress: config.Limit{PerSecond: 1, Burst: 60},
			LoginAccount: config.Limit{PerSecond: 0.2, Burst: 10},
			Registration: config.Limit{PerSecond: 0.17, Burst: 3},
			Refresh:      config.Limit{PerSecond: 1, Burst: 20},
			LoginToken:   config.Limit{PerSecond: 0.0167, Burst: 1},
			Store:        "memory",
		},
		Homeserver: config.Homeserver{Kind: config.None, URL: "http://127.0.0.1:8018/"},
		Audit:      config.Audit{Enabled: true, Retention: 90 * 24 * time.Hour},
		Log:        config.Log{Level: "info", Format: "text"},
	}
	if diff := cmp.Diff(want, parse(t, minimal), comparable); diff != "" {
		t.Error(diff)
	}
}
