package config

import "time"

func (c *Config) setDefaults() {
	c.HTTP.Listen = "127.0.0.1:8008"
	c.HTTP.MaxBodyBytes = 64 << 10
	c.HTTP.LogSample = 1
	c.Database.URL = "sqlite:doorward.db"
	c.Database.GroupSignIns = true
	c.Database.TokenCache = 65536
	c.Database.Migrate = true
	c.JWT.DeprecatedType = true
	c.Password.Enabled = true
	c.LoginToken = LoginToken{Enabled: true, Lifetime: 2 * time.Minute}
	c.Sessions.RefreshableAccessTokenLifetime = 5 * time.Minute
	c.RateLimits = RateLimits{
		Enabled:      true,
		LoginFailed:  Limit{PerSecond: 0.17, Burst: 5},
		LoginAddress: Limit{PerSecond: 1, Burst: 60},
		LoginAccount: Limit{PerSecond: 0.2, Burst: 10},
		Registration: Limit{PerSecond: 0.17, Burst: 3},
		Refresh:      Limit{PerSecond: 1, Burst: 20},
		LoginToken:   Limit{PerSecond: 0.0167, Burst: 1},
		Store:        memoryStore,
	}
	c.Homeserver = Homeserver{Kind: None, URL: "http://127.0.0.1:8018/"}
	c.Audit = Audit{Enabled: true, Retention: 90 * 24 * time.Hour}
	c.Log.Level = "info"
	c.Log.Format = "text"
}

func (p *Provider) setDefaults() {
	p.JWKSMaxStale = 24 * time.Hour
	p.Leeway = 2 * time.Minute
	p.SubjectClaim = "sub"
	p.DisplayNamePolicy, p.EmailPolicy, p.AvatarPolicy, p.AdminPolicy = First, First, First, First
	p.Localpart = "reject"
	p.RegisterUser = true
}

func (p *Policy) setDefaults() { p.Language = "en" }
